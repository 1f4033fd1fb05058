import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import * as reference from "../../reference/regularization/weights.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const golden: {
  rows: number;
  columns: number;
  weights: number[];
  limit: number;
  limited: number[];
  l1: number;
  l2: number;
  penalty: number;
  penaltyGradient: number[];
} = JSON.parse(readFileSync("test/fixtures/regularization.json", "utf8"));

/** Runs the kernels on arrays. */
class Regularization {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  penalty(weights: readonly number[], l1: number, l2: number): number {
    const scratch = this.#scratch;
    const total = scratch.doubles([0.5]);
    const fields = { weights: scratch.input(weights), gradients: 0, count: weights.length, marks: 0, rows: 0, l1, l2 };
    scratch.run("addPenalty", { ...fields, result: total.address }, 1);
    // It adds to what is there.
    const [sum] = scratch.read(total);
    scratch.arena.doubles(total.address, 1)[0] = 0;
    scratch.run("addPenalty", { ...fields, result: total.address }, 1);
    const [value] = scratch.read(total);
    expect(sum).toBe(value + 0.5);
    scratch.expectIntact();
    return value;
  }

  gradient(weights: readonly number[], gradients: readonly number[], l1: number, l2: number): number[] {
    const address = this.#scratch.input(weights);
    return this.#inPlace(gradients, (block) => {
      const fields = {
        weights: address,
        gradients: block,
        count: weights.length,
        marks: 0,
        rows: 0,
        result: 0,
        l1,
        l2,
      };
      this.#scratch.run("addPenaltyGradient", fields, weights.length);
    });
  }

  limit(weights: readonly number[], columns: number, limit: number): number[] {
    const rows = weights.length / columns;
    const sums = this.#scratch.sums(2, columns);
    return this.#inPlace(weights, (block) => {
      this.#scratch.run("limitColumns", { weights: block, rows, columns, sums, limit }, columns);
    });
  }

  #inPlace(values: readonly number[], run: (address: number) => void): number[] {
    const block = this.#scratch.output(values);
    run(block.address);
    const result = Array.from(this.#scratch.read(block));
    this.#scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Regularization(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("penalty has the bits of its twin in float64 at every count from 1 to 67", () => {
    for (const count of sizes) {
      const weights = draw(count, count);
      for (const [l1, l2] of [
        [0.3, 0.1],
        [0.3, 0],
        [0, 0.1],
        [0, 0],
      ]) {
        expect(kernels.penalty(weights, l1, l2)).toBe(reference.penalty(weights, l1, l2));
      }
    }
  });

  test("penalty is NaN with NaN and Infinity with an infinity among 19 weights", () => {
    for (let at = 0; at < 19; at++) {
      expect(kernels.penalty(draw(19, 1).with(at, Number.NaN), 1, 1)).toBeNaN();
      expect(kernels.penalty(draw(19, 1).with(at, -Infinity), 1, 0)).toBe(Infinity);
    }
  });

  test("addPenaltyGradient equals its twin at every count from 1 to 67", () => {
    for (const count of sizes) {
      const [weights, gradients] = [draw(count, count).with(0, 0), draw(count, count + 1)];
      const expected = reference.addPenaltyGradient(weights, gradients, 0.3, 0.1);
      expectClose(kernels.gradient(weights, gradients, 0.3, 0.1), expected, tolerances.formula[dtype]);
    }
  });

  test("the sign of 0 and of -0 is 0, NaN stays NaN, and infinities have a sign", () => {
    const weights = [0, -0, 2, -2, Number.NaN, Infinity, -Infinity];
    const zeros = new Array(7).fill(0);
    expect(kernels.gradient(weights, zeros, 0.5, 0.25)).toEqual([0, 0, 1.5, -1.5, Number.NaN, Infinity, -Infinity]);
    expect(kernels.gradient(weights.slice(0, 4), [1, 1, 1, 1], 0.5, 0)).toEqual([1, 1, 1.5, 0.5]);
  });

  test("addPenaltyGradient marks every row of a sparse weight, and no byte behind them", () => {
    const scratch = new Scratch(dtype);
    const [weights, gradients] = [scratch.input(draw(9, 1)), scratch.output(draw(9, 2))];
    const marks = scratch.bytes([0, 1, 0, 7]);
    const fields = { weights, gradients: gradients.address, count: 9, marks, rows: 3, result: 0, l1: 0.1, l2: 0 };
    scratch.run("addPenaltyGradient", fields, 9);
    expect(Array.from(scratch.arena.bytesAt(marks, 4))).toEqual([1, 1, 1, 7]);
    scratch.expectIntact();
  });

  test("limitColumns equals its twin at 1 to 67 and 2100 columns, some of which are above the limit", () => {
    for (const columns of [...sizes, 2100]) {
      for (const rows of [1, 5]) {
        const weights = draw(rows * columns, columns);
        const limit = rows === 1 ? 0.5 : 1.2;
        const expected = reference.limitColumns(weights, columns, limit);
        expectClose(
          kernels.limit(weights, columns, limit),
          expected,
          tolerances.formula[dtype],
          `${rows} × ${columns}`,
        );
      }
    }
  });

  test("limitColumns leaves columns within the limit as they are, to the bit, and the norms of others at it to 1e-6", () => {
    const weights = [3, 0.1, 0, 4, -0.2, -0];
    const limited = kernels.limit(weights, 3, 1);
    const [small, zero] = [1, 2].map((column) => rowsOf(limited, 3).map((row) => row[column]));
    expect(small).toEqual(roundTo(dtype, [0.1, -0.2]));
    expect(zero).toEqual([0, -0]);
    expect(Math.abs(Math.hypot(limited[0], limited[3]) - 1)).toBeLessThan(1e-6);
    expect(kernels.limit(weights, 3, Infinity)).toEqual(roundTo(dtype, weights));
  });

  test("limitColumns leaves a column with NaN, and brings one with an infinity to 0 and NaN, and no other", () => {
    const weights = [1, Number.NaN, 1, 2, 2, Infinity];
    expect(kernels.limit(weights, 3, 3)).toEqual([1, Number.NaN, 0, 2, 2, Number.NaN]);
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, no elements, or a negative limit traps", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      const penalty = { weights: a, gradients: a, count: 4, marks: 0, rows: 0, result: a, l1: 1, l2: 1 };
      const addPenalty = (wrong: Partial<typeof penalty>) => {
        scratch.run("addPenalty", { ...penalty, ...wrong }, 1);
      };
      const addGradient = (wrong: Partial<typeof penalty>) => {
        scratch.run("addPenaltyGradient", { ...penalty, ...wrong }, wrong.count ?? 4);
      };
      const fields = { weights: a, rows: 1, columns: 4, sums: a, limit: 1 };
      const limitColumns = (wrong: Partial<typeof fields>) => {
        scratch.run("limitColumns", { ...fields, ...wrong }, wrong.columns ?? 4);
      };
      expect(() => addPenalty({ weights: a + 8 })).toThrow("blocks start on 16 bytes");
      expect(() => addPenalty({ count: 0 })).toThrow("must be positive");
      expect(() => addGradient({ weights: a + 8 })).toThrow("blocks start on 16 bytes");
      expect(() => addGradient({ gradients: a + 8 })).toThrow("blocks start on 16 bytes");
      expect(() => addGradient({ count: 0 })).toThrow("must be positive");
      expect(() => limitColumns({ weights: a + 8 })).toThrow("blocks start on 16 bytes");
      expect(() => limitColumns({ sums: a + 8 })).toThrow("blocks start on 16 bytes");
      expect(() => limitColumns({ rows: 0 })).toThrow("must be positive");
      expect(() => limitColumns({ columns: 0 })).toThrow("must be positive");
      expect(() => limitColumns({ limit: Number.NaN })).toThrow("must not be negative");
    });
  }
});

describe("float64 equals PyTorch to 1e-12", () => {
  const kernels = new Regularization("float64");
  const tolerance = tolerances.golden.float64;
  const { weights, l1, l2 } = golden;

  test("limitColumns is torch.renorm of the columns", () => {
    expectClose(kernels.limit(weights, golden.columns, golden.limit), golden.limited, tolerance);
  });

  test("penalty and addPenaltyGradient are the sum and its gradient", () => {
    expectClose([kernels.penalty(weights, l1, l2)], [golden.penalty], tolerance);
    const gradient = kernels.gradient(weights, new Array(weights.length).fill(0), l1, l2);
    expectClose(gradient, golden.penaltyGradient, tolerance);
  });
});
