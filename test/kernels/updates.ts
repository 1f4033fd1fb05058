/** What every optimizer's kernel owes, for the tests of its file to ask for. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectClose, tolerances } from "../tolerances.ts";
import { type Block, dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

/** An update with its options, those of the goldens of its title. */
export interface Update {
  readonly title: string;
  /** Blocks that it remembers; the kernel is given 0 for those that are false. */
  readonly states: readonly boolean[];
  /** Runs the operation on the addresses of parameters, gradients and states. */
  call(scratch: Scratch, addresses: number[], count: number, step: number, weightDecay: number): number;
  /** Changes parameters and states, given after the gradients. */
  twin(values: number[][], step: number, weightDecay: number): void;
  /** Whether what it remembers is above zero where all else is zero. */
  readonly growsFromZero?: boolean;
}

interface Golden {
  readonly initial: number[];
  readonly curvature: number[];
  readonly goal: number[];
  readonly cases: {
    readonly optimizer: string;
    readonly weightDecay: number;
    readonly after: { readonly step: number; readonly parameters: number[] }[];
  }[];
}
const golden: Golden = JSON.parse(readFileSync("test/fixtures/optimizer.json", "utf8"));

const zeros = (count: number): number[] => new Array(count).fill(0);

/** Parameters and states in a memory, for updates by one kernel. */
export class Updated {
  readonly parameters: Block;
  readonly states: (Block | undefined)[];
  #step = 0;

  constructor(
    readonly scratch: Scratch,
    readonly update: Update,
    parameters: readonly number[],
  ) {
    this.parameters = scratch.output(parameters);
    this.states = update.states.map((isThere) => (isThere ? scratch.output(zeros(parameters.length)) : undefined));
  }

  /** One update; gives what the kernel does. */
  step(gradients: number, weightDecay: number): number {
    const addresses = [this.parameters.address, gradients, ...this.states.map((block) => block?.address ?? 0)];
    return this.update.call(this.scratch, addresses, this.parameters.length, ++this.#step, weightDecay);
  }

  /** Copies of the parameters and of each state. */
  read(): number[][] {
    const blocks = [this.parameters, ...this.states].filter((block) => block !== undefined);
    return blocks.map((block) => Array.from(this.scratch.read(block)));
  }
}

function testTwin(scratch: Scratch, update: Update): void {
  const { dtype } = scratch;
  test("has the twin's parameters and states after 100 steps at every count from 1 to 67", () => {
    for (const count of sizes) {
      const expected = [roundTo(dtype, random(count, count)), ...update.states.map(() => zeros(count))];
      const updated = new Updated(scratch, update, expected[0]);
      const gradients = [1, 2, 3].map((seed) => roundTo(dtype, random(count, count + seed)));
      const addresses = gradients.map((values) => scratch.input(values));
      for (let step = 1; step <= 100; step++) {
        expect(updated.step(addresses[step % 3], 0.05)).toBe(1);
        update.twin([expected[0], gradients[step % 3], ...expected.slice(1)], step, 0.05);
      }
      const present = expected.filter((_, index) => index === 0 || update.states[index - 1]);
      updated.read().forEach((values, index) => {
        expectClose(values, present[index], tolerances.hundredSteps[dtype], `${count}: ${index}`);
      });
      scratch.expectIntact();
    }
  });
}

function testFiniteness(scratch: Scratch, update: Update): void {
  const lanes = scratch.dtype === "float32" ? 4 : 2;
  const initial = roundTo(scratch.dtype, random(11));
  const gradients = random(11, 2);

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ])("a gradient of %s leaves its vector as it was, changes the others, and is told by 0", (_, bad) => {
    for (const at of [2, 10]) {
      const [updated, twin] = [new Updated(scratch, update, initial), new Updated(scratch, update, initial)];
      for (const each of [updated, twin]) expect(each.step(scratch.input(gradients), 0.05)).toBe(1);
      const before = updated.read();
      expect(updated.step(scratch.input(gradients.with(at, bad)), 0.05)).toBe(0);
      twin.step(scratch.input(gradients), 0.05);
      const isLeft = (index: number) => Math.floor(index / lanes) === Math.floor(at / lanes);
      const expected = twin.read().map((values, block) => values.map((v, i) => (isLeft(i) ? before[block][i] : v)));
      expect(updated.read()).toEqual(expected);
      scratch.expectIntact();
    }
  });

  test("finite gradients of whatever size leave finite numbers in every block", () => {
    const most = scratch.dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    const sizesOf = [1, 2 ** -70, 2 ** -140].flatMap((factor) => [most * factor, -most * factor]);
    const updated = new Updated(scratch, update, random(12));
    for (let step = 0; step < 20; step++) {
      updated.step(scratch.input(random(12, step + 1).map((u, index) => (u > 0 ? 1 : u) * sizesOf[index % 6])), 0.05);
      for (const values of updated.read()) expect(values.every(Number.isFinite)).toBe(true);
    }
    scratch.expectIntact();
  });

  test("zeros stay zero through a step, so padding stays padding", () => {
    const updated = new Updated(scratch, update, zeros(19));
    expect(updated.step(scratch.input(zeros(19)), 0.05)).toBe(1);
    const [parameters, ...states] = updated.read();
    expect(parameters).toEqual(zeros(19));
    for (const state of update.growsFromZero ? states.slice(0, -1) : states) expect(state).toEqual(zeros(19));
    scratch.expectIntact();
  });
}

