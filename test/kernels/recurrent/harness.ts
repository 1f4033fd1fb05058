/** What the operations of every recurrent layer owe, as tests: those of a pass, forward or backward, for each cell. */
import { describe, expect, test } from "vitest";
import { type Dtype, elementBytes } from "../../../src/kernels/dtype.ts";
import { inAll, type OperationName, type Operations, op } from "../../../src/kernels/operations.ts";
import { recurrentSpace } from "../../../src/topology/layers/recurrent.ts";
import { type CellGradient, recurrentBackward, type StepGradient } from "../../reference/recurrent/backward.ts";
import {
  type Arithmetic,
  type Cell,
  recurrentForward,
  type Sequences,
  type State,
  type Step,
} from "../../reference/recurrent/forward.ts";
import { gruBackward, gruForward } from "../../reference/recurrent/gru.ts";
import { lstmBackward, lstmForward } from "../../reference/recurrent/lstm.ts";
import { simpleRnnBackward, simpleRnnForward } from "../../reference/recurrent/simpleRnn.ts";
import { type Block, dtypes, type Fields, isDebugBuild, random, roundTo, rowsOf, Scratch } from "../scratch.ts";

interface CellCase {
  readonly name: "simpleRnn" | "lstm" | "gru";
  readonly gates: number;
  readonly hasCellState?: boolean;
  /** Elements that a step and a unit keep for the way back, by the fields' names. */
  readonly keeps: Partial<Record<"cell" | "cellTanh" | "hiddenPart", number>>;
  forward(candidateBias: readonly number[] | undefined): Cell;
  readonly backward: CellGradient;
}

const cells: readonly CellCase[] = [
  { name: "simpleRnn", gates: 1, keeps: {}, forward: () => simpleRnnForward, backward: simpleRnnBackward },
  {
    ...{ name: "lstm", gates: 4, hasCellState: true, keeps: { cell: 1, cellTanh: 1 } },
    forward: () => lstmForward,
    backward: lstmBackward,
  },
  { name: "gru", gates: 3, keeps: { hiddenPart: 3 }, forward: gruForward, backward: gruBackward },
];

/** Sequences, and how they are asked for. */
export interface Shape extends Sequences {
  readonly units: number;
  /** Whether the lengths are given by offsets. */
  readonly isRagged: boolean;
}

/** Every number of units up to 20 and some larger; batches below and above a group of 32. */
export const shapes: readonly Shape[] = [
  ...Array.from({ length: 20 }, (_, index) => shapeOf(1 + index, 1 + (index % 5), 1 + (index % 4), index)),
  ...Array.from({ length: 5 }, (_, index) => shapeOf(4 + index, 3, 5 - index, index + 2)),
  ...Array.from({ length: 4 }, (_, index) => shapeOf(33, 2, 3, index)),
  shapeOf(70, 2, 3, 0),
  ...Array.from({ length: 4 }, (_, index) => shapeOf(3 + index, 33, 2 + (index % 3), index)),
  ...Array.from({ length: 2 }, (_, index) => shapeOf(5, 40, 4, index)),
  // The debug build adds assertions, not bits.
].filter((_, index) => !isDebugBuild || index % 3 === 0);

/** @param way which of the four: ragged or not, in reverse or not */
function shapeOf(units: number, rows: number, steps: number, way: number): Shape {
  const isRagged = way % 2 === 0;
  const lengths = Array.from({ length: rows }, (_, row) => (isRagged ? 1 + ((row * 7 + way) % 5) : steps));
  return { units, lengths, isRagged, isReverse: way % 4 > 1 };
}

/** Writes where sequences lie, if a shape has offsets; returns the fields that say so. */
export function sequenceFields(scratch: Scratch, { lengths, isRagged, isReverse }: Omit<Shape, "units">) {
  const steps = Math.max(...lengths);
  let offsets = 0;
  if (isRagged) {
    const block = scratch.doubles(new Array(Math.ceil((lengths.length + 1) / 2)).fill(0));
    offsets = block.address;
    const starts = [0];
    for (const length of lengths) starts.push(starts[starts.length - 1] + length);
    scratch.arena.integers(offsets, starts.length).set(starts);
  }
  return { offsets, steps, isReverse: Number(isReverse) };
}

