import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { type Address, inAll, type OperationName, type Operations, op } from "../../../src/kernels/operations.ts";
import { StepRecord, stepDoubles } from "../../../src/training/optimizers/updates.ts";
import * as reference from "../../reference/program/stack.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { resultOf } from "../lossCalls.ts";
import { type Block, dtypes, isDebugBuild, random, roundTo, Scratch } from "../scratch.ts";

/** Returns the address of a squared error's record over `rows` rows, and a function that returns what it has written. */
function squaredError(
  scratch: Scratch,
  rows: number,
  [output, outputGrad, targets]: readonly number[],
  columns: number,
) {
  const { arena } = scratch;
  const batch = scratch.integers([rows, 0, 0]);
  const result = resultOf(scratch, 1);
  const blocks = { batch, output, outputGrad, targets, weights: 0, result };
  const fields = { ...blocks, positions: 1, columns, parameter: 0 } as unknown as Operations["squaredErrorForward"];
  const record = arena.write(op("squaredErrorForward", inAll(1), fields));
  return { record, sum: () => arena.doubles(result, 1)[0] };
}

/** Returns the record of a step without an update. */
function recordOf(scratch: Scratch, layers: number, count: number, loss: number): number {
  const { arena } = scratch;
  const places = (["squaredErrorForward", "squaredErrorBackward"] as const).map((name) => arena.layoutOf(name).place);
  const now = scratch.doubles(stepDoubles).address as Address;
  new StepRecord(arena, now).begin(1, 0);
  return scratch.integers([layers, count, loss, ...places, now, 0, 0]);
}

/** A stack of sigmoid layers in `scratch`, and the gradients of each: records as src/topology/stack.ts writes them. */
function stackOf(scratch: Scratch, layers: readonly reference.StackLayer[], rows: number) {
  const lanes = scratch.dtype === "float32" ? 4 : 2;
  const padded = Math.ceil(rows / lanes) * lanes;
  const values = (units: number) => scratch.output(units * padded).address as Address;
  /** The place of an activation's operation, and its record. */
  const activated = <Name extends "sigmoidForward" | "sigmoidBackward">(name: Name, fields: Operations[Name]) => [
    scratch.arena.layoutOf(name).place,
    scratch.arena.write(op<OperationName>(name, inAll(0), fields)),
  ];
  const examples = values(layers[0].fanIn);
  let input = examples;
  const gradients: Block[][] = [];
  const records = layers.flatMap(({ fanIn, fanOut, weight, bias }) => {
    const [weightGrad, biasGrad] = [scratch.output(fanIn * fanOut), scratch.output(fanOut)];
    const [preactivation, activation, grad] = [values(fanOut), values(fanOut), values(fanOut)];
    const parameters = [scratch.input(weight), weightGrad.address, bias ? scratch.input(bias) : 0];
    const blocks = [bias ? biasGrad.address : 0, input, preactivation, activation, grad];
    const of = { columns: 1, parameter: 0 };
    const operations = [
      ...activated("sigmoidForward", { input: preactivation, output: activation, ...of }),
      ...activated("sigmoidBackward", { preactivation, activation, outputGrad: grad, inputGrad: grad, ...of }),
    ];
    gradients.push(bias ? [weightGrad, biasGrad] : [weightGrad]);
    input = activation;
    return [fanIn, fanOut, ...parameters, ...blocks, ...operations];
  });
  const { address } = scratch.doubles(records.length / 2);
  scratch.arena.integers(address, records.length).set(records);
  return { address, examples, gradients };
}

function layersOf(dtype: Dtype, sizes: readonly number[], hasBias: boolean): reference.StackLayer[] {
  return sizes.slice(1).map((fanOut, index) => {
    const fanIn = sizes[index];
    const bias = hasBias ? roundTo(dtype, random(fanOut, 9)) : undefined;
    return { fanIn, fanOut, weight: roundTo(dtype, random(fanIn * fanOut, index + 3)), bias };
  });
}

describe.each(dtypes)("%s", (dtype) => {
  const lanes = dtype === "float32" ? 4 : 2;

  test("rowsToExamples transposes and pads with the last row, at up to 9 rows and columns", () => {
    const scratch = new Scratch(dtype);
    for (let rows = 1; rows <= 9; rows++) {
      for (let columns = 1; columns <= 9; columns++) {
        const values = random(rows * columns).map(Math.fround);
        const padded = Math.ceil(rows / lanes) * lanes;
        const output = scratch.output(columns * padded);
        scratch.kernels.rowsToExamples(scratch.input(values), output.address, rows, columns);
        const expected = Array.from({ length: columns }, (_, column) =>
          Array.from({ length: padded }, (_, row) => values[Math.min(row, rows - 1) * columns + column]),
        );
        expect(Array.from(scratch.read(output))).toEqual(expected.flat());
      }
    }
    scratch.expectIntact();
  });

  test.each([[[3, 4, 1]], [[2, 1]], [[1, 3, 2]], [[5, 2, 7, 3]]])(
    "stackSteps of %j has the twin's loss and gradients at 1 to 9 rows, with biases and without",
    (sizes) => {
      const scratch = new Scratch(dtype);
      const [features, outputs] = [sizes[0], sizes.at(-1)!];
      for (let rows = 1; rows <= 9; rows++) {
        for (const hasBias of [true, false]) {
          const layers = layersOf(dtype, sizes, hasBias);
          const [input, targets] = [random(rows * features, 5), random(rows * outputs, 6)].map((values) =>
            roundTo(dtype, values),
          );
          const { address, examples, gradients } = stackOf(scratch, layers, rows);
          const [output, outputGrad] = [scratch.output(rows * outputs), scratch.output(rows * outputs)];
          const { kernels } = scratch;
          kernels.rowsToExamples(scratch.input(input), examples, rows, features);
          const blocks = [output.address, outputGrad.address, scratch.input(targets)];
          const loss = squaredError(scratch, rows, blocks, outputs);
          const record = recordOf(scratch, address, layers.length, loss.record);
          // Without an update, each step is the first again.
          for (const count of [1, 3]) expect(kernels.stackSteps(record, count)).toBe(count);
          const expected = reference.stackPass(layers, input, targets, rows);
          expectClose([loss.sum()], [expected.loss], tolerances.formula[dtype]);
          gradients.forEach((parts, layer) => {
            parts.forEach((part, index) => {
              expectClose(scratch.read(part), expected.gradients[layer][index], tolerances.formula[dtype]);
            });
          });
          scratch.expectIntact();
        }
      }
    },
  );

  if (isDebugBuild) {
    test("stackSteps traps on no layers, no rows, and blocks that do not start on 16 bytes", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      const step = (layers: number, count: number, rows: number) => {
        const { record } = squaredError(scratch, rows, [a, a, a], 1);
        return scratch.kernels.stackSteps(recordOf(scratch, layers, count, record), 1);
      };
      expect(() => step(a, 0, 1)).toThrow("must be positive");
      expect(() => step(a, 1, 0)).toThrow("must be positive");
      expect(() => step(a + 8, 1, 1)).toThrow("blocks start on 16 bytes");
    });
  }
});
