import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import type { Address } from "../../../src/kernels/operations.ts";
import { StepRecord, stepDoubles } from "../../../src/training/optimizers/updates.ts";
import * as reference from "../../reference/regularization/gradients.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

const golden: { weights: number[]; clipLimit: number; clipped: number[] } = JSON.parse(
  readFileSync("test/fixtures/regularization.json", "utf8"),
);

/** The place of `squares` among the 64-bit floats of a Step. */
const squaresAt = stepDoubles - 1;

/** Returns the record of a step. */
function stepOf(scratch: Scratch): number {
  const { address } = scratch.doubles(stepDoubles);
  new StepRecord(scratch.arena, address as Address).begin(1, 0.1);
  return address;
}

/** Runs the kernels on arrays. */
class Limits {
  readonly scratch: Scratch;

  constructor(dtype: Dtype) {
    this.scratch = new Scratch(dtype);
  }

  clip(values: readonly number[], limit: number): number[] {
    const { scratch } = this;
    const block = scratch.output(values);
    const fields = { now: 0, gradients: block.address, count: values.length, marks: 0, rows: 0, limit };
    scratch.run("clip", fields, values.length);
    return this.#read(block);
  }

  /** The blocks as a limit of their common norm leaves them, and the marks of the rows of the first. */
  limitNorm(blocks: readonly (readonly number[])[], limit: number, rows = 0) {
    const { scratch } = this;
    const now = stepOf(scratch);
    const outputs = blocks.map((values) => scratch.output(values));
    const marks = rows > 0 ? scratch.bytes(new Array(rows).fill(0)) : 0;
    const fields = outputs.map(({ address: gradients, length: count }, index) => {
      return { now, gradients, count, marks: index === 0 ? marks : 0, rows, limit };
    });
    for (const each of fields) scratch.run("addSquares", each, 1);
    const squares = scratch.arena.doubles(now, stepDoubles)[squaresAt];
    for (const each of fields) scratch.run("limitNorm", each, each.count);
    const limited = outputs.map((block) => Array.from(scratch.read(block)));
    const marked = Array.from(scratch.arena.bytesAt(marks, rows));
    scratch.expectIntact();
    return { squares, limited, marked };
  }

  #read(block: ReturnType<Scratch["output"]>): number[] {
    const result = Array.from(this.scratch.read(block));
    this.scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Limits(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("clip has the bits of its twin at every count from 1 to 67", () => {
    const [limit] = roundTo(dtype, [0.3]);
    for (const count of sizes) {
      const values = draw(count, count);
      expect(kernels.clip(values, 0.3)).toEqual(reference.clip(values, limit));
    }
  });

  test("clip keeps NaN, -0 and what is at the limit, and brings infinities to it", () => {
    const values = [Number.NaN, 0, -0, 0.5, -0.5, 0.75, Infinity, -Infinity];
    expect(kernels.clip(values, 0.5)).toEqual([Number.NaN, 0, -0, 0.5, -0.5, 0.5, 0.5, -0.5]);
    expect(kernels.clip([1, -1, Number.NaN], Infinity)).toEqual([1, -1, Number.NaN]);
    expect(kernels.clip([1, -1], 0).map(Math.abs)).toEqual([0, 0]);
  });

  test("limitNorm agrees with its twin over two blocks of 1 to 67 elements, above the limit and below", () => {
    for (const count of sizes) {
      const blocks = [draw(count, count), draw(3, count + 1)];
      for (const limit of [0.25, 100]) {
        const { squares, limited } = kernels.limitNorm(blocks, limit);
        const sum = blocks.flat().reduce((total, x) => total + x * x, 0);
        expectClose([squares], [sum], tolerances.golden.float64);
        const expected = reference.limitNorm(blocks, limit);
        limited.forEach((values, index) => {
          expectClose(values, expected[index], tolerances.formula[dtype], `block ${index} of ${count}`);
        });
      }
    }
  });

  test("limitNorm leaves gradients at the limit to the bit", () => {
    const blocks = [[3, 0], [-4]];
    expect(kernels.limitNorm(blocks, 5.1).limited).toEqual(blocks);
  });

  test("limitNorm with an infinity makes 0 of all others, and NaN of it", () => {
    expect(kernels.limitNorm([[1, Infinity], [-1]], 2).limited.map((values) => values.map(Math.abs))).toEqual([
      [0, Number.NaN],
      [0],
    ]);
  });

  test("limitNorm with a NaN makes NaN of everything, and marks all rows of a sparse parameter", () => {
    const { limited, marked } = kernels.limitNorm([[1, 2, 3], [Number.NaN]], 2, 3);
    expect(limited).toEqual([new Array(3).fill(Number.NaN), [Number.NaN]]);
    expect(marked).toEqual([1, 1, 1]);
    expect(kernels.limitNorm([[1, 2, 3], [4]], 2, 3).marked).toEqual([0, 0, 0]);
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, no elements, or a negative limit traps", () => {
      const { scratch } = kernels;
      const { address: a } = scratch.output(64);
      const now = stepOf(scratch);
      const fields = { now, gradients: a, count: 4, marks: 0, rows: 0, limit: 1 };
      expect(() => scratch.run("clip", { ...fields, gradients: a + 8 }, 4)).toThrow("blocks start on 16 bytes");
      expect(() => scratch.run("clip", fields, 0)).toThrow("must be positive");
      expect(() => scratch.run("clip", { ...fields, limit: -1 }, 4)).toThrow("must not be negative");
      expect(() => scratch.run("addSquares", { ...fields, gradients: a + 8 }, 1)).toThrow("blocks start on 16 bytes");
      expect(() => scratch.run("addSquares", { ...fields, count: 0 }, 1)).toThrow("must be positive");
      expect(() => scratch.run("addSquares", fields, 2)).toThrow("a sum is one unit");
    });
  }
});

test("clip is clip_grad_value_ in float64", () => {
  expect(new Limits("float64").clip(golden.weights, golden.clipLimit)).toEqual(golden.clipped);
});
