import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import {
  rmsNormBackwardInput,
  rmsNormBackwardWeight,
  rmsNormForward,
  statistics as statisticsOf,
} from "../../reference/normalization/rmsNorm.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const golden: {
  epsilon: number;
  cases: ({ rows: number; columns: number } & Record<
    "weight" | "input" | "output" | "outputGrad" | "inputGrad" | "weightGrad",
    number[]
  >)[];
} = JSON.parse(readFileSync("test/fixtures/rmsNorm.json", "utf8"));

const { epsilon } = golden;

/** The rows that each width is tested with. */
const shapes = [...sizes.map((columns) => [1 + (columns % 5), columns]), [67, 5], [3, 2100]];

/** Runs the operations on arrays. */
class RmsNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  /** @param isSaving whether the statistics of the rows are asked for */
  forward(
    input: readonly number[],
    weight: readonly number[],
    { inPlace = false, isSaving = false } = {},
  ): { output: number[]; statistics: number[] } {
    const scratch = this.#scratch;
    const columns = weight.length;
    const rows = input.length / columns;
    const output = scratch.output(inPlace ? input : input.length);
    const statistics = scratch.doubles(rows);
    const blocks = {
      input: inPlace ? output.address : scratch.input(input),
      weight: scratch.input(weight),
      output: output.address,
      statistics: isSaving ? statistics.address : 0,
    };
    scratch.run("rmsNormForward", { ...blocks, columns, epsilon }, rows);
    const result = { output: Array.from(scratch.read(output)), statistics: Array.from(scratch.read(statistics)) };
    scratch.expectIntact();
    return result;
  }

  output(...args: Parameters<RmsNorm["forward"]>): number[] {
    return this.forward(...args).output;
  }

  backward(
    input: readonly number[],
    weight: readonly number[],
    outputGrad: readonly number[],
    { inPlace = false, positions = 1 } = {},
  ): { inputGrad: number[]; weightGrad: number[] } {
    const columns = weight.length;
    const saved = this.forward(input, weight, { isSaving: true }).statistics;
    const scratch = this.#scratch;
    const rows = input.length / columns;
    const statistics = scratch.doubles(saved);
    const common = { input: scratch.input(input), statistics: statistics.address };
    const inputGrad = scratch.output(inPlace ? outputGrad : input.length);
    const from = inPlace ? inputGrad.address : scratch.input(outputGrad);
    const weightGrad = scratch.output(columns);
    const outputs = { weightGrad: weightGrad.address, sums: scratch.sums(1, columns) };
    const ofWeight = { positions, ...common, outputGrad: from, ...outputs, columns };
    scratch.run("rmsNormBackwardWeight", ofWeight, columns, { rows: rows / positions });
    const gradients = { outputGrad: from, inputGrad: inputGrad.address };
    scratch.run("rmsNormBackwardInput", { ...common, weight: scratch.input(weight), ...gradients, columns }, rows);
    expect(Array.from(scratch.read(statistics))).toEqual(saved);
    const result = {
      inputGrad: Array.from(scratch.read(inputGrad)),
      weightGrad: Array.from(scratch.read(weightGrad)),
    };
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new RmsNorm(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("rmsNormForward equals its twin at 1 to 67 and 2100 columns, in place or not, and leaves the statistics", () => {
    const tolerance = tolerances.formula[dtype];
    for (const [rows, columns] of shapes) {
      const [input, weight] = [draw(rows * columns, columns), draw(columns, columns + 1)];
      const expected = rmsNormForward(rowsOf(input, columns), weight, epsilon).flat();
      const expectedStatistics = statisticsOf(rowsOf(input, columns), epsilon);
      for (const inPlace of [false, true]) {
        const { output, statistics } = kernels.forward(input, weight, { inPlace, isSaving: true });
        expectClose(output, expected, tolerance, `${rows} × ${columns}`);
        expectClose(statistics, expectedStatistics, tolerances.golden.float64, `${rows} × ${columns}`);
        expect(kernels.output(input, weight, { inPlace })).toEqual(output);
      }
    }
  });

  test("the backward operations equal their twins at 1 to 67 and 2100 columns, in place or not", () => {
    for (const [rows, columns] of shapes) {
      const [input, outputGrad] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
      const weight = draw(columns, columns + 2);
      const [x, grad] = [rowsOf(input, columns), rowsOf(outputGrad, columns)];
      const weightGrad = rmsNormBackwardWeight(x, grad, epsilon);
      const inputGrad = rmsNormBackwardInput(x, weight, grad, epsilon).flat();
      for (const inPlace of [false, true]) {
        const actual = kernels.backward(input, weight, outputGrad, { inPlace });
        const tolerance = tolerances.rounded[dtype];
        expectClose(actual.weightGrad, weightGrad, tolerance, `${columns}: weightGrad`);
        expectClose(actual.inputGrad, inputGrad, tolerance, `${columns}: inputGrad`);
      }
    }
  });

  test("the gradients of 4 examples of 3 positions have the bits of those of 12 rows", () => {
    const [input, weight, outputGrad] = [draw(60, 1), draw(5, 2), draw(60, 3)];
    expect(kernels.backward(input, weight, outputGrad, { positions: 3 })).toEqual(
      kernels.backward(input, weight, outputGrad),
    );
  });

  test("a row gives the same bits alone and among others, forward and backward", () => {
    for (const columns of [1, 3, 4, 7, 10]) {
      const [input, outputGrad] = [draw(5 * columns, columns), draw(5 * columns, columns + 1)];
      const weight = draw(columns, 1);
      const output = rowsOf(kernels.output(input, weight), columns);
      const inputGrad = rowsOf(kernels.backward(input, weight, outputGrad).inputGrad, columns);
      const gradients = rowsOf(outputGrad, columns);
      rowsOf(input, columns).forEach((row, index) => {
        expect(kernels.output(row, weight)).toEqual(output[index]);
        expect(kernels.backward(row, weight, gradients[index]).inputGrad).toEqual(inputGrad[index]);
      });
    }
  });

  test("zeros keep their signs, and have no NaN in their gradients", () => {
    expect(kernels.output([0, -0, 0, -0], [1, 1, 1, -1])).toEqual([0, -0, 0, 0]);
    const { inputGrad, weightGrad } = kernels.backward([0, -0, 0], draw(3, 1), draw(3, 2));
    expect(inputGrad.every(Number.isFinite)).toBe(true);
    expect(weightGrad.map(Math.abs)).toEqual([0, 0, 0]);
  });

  test("NaN and infinity stay in their row: forward NaN makes all of it NaN, infinity itself NaN and the others 0", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const column of [0, 3, 4, 6]) {
        const input = draw(21, 1).with(7 + column, bad);
        const isBad = input.map((_, index) => index >= 7 && index < 14);
        const output = kernels.output(input, draw(7, 2));
        const isLost = input.map((x, index) => (Number.isNaN(bad) ? isBad[index] : x === bad));
        expect(output.map(Number.isNaN)).toEqual(isLost);
        expect(output.map((y, index) => isBad[index] && !isLost[index] && y !== 0)).not.toContain(true);
        const { inputGrad, weightGrad } = kernels.backward(input, draw(7, 2), draw(21, 4));
        expect(inputGrad.map(Number.isNaN)).toEqual(isBad);
        expect(weightGrad.map(Number.isNaN)).toEqual(
          weightGrad.map((_, index) => Number.isNaN(bad) || index === column),
        );
      }
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      const forward = { input: a, weight: a, output: a, statistics: a };
      const ofWeight = { input: a, statistics: a, outputGrad: a, weightGrad: a, sums: a };
      const ofInput = { input: a, weight: a, statistics: a, outputGrad: a, inputGrad: a };
      const run = {
        forward: (wrong: object, rows = 1, columns = 4) =>
          scratch.run("rmsNormForward", { ...forward, columns, epsilon, ...wrong }, rows),
        weight: (wrong: object, rows = 1, columns = 4) => {
          scratch.run("rmsNormBackwardWeight", { positions: 1, ...ofWeight, columns, ...wrong }, columns, { rows });
        },
        input: (wrong: object, rows = 1, columns = 4) =>
          scratch.run("rmsNormBackwardInput", { ...ofInput, columns, ...wrong }, rows),
      };
      const unaligned = "blocks start on 16 bytes";
      for (const name of Object.keys(forward)) expect(() => run.forward({ [name]: a + 8 })).toThrow(unaligned);
      for (const name of Object.keys(ofWeight)) expect(() => run.weight({ [name]: a + 8 })).toThrow(unaligned);
      for (const name of Object.keys(ofInput)) expect(() => run.input({ [name]: a + 8 })).toThrow(unaligned);
      for (const [rows, columns] of [
        [0, 4],
        [4, 0],
      ]) {
        for (const each of Object.values(run)) expect(() => each({}, rows, columns)).toThrow("must be positive");
      }
    });
  }
});