export const stepsOf = ({ lengths }: Sequences) => lengths.reduce((sum, length) => sum + length, 0);

/** An activation of the build on arrays, without guards: the twins call it at each step. */
function activationOf(name: "sigmoidForward" | "tanhForward", dtype: Dtype) {
  const { arena, kernels } = new Scratch(dtype);
  const most = 300;
  const address = arena.allocate(most);
  const args = arena.write(op(name, inAll(most), { input: address, output: address, columns: 1, parameter: 0 }));
  const { place } = arena.layoutOf(name);
  return (values: readonly number[]) => {
    arena.view(address, values.length).set(values);
    kernels.runPart(place, args, 0, values.length);
    return Array.from(arena.view(address, values.length));
  };
}

/** Which optional blocks a call gets. */
interface Given {
  readonly hidden?: boolean;
  readonly last?: boolean;
  readonly state?: boolean;
  readonly kept?: boolean;
  readonly candidateBias?: boolean;
}

const whole: Given = { hidden: true, last: true, state: true, kept: true, candidateBias: true };

export function describePass(way: "Forward" | "Backward"): void {
  const cases = dtypes.flatMap((dtype) => cells.map((cellCase) => ({ dtype, ...cellCase })));
  describe.each(cases)("$dtype, $name", ({ dtype, ...cellCase }) => {
    const { name, gates, hasCellState, keeps } = cellCase;
    const keptNames = Object.keys(keeps) as (keyof typeof keeps)[];
    const scratch = new Scratch(dtype);
    const arithmetic: Arithmetic = {
      round: dtype === "float32" ? Math.fround : (x) => x,
      sigmoid: activationOf("sigmoidForward", dtype),
      tanh: activationOf("tanhForward", dtype),
    };
    const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

    const spaceOf = (units: number) =>
      scratch.doubles(recurrentSpace(units, gates * units, elementBytes[dtype]) / 8).address;

    interface Problem extends Shape {
      readonly inputs: number[];
      readonly recurrentWeight: number[];
      readonly candidateBias: number[];
      readonly states: State[];
    }

    function problemOf(shape: Shape): Problem {
      const { units, lengths } = shape;
      const row = (seed: number) => draw(lengths.length * units, seed);
      const [hidden, cell] = [rowsOf(row(4), units), rowsOf(row(5), units)];
      return {
        ...shape,
        inputs: draw(stepsOf(shape) * gates * units, 1).map((x) => arithmetic.round(3 * x)),
        recurrentWeight: draw(units * gates * units, 2),
        candidateBias: draw(units, 3),
        states: lengths.map((_, index) => ({ hidden: hidden[index], ...(hasCellState && { cell: cell[index] }) })),
      };
    }

    const zeros = ({ units, lengths }: Shape): State[] =>
      lengths.map(() => ({
        hidden: new Array(units).fill(0),
        ...(hasCellState && { cell: new Array(units).fill(0) }),
      }));

    /** What the twin leaves. */
    function expectedOf(problem: Problem, given: Given): { steps: Step[]; last: State[] } {
      const { units, inputs, recurrentWeight, candidateBias, states } = problem;
      return recurrentForward(
        arithmetic,
        problem,
        rowsOf(inputs, gates * units),
        rowsOf(recurrentWeight, gates * units),
        given.state ? states : zeros(problem),
        cellCase.forward(given.candidateBias ? candidateBias : undefined),
      );
    }

    /** What the operation leaves in the blocks that it gets. */
    function runForward(problem: Problem, given: Given): Record<string, number[]> {
      const { units, lengths } = problem;
      const steps = stepsOf(problem);
      const blocks: Record<string, Block> = { gates: scratch.output(problem.inputs) };
      if (given.hidden) blocks.hidden = scratch.output(steps * units);
      if (given.last) blocks.last = scratch.output(lengths.length * units);
      if (given.state) {
        blocks.state = scratch.output(problem.states.flatMap(({ hidden, cell = [] }) => [...hidden, ...cell]));
      }
      for (const kept of given.kept ? keptNames : []) blocks[kept] = scratch.output(steps * units * keeps[kept]!);
      const addresses = Object.entries(blocks).map(([key, { address }]) => [key, address]);
      const none = ["hidden", "last", "state", ...keptNames].map((key) => [key, 0]);
      const fields = {
        ...Object.fromEntries([...none, ...addresses]),
        recurrentWeight: scratch.input(problem.recurrentWeight),
        ...(name === "gru" && { candidateBias: given.candidateBias ? scratch.input(problem.candidateBias) : 0 }),
        ...sequenceFields(scratch, problem),
        space: spaceOf(units),
        units,
      };
      scratch.run(`${name}Forward` as OperationName, fields as Fields<Operations[OperationName]>, lengths.length);
      const left = Object.entries(blocks).map(([key, block]) => [key, Array.from(scratch.read(block))]);
      scratch.expectIntact();
      return Object.fromEntries(left);
    }

    /** The operation's gradients of the gates and, if the cell has one, of the hidden state's part. */
    function runBackward(problem: Problem, steps: readonly Step[], grads: Record<string, number[] | undefined>) {
      const { units, lengths } = problem;
      const of = (key: keyof Step) => steps.flatMap((step) => step[key] ?? []);
      const outputs: Record<string, Block> = { gates: scratch.output(of("gates")) };
      const inputs: Record<string, number> = {};
      for (const kept of keptNames) {
        if (kept === "hiddenPart") outputs[kept] = scratch.output(of(kept));
        else inputs[kept] = scratch.input(of(kept));
      }
      for (const key of ["hiddenGrad", "lastGrad"]) inputs[key] = grads[key] ? scratch.input(grads[key]) : 0;
      const fields = {
        ...inputs,
        ...Object.fromEntries(Object.entries(outputs).map(([key, { address }]) => [key, address])),
        recurrentWeight: scratch.input(problem.recurrentWeight),
        ...(name === "gru" && { hidden: scratch.input(of("hidden")) }),
        ...sequenceFields(scratch, problem),
        space: spaceOf(units),
        units,
      };
      scratch.run(`${name}Backward` as OperationName, fields as Fields<Operations[OperationName]>, lengths.length);
      const left = Object.entries(outputs).map(([key, block]) => [key, Array.from(scratch.read(block))]);
      scratch.expectIntact();
      return Object.fromEntries(left) as Record<"gates" | "hiddenPart", number[]>;
    }

    const gradsOf = ({ units, lengths, ...shape }: Shape) => ({
      hiddenGrad: draw(stepsOf({ lengths, ...shape }) * units, 6),
      lastGrad: draw(lengths.length * units, 7),
    });

    test.runIf(way === "Forward")(
      "has its twin's bits at 1 to 20, 33 and 70 units, 1 to 5 steps, up to 40 rows, in all ways",
      () => {
        shapes.forEach((shape, index) => {
          const problem = problemOf(shape);
          const [hidden, last] = [index % 3 !== 0, index % 3 !== 1];
          const [state, kept, candidateBias] = [index % 5 < 2, index % 4 > 1, index % 7 > 0];
          for (const given of [whole, { hidden, last, state, kept, candidateBias }]) {
            const { steps, last: after } = expectedOf(problem, given);
            const all: Record<string, readonly number[]> = {
              gates: steps.flatMap((step) => step.gates),
              hidden: steps.flatMap((step) => step.hidden),
              last: after.flatMap((each) => each.hidden),
              state: after.flatMap((each) => [...each.hidden, ...(hasCellState ? each.cell! : [])]),
            };
            for (const each of keptNames) all[each] = steps.flatMap((step) => step[each]!);
            const actual = runForward(problem, given);
            for (const [key, values] of Object.entries(actual)) {
              expect(values, `${key} of ${JSON.stringify(shape)}, ${JSON.stringify(given)}`).toEqual(all[key]);
            }
          }
        });
      },
    );

    test.runIf(way === "Backward")(
      "has its twin's bits at the same sizes, with gradients at steps, of the last, or both",
      () => {
        shapes.forEach((shape, index) => {
          const problem = problemOf(shape);
          const { steps } = expectedOf(problem, { candidateBias: true });
          const all = gradsOf(shape);
          const { hiddenGrad, lastGrad } = all;
          for (const grads of [all, index % 2 === 0 ? { hiddenGrad } : { lastGrad }]) {
            const expected = recurrentBackward(
              arithmetic.round,
              problem,
              steps,
              rowsOf(problem.recurrentWeight, gates * problem.units),
              Object.fromEntries(Object.entries(grads).map(([key, values]) => [key, rowsOf(values, problem.units)])),
              cellCase.backward,
            );
            const actual = runBackward(problem, steps, grads);
            for (const [key, values] of Object.entries(actual)) {
              const of = expected.flatMap((step) => step[key as keyof StepGradient]);
              expect(values, `${key} of ${JSON.stringify(shape)}`).toEqual(of);
            }
          }
        });
      },
    );

    test("NaN and infinities of one sequence reach no other", () => {
      for (const shape of shapes.filter(({ lengths }) => lengths.length > 2 && stepsOf({ lengths } as Shape) < 60)) {
        const problem = problemOf(shape);
        const { units, lengths } = problem;
        const start = lengths[0];
        const isHere = (place: number) => place >= start && place < start + lengths[1];
        const { steps } = expectedOf(problem, whole);
        const grads = gradsOf(shape);
        const gatesOf = (bad?: number): number[] => {
          const spoilt = (values: number[], place: number) => (bad === undefined ? values : values.with(place, bad));
          if (way === "Forward") {
            return runForward({ ...problem, inputs: spoilt(problem.inputs, start * gates * units) }, whole).hidden;
          }
          return runBackward(problem, steps, { ...grads, hiddenGrad: spoilt(grads.hiddenGrad, start * units) }).gates;
        };
        const width = way === "Forward" ? units : gates * units;
        const others = (values: number[]) => rowsOf(values, width).filter((_, place) => !isHere(place));
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const actual = gatesOf(bad);
          expect(others(actual)).toEqual(others(gatesOf()));
          if (way === "Backward" || Number.isNaN(bad)) expect(actual.every(Number.isFinite)).toBe(false);
        }
      }
    });

    test.runIf(isDebugBuild)("a block that does not start on 16 bytes, or a size of 0, stops the debug build", () => {
      const { address } = scratch.output(4000);
      const kept = Object.fromEntries(keptNames.map((key) => [key, address]));
      const common = { gates: address, recurrentWeight: address, space: address, offsets: 0, steps: 1, isReverse: 0 };
      const own = {
        Forward: { hidden: 0, last: 0, state: 0, candidateBias: 0 },
        Backward: { hidden: address, hiddenGrad: 0, lastGrad: 0 },
      }[way];
      const run = (wrong: object, rows = 1) => {
        const fields = { ...common, ...kept, ...own, units: 2, ...wrong } as Fields<Operations[OperationName]>;
        scratch.run(`${name}${way}` as OperationName, fields, rows);
      };
      for (const wrong of [{ gates: address + 8 }, { recurrentWeight: address + 4 }, { space: address + 8 }]) {
        expect(() => run(wrong)).toThrow("blocks start on 16 bytes");
      }
      for (const wrong of [{ units: 0 }, { steps: 0 }]) expect(() => run(wrong)).toThrow("sizes must be positive");
      expect(() => run({}, 0)).toThrow("sizes must be positive");
    });
  });
}
