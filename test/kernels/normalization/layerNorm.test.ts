import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { layerNormBackward, layerNormForward } from "../../reference/normalization/layerNorm.ts";
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

/** Calls the kernels on arrays. */
class LayerNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  forward(input: readonly number[], weight: readonly number[], bias: readonly number[], inPlace = false): number[] {
    const scratch = this.#scratch;
    const columns = weight.length;
    const output = scratch.output(inPlace ? input : input.length);
    const from = inPlace ? output.address : scratch.input(input);
    const blocks = [from, scratch.input(weight), scratch.input(bias), output.address] as const;
    scratch.kernels.layerNormForward(...blocks, input.length / columns, columns, epsilon);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  backward(
    input: readonly number[],
    weight: readonly number[],
    outputGrad: readonly number[],
    wanted: "apart" | "in place" | "none" = "apart",
  ): { inputGrad: number[]; weightGrad: number[]; biasGrad: number[] } {
    const scratch = this.#scratch;
    const columns = weight.length;
    const inputGrad = scratch.output(wanted === "in place" ? outputGrad : input.length);
    const [weightGrad, biasGrad] = [scratch.output(columns), scratch.output(columns)];
    const from = wanted === "in place" ? inputGrad.address : scratch.input(outputGrad);
    const to = wanted === "none" ? 0 : inputGrad.address;
    const inputs = [scratch.input(input), scratch.input(weight), from] as const;
    const outputs = [to, weightGrad.address, biasGrad.address] as const;
    scratch.kernels.layerNormBackward(...inputs, ...outputs, input.length / columns, columns, epsilon);
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
      expectClose(kernels.forward(input, weight, bias), expected, tolerance, `${rows} × ${columns}`);
      expectClose(kernels.forward(input, weight, bias, true), expected, tolerance, `${columns} in place`);
    }
  });

  test("layerNormBackward equals its twin at 1 to 67, 2100 and 4200 columns, in place, apart, or without inputGrad", () => {
    for (const [rows, columns] of shapes) {
      const [input, outputGrad] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
      const weight = draw(columns, columns + 2);
      const expected = layerNormBackward(rowsOf(input, columns), weight, rowsOf(outputGrad, columns), epsilon);
      for (const wanted of ["apart", "in place", "none"] as const) {
        const actual = kernels.backward(input, weight, outputGrad, wanted);
        const tolerance = tolerances.rounded[dtype];
        expectClose(actual.biasGrad, expected.biasGrad, tolerance, `${columns}: biasGrad`);
        expectClose(actual.weightGrad, expected.weightGrad, tolerance, `${columns}: weightGrad`);
        if (wanted !== "none") expectClose(actual.inputGrad, expected.inputGrad.flat(), tolerance, `${columns}: input`);
      }
    }
  });

  test("a row gives the same bits alone and among others, forward and backward", () => {
    for (const columns of [1, 3, 4, 7, 10]) {
      const [input, outputGrad] = [draw(5 * columns, columns), draw(5 * columns, columns + 1)];
      const [weight, bias] = [draw(columns, 1), draw(columns, 2)];
      const output = rowsOf(kernels.forward(input, weight, bias), columns);
      const inputGrad = rowsOf(kernels.backward(input, weight, outputGrad).inputGrad, columns);
      const gradients = rowsOf(outputGrad, columns);
      rowsOf(input, columns).forEach((row, index) => {
        expect(kernels.forward(row, weight, bias)).toEqual(output[index]);
        expect(kernels.backward(row, weight, gradients[index]).inputGrad).toEqual(inputGrad[index]);
      });
    }
  });

  test("a row of equal values, zeros of both signs too, becomes the bias and has no NaN in its gradient", () => {
    const input = [3, 3, 3, 0, -0, 0];
    const weight = draw(3, 1);
    expect(kernels.forward(input, weight, [1, 2, 3])).toEqual([1, 2, 3, 1, 2, 3]);
    const { inputGrad, weightGrad } = kernels.backward(input, weight, draw(6, 2));
    expect(inputGrad.every(Number.isFinite)).toBe(true);
    expect(weightGrad.map(Math.abs)).toEqual([0, 0, 0]);
  });

  test("a row with NaN or infinity becomes NaN, forward and backward, and no other row does", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const column of [0, 3, 4, 6]) {
        const input = draw(21, 1).with(7 + column, bad);
        const isBad = input.map((_, index) => index >= 7 && index < 14);
        expect(kernels.forward(input, draw(7, 2), draw(7, 3)).map(Number.isNaN)).toEqual(isBad);
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
      const { layerNormForward, layerNormBackward } = scratch.kernels;
      const unaligned = "blocks start on 16 bytes";
      for (let place = 0; place < 6; place++) {
        const at = (index: number) => (index === place ? a + 8 : a);
        if (place < 4) expect(() => layerNormForward(at(0), at(1), at(2), at(3), 1, 4, 1)).toThrow(unaligned);
        expect(() => layerNormBackward(at(0), at(1), at(2), at(3), at(4), at(5), 1, 4, 1)).toThrow(unaligned);
      }
      for (const [rows, columns] of [
        [0, 4],
        [4, 0],
      ]) {
        expect(() => layerNormForward(a, a, a, a, rows, columns, 1)).toThrow("must be positive");
        expect(() => layerNormBackward(a, a, a, a, a, a, rows, columns, 1)).toThrow("must be positive");
      }
    });
  }
});

describe("float64", () => {
  const kernels = new LayerNorm("float64");

  test.each(golden.cases)("$rows × $columns is PyTorch's LayerNorm to 1e-12, forward and backward", (stored) => {
    const tolerance = tolerances.golden.float64;
    const { input, weight, bias, outputGrad } = stored;
    expectClose(kernels.forward(input, weight, bias), stored.output, tolerance, "output");
    const gradients = kernels.backward(input, weight, outputGrad);
    for (const name of ["inputGrad", "weightGrad", "biasGrad"] as const) {
      expectClose(gradients[name], stored[name], tolerance, name);
    }
  });

  test("the gradients are the central differences of the forward pass to 1e-8", () => {
    const values = { input: random(15, 1), weight: random(5, 2), bias: random(5, 3) };
    const outputGrad = random(15, 4);
    const loss = ({ input, weight, bias }: typeof values) =>
      kernels.forward(input, weight, bias).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
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