describe("float64", () => {
  const kernels = new RmsNorm("float64");

  test.each(golden.cases)("$rows × $columns is PyTorch's RMSNorm to 1e-12, forward and backward", (stored) => {
    const tolerance = tolerances.golden.float64;
    const { input, weight, outputGrad } = stored;
    expectClose(kernels.output(input, weight), stored.output, tolerance, "output");
    const gradients = kernels.backward(input, weight, outputGrad);
    for (const name of ["inputGrad", "weightGrad"] as const) {
      expectClose(gradients[name], stored[name], tolerance, name);
    }
  });

  test("the gradients are the central differences of the forward pass to 1e-8", () => {
    const values = { input: random(15, 1), weight: random(5, 2) };
    const outputGrad = random(15, 4);
    const loss = ({ input, weight }: typeof values) =>
      kernels.output(input, weight).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
    const difference = (name: keyof typeof values) =>
      values[name].map((x, index) => {
        const [above, below] = [1e-5, -1e-5].map((h) => loss({ ...values, [name]: values[name].with(index, x + h) }));
        return (above - below) / 2e-5;
      });
    const gradients = kernels.backward(values.input, values.weight, outputGrad);
    expectClose(gradients.inputGrad, difference("input"), tolerances.difference.float64, "inputGrad");
    expectClose(gradients.weightGrad, difference("weight"), tolerances.difference.float64, "weightGrad");
  });
});
