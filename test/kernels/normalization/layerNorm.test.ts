import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import {
  layerNormBackwardInput,
  layerNormBackwardParameters,
  layerNormForward,
  statistics as statisticsOf,
} from "../../reference/normalization/layerNorm.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const golden: {
  epsilon: number;
  cases: ({ rows: number; columns: number } & Record<
    "weight" | "bias" | "input" | "output" | "outputGrad" | "inputGrad" | "weightGrad" | "biasGrad",
    number[]
  >)[];
} = JSON.parse(readFileSync("test/fixtures/layerNorm.json", "utf8"));

const { epsilon } = golden;

/** The rows that each width is tested with; 2100 and 4200 columns are more than one and than two blocks'. */
const shapes = [...sizes.map((columns) => [1 + (columns % 5), columns]), [67, 5], [3, 2100], [2, 4200]];

/** Runs the operations on arrays. */
class LayerNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  /** @param isSaving whether the statistics of the rows are asked for */
  forward(
    input: readonly number[],
    weight: readonly number[],
    bias: readonly number[],
    { inPlace = false, isSaving = false } = {},
  ): { output: number[]; statistics: number[] } {
    const scratch = this.#scratch;
    const columns = weight.length;
    const rows = input.length / columns;
    const output = scratch.output(inPlace ? input : input.length);
    const statistics = scratch.doubles(2 * rows);
    const blocks = {
      input: inPlace ? output.address : scratch.input(input),
      weight: scratch.input(weight),
      bias: scratch.input(bias),
      output: output.address,
      statistics: isSaving ? statistics.address : 0,
    };
    scratch.run("layerNormForward", { ...blocks, columns, epsilon }, rows);
    const result = { output: Array.from(scratch.read(output)), statistics: Array.from(scratch.read(statistics)) };
    scratch.expectIntact();
    return result;
  }

  output(...args: Parameters<LayerNorm["forward"]>): number[] {
    return this.forward(...args).output;
  }

  /** What the forward pass leaves for the backward pass. */
  statistics(input: readonly number[], columns: number): number[] {
    const vector = new Array<number>(columns).fill(1);
    return this.forward(input, vector, vector, { isSaving: true }).statistics;
  }

  backward(
    input: readonly number[],
    weight: readonly number[],
    outputGrad: readonly number[],
    { inPlace = false, positions = 1 } = {},
  ): { inputGrad: number[]; weightGrad: number[]; biasGrad: number[] } {
    const columns = weight.length;
    const saved = this.statistics(input, columns);
    const scratch = this.#scratch;
    const rows = input.length / columns;
    const statistics = scratch.doubles(saved);
    const common = { input: scratch.input(input), statistics: statistics.address };
    const inputGrad = scratch.output(inPlace ? outputGrad : input.length);
    const from = inPlace ? inputGrad.address : scratch.input(outputGrad);
    const [weightGrad, biasGrad] = [scratch.output(columns), scratch.output(columns)];
    const outputs = { weightGrad: weightGrad.address, biasGrad: biasGrad.address, sums: scratch.sums(2, columns) };
    const ofParameters = { positions, ...common, outputGrad: from, ...outputs, columns };
    scratch.run("layerNormBackwardParameters", ofParameters, columns, { rows: rows / positions });
    const gradients = { outputGrad: from, inputGrad: inputGrad.address };
    scratch.run("layerNormBackwardInput", { ...common, weight: scratch.input(weight), ...gradients, columns }, rows);
    expect(Array.from(scratch.read(statistics))).toEqual(saved);
    const [ofInput, ofWeight, ofBias] = [inputGrad, weightGrad, biasGrad].map((b) => Array.from(scratch.read(b)));
    scratch.expectIntact();
    return { inputGrad: ofInput, weightGrad: ofWeight, biasGrad: ofBias };
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new LayerNorm(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("layerNormForward equals its twin at 1 to 67, 2100 and 4200 columns, in place or not", () => {
    // What is normalized is a number of a few ulps, times up to 1 / √epsilon.
    const tolerance = dtype === "float32" ? { absolute: 2e-5, relative: 2e-6 } : tolerances.rounded.float64;
    for (const [rows, columns] of shapes) {
      const input = draw(rows * columns, columns);
      const [weight, bias] = [draw(columns, columns + 1), draw(columns, columns + 2)];
      const expected = layerNormForward(rowsOf(input, columns), weight, bias, epsilon).flat();
      expectClose(kernels.output(input, weight, bias), expected, tolerance, `${rows} × ${columns}`);
      expectClose(kernels.output(input, weight, bias, { inPlace: true }), expected, tolerance, `${columns} in place`);
    }
  });

  test("layerNormForward leaves each row's mean and inverse deviation to 1e-12, and the same output, in place or not", () => {
    for (const [rows, columns] of shapes) {
      const input = draw(rows * columns, columns);
      const [weight, bias] = [draw(columns, columns + 1), draw(columns, columns + 2)];
      const expected = statisticsOf(rowsOf(input, columns), epsilon).flat();
      for (const inPlace of [false, true]) {
        const { output, statistics } = kernels.forward(input, weight, bias, { inPlace, isSaving: true });
        expectClose(statistics, expected, tolerances.golden.float64, `${rows} × ${columns}`);
        expect(output).toEqual(kernels.output(input, weight, bias));
      }
    }
  });

  test("the backward operations equal their twins at 1 to 67, 2100 and 4200 columns, in place or not", () => {
    for (const [rows, columns] of shapes) {
      const [input, outputGrad] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
      const weight = draw(columns, columns + 2);
      const [x, grad] = [rowsOf(input, columns), rowsOf(outputGrad, columns)];
      const { weightGrad, biasGrad } = layerNormBackwardParameters(x, grad, epsilon);
      const inputGrad = layerNormBackwardInput(x, weight, grad, epsilon).flat();
      for (const inPlace of [false, true]) {
        const actual = kernels.backward(input, weight, outputGrad, { inPlace });
        const tolerance = tolerances.rounded[dtype];
        expectClose(actual.biasGrad, biasGrad, tolerance, `${columns}: biasGrad`);
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
      const [weight, bias] = [draw(columns, 1), draw(columns, 2)];
      const output = rowsOf(kernels.output(input, weight, bias), columns);
      const inputGrad = rowsOf(kernels.backward(input, weight, outputGrad).inputGrad, columns);
      const gradients = rowsOf(outputGrad, columns);
      rowsOf(input, columns).forEach((row, index) => {
        expect(kernels.output(row, weight, bias)).toEqual(output[index]);
        expect(kernels.backward(row, weight, gradients[index]).inputGrad).toEqual(inputGrad[index]);
      });
    }
  });

  test("a row of equal values, zeros of both signs too, becomes the bias and has no NaN in its gradient", () => {
    const input = [3, 3, 3, 0, -0, 0];
    const weight = draw(3, 1);
    expect(kernels.output(input, weight, [1, 2, 3])).toEqual([1, 2, 3, 1, 2, 3]);
    const { inputGrad, weightGrad } = kernels.backward(input, weight, draw(6, 2));
    expect(inputGrad.every(Number.isFinite)).toBe(true);
    expect(weightGrad.map(Math.abs)).toEqual([0, 0, 0]);
  });

  test("a row with NaN or infinity becomes NaN, forward and backward, and no other row does", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const column of [0, 3, 4, 6]) {
        const input = draw(21, 1).with(7 + column, bad);
        const isBad = input.map((_, index) => index >= 7 && index < 14);
        expect(kernels.output(input, draw(7, 2), draw(7, 3)).map(Number.isNaN)).toEqual(isBad);
        const { inputGrad, weightGrad, biasGrad } = kernels.backward(input, draw(7, 2), draw(21, 4));
        expect(inputGrad.map(Number.isNaN)).toEqual(isBad);
        expect(weightGrad.every(Number.isNaN)).toBe(true);
        expect(biasGrad.every(Number.isFinite)).toBe(true);
      }
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      const forward = { input: a, weight: a, bias: a, output: a, statistics: a };
      const ofParameters = { input: a, statistics: a, outputGrad: a, weightGrad: a, biasGrad: a, sums: a };
      const ofInput = { input: a, weight: a, statistics: a, outputGrad: a, inputGrad: a };
      const run = {
        forward: (wrong: object, rows = 1, columns = 4) =>
          scratch.run("layerNormForward", { ...forward, columns, epsilon, ...wrong }, rows),
        parameters: (wrong: object, rows = 1, columns = 4) => {
          const fields = { positions: 1, ...ofParameters, columns, ...wrong };
          scratch.run("layerNormBackwardParameters", fields, columns, { rows });
        },
        input: (wrong: object, rows = 1, columns = 4) =>
          scratch.run("layerNormBackwardInput", { ...ofInput, columns, ...wrong }, rows),
      };
      const unaligned = "blocks start on 16 bytes";
      for (const name of Object.keys(forward)) expect(() => run.forward({ [name]: a + 8 })).toThrow(unaligned);
      for (const name of Object.keys(ofParameters)) expect(() => run.parameters({ [name]: a + 8 })).toThrow(unaligned);
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
  const kernels = new LayerNorm("float64");

  test.each(golden.cases)("$rows × $columns is PyTorch's LayerNorm to 1e-12, forward and backward", (stored) => {
    const tolerance = tolerances.golden.float64;
    const { input, weight, bias, outputGrad } = stored;
    expectClose(kernels.output(input, weight, bias), stored.output, tolerance, "output");
    const gradients = kernels.backward(input, weight, outputGrad);
    for (const name of ["inputGrad", "weightGrad", "biasGrad"] as const) {
      expectClose(gradients[name], stored[name], tolerance, name);
    }
  });

  test("the gradients are the central differences of the forward pass to 1e-8", () => {
    const values = { input: random(15, 1), weight: random(5, 2), bias: random(5, 3) };
    const outputGrad = random(15, 4);
    const loss = ({ input, weight, bias }: typeof values) =>
      kernels.output(input, weight, bias).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
    const difference = (name: keyof typeof values) =>
      values[name].map((x, index) => {
        const [above, below] = [1e-5, -1e-5].map((h) => loss({ ...values, [name]: values[name].with(index, x + h) }));
        return (above - below) / 2e-5;
      });
    const gradients = kernels.backward(values.input, values.weight, outputGrad);
    expectClose(gradients.inputGrad, difference("input"), tolerances.difference.float64, "inputGrad");
    expectClose(gradients.weightGrad, difference("weight"), tolerances.difference.float64, "weightGrad");
    expectClose(gradients.biasGrad, difference("bias"), tolerances.difference.float64, "biasGrad");
  });
});
