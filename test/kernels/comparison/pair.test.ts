import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { comparisons } from "../../reference/comparison/pair.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

type Name = keyof typeof comparisons;
const names = Object.keys(comparisons) as Name[];

const golden: {
  comparisons: ({ name: string; columns: number } & Record<
    "a" | "b" | "output" | "outputGrad" | "aGrad" | "bGrad",
    number[]
  >)[];
} = JSON.parse(readFileSync("test/fixtures/comparison.json", "utf8"));

/** Runs the operations of a comparison on arrays. */
class Pair {
  readonly #scratch: Scratch;

  constructor(
    readonly name: Name,
    dtype: Dtype,
  ) {
    this.#scratch = new Scratch(dtype);
  }

  forward(a: readonly number[], b: readonly number[], columns: number): number[] {
    const scratch = this.#scratch;
    const rows = a.length / columns;
    const output = scratch.output(rows);
    const blocks = { a: scratch.input(a), b: scratch.input(b), output: output.address };
    scratch.run(`${this.name}Forward`, { ...blocks, columns }, rows);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  /** @param wanted which gradients are asked for */
  backward(
    a: readonly number[],
    b: readonly number[],
    outputGrad: readonly number[],
    wanted: readonly [a: boolean, b: boolean] = [true, true],
  ): { aGrad?: number[]; bGrad?: number[] } {
    const scratch = this.#scratch;
    const rows = outputGrad.length;
    const columns = a.length / rows;
    const [aGrad, bGrad] = wanted.map((isWanted) => (isWanted ? scratch.output(a.length) : undefined));
    const inputs = { a: scratch.input(a), b: scratch.input(b), outputGrad: scratch.input(outputGrad) };
    const gradients = { aGrad: aGrad?.address ?? 0, bGrad: bGrad?.address ?? 0 };
    scratch.run(`${this.name}Backward`, { ...inputs, ...gradients, columns }, rows);
    const result = {
      ...(aGrad && { aGrad: Array.from(scratch.read(aGrad)) }),
      ...(bGrad && { bGrad: Array.from(scratch.read(bGrad)) }),
    };
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  describe.each(names)("%s", (name) => {
    const kernels = new Pair(name, dtype);
    const twin = comparisons[name];

    test("equals its twin at 1 to 67 and 2100 columns, forward and backward, of both or of one", () => {
      for (const columns of [...sizes, 2100]) {
        const rows = 1 + (columns % 5);
        const [a, b] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
        const outputGrad = draw(rows, columns + 2);
        const [aRows, bRows] = [rowsOf(a, columns), rowsOf(b, columns)];
        const expected = aRows.map((row, index) => twin.value(row, bRows[index]));
        expectClose(kernels.forward(a, b, columns), expected, tolerances.rounded[dtype], `${columns}: output`);
        const derivatives = (x: number[][], y: number[][]) =>
          x.flatMap((row, index) => twin.derivative(row, y[index]).map((each) => outputGrad[index] * each));
        const { aGrad, bGrad } = kernels.backward(a, b, outputGrad);
        expectClose(aGrad!, derivatives(aRows, bRows), tolerances.rounded[dtype], `${columns}: aGrad`);
        expectClose(bGrad!, derivatives(bRows, aRows), tolerances.rounded[dtype], `${columns}: bGrad`);
        expect(kernels.backward(a, b, outputGrad, [true, false])).toEqual({ aGrad });
        expect(kernels.backward(a, b, outputGrad, [false, true])).toEqual({ bGrad });
      }
    });

    test("a row gives the same bits alone and among others", () => {
      for (const columns of [1, 3, 4, 7, 10]) {
        const [a, b, outputGrad] = [draw(5 * columns, columns), draw(5 * columns, columns + 1), draw(5, 1)];
        const output = kernels.forward(a, b, columns);
        const all = kernels.backward(a, b, outputGrad);
        const [aGrads, bGrads] = [rowsOf(all.aGrad!, columns), rowsOf(all.bGrad!, columns)];
        const bRows = rowsOf(b, columns);
        rowsOf(a, columns).forEach((row, index) => {
          expect(kernels.forward(row, bRows[index], columns)).toEqual([output[index]]);
          const gradients = { aGrad: aGrads[index], bGrad: bGrads[index] };
          expect(kernels.backward(row, bRows[index], [outputGrad[index]])).toEqual(gradients);
        });
      }
    });

    test("exchanged rows have the same value and exchanged gradients", () => {
      const [a, b, outputGrad] = [draw(21, 1), draw(21, 2), draw(3, 3)];
      expect(kernels.forward(b, a, 7)).toEqual(kernels.forward(a, b, 7));
      const { aGrad, bGrad } = kernels.backward(b, a, outputGrad);
      expect({ aGrad: bGrad, bGrad: aGrad }).toEqual(kernels.backward(a, b, outputGrad));
    });

    test("NaN at any place makes its output NaN, no infinity passes for a number, and no other row changes", () => {
      const [a, b, outputGrad] = [draw(21, 1), draw(21, 2), draw(3, 3)];
      const plain = [kernels.forward(a, b, 7), kernels.backward(a, b, outputGrad).aGrad!];
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        for (let column = 0; column < 7; column++) {
          const spoilt = a.with(7 + column, bad);
          const output = kernels.forward(spoilt, b, 7);
          expect(Number.isFinite(output[1])).toBe(false);
          if (Number.isNaN(bad)) expect(output[1]).toBeNaN();
          const gradients = kernels.backward(spoilt, b, outputGrad);
          expect(gradients.aGrad![7 + column]).toBeNaN();
          expect(Number.isFinite(gradients.bGrad![7 + column])).toBe(false);
          expect([output[0], output[2]]).toEqual([plain[0][0], plain[0][2]]);
          for (const from of [0, 14]) {
            expect(gradients.aGrad!.slice(from, from + 7)).toEqual(plain[1].slice(from, from + 7));
          }
        }
      }
    });

    test.runIf(isDebugBuild)("traps at a block that does not start on 16 bytes, or has no elements", () => {
      const scratch = new Scratch(dtype);
      const { address } = scratch.output(64);
      const fields = { a: address, b: address, output: address };
      const gradients = { a: address, b: address, outputGrad: address, aGrad: address, bGrad: address };
      const run = {
        forward: (wrong: object, rows = 1, columns = 4) =>
          scratch.run(`${name}Forward`, { ...fields, columns, ...wrong }, rows),
        backward: (wrong: object, rows = 1, columns = 4) =>
          scratch.run(`${name}Backward`, { ...gradients, columns, ...wrong }, rows),
      };
      const unaligned = "blocks start on 16 bytes";
      for (const key of Object.keys(fields)) expect(() => run.forward({ [key]: address + 8 })).toThrow(unaligned);
      for (const key of Object.keys(gradients)) expect(() => run.backward({ [key]: address + 8 })).toThrow(unaligned);
      for (const [rows, columns] of [
        [0, 4],
        [4, 0],
      ]) {
        for (const each of Object.values(run)) expect(() => each({}, rows, columns)).toThrow("must be positive");
      }
    });
  });

  test("the distance of equal rows is 0, and so is its gradient; of 3 and 4 it is 5", () => {
    const kernels = new Pair("distance", dtype);
    const row = draw(7, 1);
    expect(kernels.forward(row, row, 7)).toEqual([0]);
    const { aGrad, bGrad } = kernels.backward(row, row, [2]);
    expect([...aGrad!, ...bGrad!].map(Math.abs)).toEqual(new Array(14).fill(0));
    expect(kernels.forward([3, 1], [0, 5], 2)).toEqual([5]);
    // Its squares would be too large for float32.
    expect(kernels.forward([3e30, 0], [0, 4e30], 2)).toEqual(roundTo(dtype, [5e30]));
  });

  test("the gradient of the distance of large rows that are near keeps its digits", () => {
    const kernels = new Pair("distance", dtype);
    const [a, b] = [
      [2 ** 20, -(2 ** 20)],
      [2 ** 20 + 0.75, -(2 ** 20) + 1],
    ];
    expectClose(kernels.backward(a, b, [1]).aGrad!, [-0.6, -0.8], tolerances.rounded[dtype]);
  });

  test("the cosine of a row of zeros is 0 and pulled by b / (1e-8 |b|); b is not pulled", () => {
    const kernels = new Pair("cosine", dtype);
    expect(kernels.forward([0, -0], [3, 4], 2)).toEqual([0]);
    const { aGrad, bGrad } = kernels.backward([0, -0], [3, 4], [1]);
    expectClose(aGrad!, [6e7, 8e7], tolerances.formula[dtype]);
    expect(bGrad!.map(Math.abs)).toEqual([0, 0]);
  });
});

describe("float64", () => {
  test.each(golden.comparisons.filter(({ name }) => name !== "unitNorm"))(
    "$name of $columns columns is PyTorch's to 1e-12, forward and backward",
    ({ name, a, b, columns, output, outputGrad, ...gradients }) => {
      const kernels = new Pair(name as Name, "float64");
      expectClose(kernels.forward(a, b, columns), output, tolerances.golden.float64, "output");
      const { aGrad, bGrad } = kernels.backward(a, b, outputGrad);
      expectClose(aGrad!, gradients.aGrad, tolerances.golden.float64, "aGrad");
      expectClose(bGrad!, gradients.bGrad, tolerances.golden.float64, "bGrad");
    },
  );
});