function testTraps(scratch: Scratch, update: Update): void {
  if (!isDebugBuild) return;
  test("traps on a block that does not start on 16 bytes, and on no elements", () => {
    const { address } = scratch.output(64);
    const addresses = [address, address, ...update.states.map((isThere) => (isThere ? address : 0))];
    const call = (places: number[], count = 4) => update.call(scratch, places, count, 1, 0);
    for (const [at, place] of addresses.entries()) {
      expect(() => call(addresses.with(at, place + 8))).toThrow("blocks start on 16 bytes");
    }
    expect(() => call(addresses, 0)).toThrow("must be positive");
  });
}

function testGoldens(update: Update): void {
  const cases = golden.cases.filter(({ optimizer }) => optimizer === update.title);
  test.each(cases)("follows PyTorch to 1e-12 for 100 steps with weightDecay $weightDecay", ({ weightDecay, after }) => {
    const { initial, curvature, goal } = golden;
    const scratch = new Scratch("float64");
    const updated = new Updated(scratch, update, initial);
    for (let step = 1; step <= 100; step++) {
      const [values] = updated.read();
      const gradients = values.map((p, index) => curvature[index] * (p - goal[index]) + p * p * p);
      updated.step(scratch.input(gradients), weightDecay);
      const expected = after.find((record) => record.step === step);
      if (expected) expectClose(updated.read()[0], expected.parameters, tolerances.golden.float64);
    }
    scratch.expectIntact();
  });
  test("has two goldens", () => expect(cases).toHaveLength(2));
}

/** Tests of every update, in both types; `more` has those of one file's kernels alone. */
export function describeUpdates(updates: readonly Update[], more: (scratch: Scratch) => void = () => {}): void {
  const titled = updates.map((update) => [update.title, update] as const);
  describe.each(dtypes)("%s", (dtype) => {
    const scratch = new Scratch(dtype);
    describe.each(titled)("%s", (_, update) => {
      testTwin(scratch, update);
      testFiniteness(scratch, update);
      testTraps(scratch, update);
    });
    more(scratch);
  });
  describe.each(titled)("%s in float64", (_, update) => testGoldens(update));
}

/** An update of the marked rows of a table, and the same of all rows. */
export interface TableUpdate {
  readonly title: string;
  /** Blocks that it remembers. */
  readonly states: number;
  /** Runs the operation on the addresses of parameters, gradients and states. */
  call(scratch: Scratch, addresses: number[], marks: number, rows: number, columns: number): number;
  /** Updates all elements. */
  whole(scratch: Scratch, addresses: number[], count: number): number;
}

/** Tests that such an update does what that of all rows does, where the gradients of the others are 0. */
export function describeTableUpdate({ title, states, call, whole }: TableUpdate): void {
  describe.each(dtypes)(`${title} in %s`, (dtype) => {
    const scratch = new Scratch(dtype);
    const rows = 9;
    const lanes = dtype === "float32" ? 4 : 2;

    /** What two steps make of the blocks, padded to whole vectors, and what they return. */
    function results(columns: number, gradients: readonly number[][], marks?: readonly (readonly number[])[]) {
      const count = Math.ceil((rows * columns) / lanes) * lanes;
      const pad = (values: readonly number[]) => [...values, ...zeros(count - values.length)];
      const parameters = scratch.output(pad(random(rows * columns, columns)));
      const blocks = [parameters, ...Array.from({ length: states }, () => scratch.output(zeros(count)))];
      const stored = gradients.map((values, step) => {
        const [first, ...others] = blocks.map(({ address }) => address);
        const addresses = [first, scratch.input(pad(values)), ...others];
        if (!marks) return whole(scratch, addresses, count);
        return call(scratch, addresses, scratch.bytes(marks[step]), rows, columns);
      });
      const values = blocks.map((block) => Array.from(scratch.read(block)));
      scratch.expectIntact();
      return { stored, values };
    }

    const marksOf = (step: number) => zeros(rows).map((_, row) => Number(random(rows, step + 1)[row] > 0));

    test("has the bits of the update of all rows at 1 to 67 columns, whichever are marked", () => {
      for (const columns of sizes) {
        const all = [zeros(rows), zeros(rows).fill(1), ...[1, 2, 3].map(marksOf)];
        const gradients = all.map((marks, step) =>
          random(rows * columns, step + 9).map((x, index) => (marks[Math.floor(index / columns)] ? x : 0)),
        );
        expect(results(columns, gradients, all)).toEqual(results(columns, gradients));
      }
    });

    test("so it has with NaN or infinity in a gradient, which both tell by 0", () => {
      for (const columns of [3, 4, 5]) {
        for (const bad of [Number.NaN, Infinity, -Infinity]) {
          const marks = zeros(rows).with(2, 1).with(3, 1).with(8, 1);
          const gradients = random(rows * columns, 1).map((x, index) => (marks[Math.floor(index / columns)] ? x : 0));
          const steps = [gradients.with(3 * columns, bad), gradients];
          const expected = results(columns, steps);
          expect(expected.stored).toEqual([0, 1]);
          expect(results(columns, steps, [marks, marks])).toEqual(expected);
        }
      }
    });

    test.runIf(isDebugBuild)("traps on a block that does not start on 16 bytes, and on no elements", () => {
      const { address } = scratch.output(64);
      const places = [address, address, ...zeros(states).map(() => address)];
      for (const at of places.keys()) {
        const wrong = places.with(at, address + 8);
        expect(() => call(scratch, wrong, address, 2, 2)).toThrow("blocks start on 16 bytes");
      }
      expect(() => call(scratch, places, address, 0, 2)).toThrow("must be positive");
      expect(() => call(scratch, places, address, 2, 0)).toThrow("must be positive");
    });
  });
}
