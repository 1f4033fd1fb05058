import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { unitNormBackward, unitNormForward } from "../../reference/comparison/unitNorm.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const golden: {
  comparisons: ({ name: string; columns: number } & Record<"a" | "output" | "outputGrad" | "aGrad", number[]>)[];
} = JSON.parse(readFileSync("test/fixtures/comparison.json", "utf8"));

/** Runs the operations on arrays. */
class UnitNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  forward(input: readonly number[], columns: number, inPlace = false): number[] {
    const scratch = this.#scratch;
    const output = scratch.output(inPlace ? input : input.length);
    const fields = { input: inPlace ? output.address : scratch.input(input), output: output.address, columns };
    scratch.run("unitNormForward", fields, input.length / columns);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  backward(input: readonly number[], outputGrad: readonly number[], columns: number, inPlace = false): number[] {
    const scratch = this.#scratch;
    const inputGrad = scratch.output(inPlace ? outputGrad : input.length);
    const gradients = {
      outputGrad: inPlace ? inputGrad.address : scratch.input(outputGrad),
      inputGrad: inputGrad.address,
    };
    scratch.run("unitNormBackward", { input: scratch.input(input), ...gradients, columns }, input.length / columns);
    const result = Array.from(scratch.read(inputGrad));
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new UnitNorm(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("equals its twin at 1 to 67 and 2100 columns, in place or not, forward and backward", () => {
    for (const columns of [...sizes, 2100]) {
      const rows = 1 + (columns % 5);
      const [input, outputGrad] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
      const [x, gradients] = [rowsOf(input, columns), rowsOf(outputGrad, columns)];
      const output = x.flatMap(unitNormForward);
      const inputGrad = x.flatMap((row, index) => unitNormBackward(row, gradients[index]));
      for (const inPlace of [false, true]) {
        const tolerance = tolerances.rounded[dtype];
        expectClose(kernels.forward(input, columns, inPlace), output, tolerance, `${columns}: output`);
        expectClose(
          kernels.backward(input, outputGrad, columns, inPlace),
          inputGrad,
          tolerance,
          `${columns}: inputGrad`,
        );
      }
    }
  });

  test("a row gives the same bits alone and among others", () => {
    for (const columns of [1, 3, 4, 7, 10]) {
      const [input, outputGrad] = [draw(5 * columns, columns), draw(5 * columns, columns + 1)];
      const [output, inputGrad] = [kernels.forward(input, columns), kernels.backward(input, outputGrad, columns)];
      const gradients = rowsOf(outputGrad, columns);
      rowsOf(input, columns).forEach((row, index) => {
        expect(kernels.forward(row, columns)).toEqual(rowsOf(output, columns)[index]);
        expect(kernels.backward(row, gradients[index], columns)).toEqual(rowsOf(inputGrad, columns)[index]);
      });
    }
  });

  test("3 and 4 become 0.6 and 0.8, whatever their size; zeros keep their signs, and their gradient is 1e12 times the output's", () => {
    for (const size of [1e-10, 1, 1e18]) {
      const row = roundTo(dtype, [3 * size, 4 * size]);
      expectClose(kernels.forward(row, 2), [0.6, 0.8], tolerances.formula[dtype]);
    }
    expect(kernels.forward([0, -0, 0], 3)).toEqual([0, -0, 0]);
    expectClose(kernels.backward([0, -0, 0], [1, -2, 0], 3), [1e12, -2e12, 0], tolerances.formula[dtype]);
  });

  test("NaN and infinity stay in their row: forward NaN makes all of it NaN, infinity itself NaN and the others 0", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (let column = 0; column < 7; column++) {
        const input = draw(21, 1).with(7 + column, bad);
        const isBad = input.map((_, index) => index >= 7 && index < 14);
        const output = kernels.forward(input, 7);
        const isLost = input.map((x, index) => (Number.isNaN(bad) ? isBad[index] : x === bad));
        expect(output.map(Number.isNaN)).toEqual(isLost);
        expect(output.map((y, index) => isBad[index] && !isLost[index] && y !== 0)).not.toContain(true);
        expect(kernels.backward(input, draw(21, 4), 7).map(Number.isNaN)).toEqual(isBad);
      }
    }
  });

  test.runIf(isDebugBuild)("traps at a block that does not start on 16 bytes, or has no elements", () => {
    const scratch = new Scratch(dtype);
    const { address: a } = scratch.output(64);
    const forward = { input: a, output: a };
    const backward = { input: a, outputGrad: a, inputGrad: a };
    const run = {
      forward: (wrong: object, rows = 1, columns = 4) =>
        scratch.run("unitNormForward", { ...forward, columns, ...wrong }, rows),
      backward: (wrong: object, rows = 1, columns = 4) =>
        scratch.run("unitNormBackward", { ...backward, columns, ...wrong }, rows),
    };
    const unaligned = "blocks start on 16 bytes";
    for (const name of Object.keys(forward)) expect(() => run.forward({ [name]: a + 8 })).toThrow(unaligned);
    for (const name of Object.keys(backward)) expect(() => run.backward({ [name]: a + 8 })).toThrow(unaligned);
    for (const [rows, columns] of [
      [0, 4],
      [4, 0],
    ]) {
      for (const each of Object.values(run)) expect(() => each({}, rows, columns)).toThrow("must be positive");
    }
  });
});

test.each(golden.comparisons.filter(({ name }) => name === "unitNorm"))(
  "of $columns columns it is PyTorch's normalize to 1e-12, also of rows of length 0 and below 1e-12",
  ({ a, columns, output, outputGrad, aGrad }) => {
    const kernels = new UnitNorm("float64");
    expectClose(kernels.forward(a, columns), output, tolerances.golden.float64, "output");
    expectClose(kernels.backward(a, outputGrad, columns), aGrad, tolerances.golden.float64, "inputGrad");
  },
);
