import { describe, expect, test } from "vitest";
import * as reference from "../reference/metric.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  /** `rows` random rows, every third with ties, every fifth with a NaN. */
  const rowsOf = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, (_, index) => {
      const row = roundTo(dtype, random(columns, index + columns));
      if (index % 3 === 2) return row.map(Math.round);
      return index % 5 === 4 ? row.with(index % columns, Number.NaN) : row;
    });

  test("correctClasses is its twin's count over 21 rows of 1 to 67 columns", () => {
    for (const columns of sizes) {
      const rows = rowsOf(21, columns);
      const targets = rows.map((row, index) => (index % 2 ? row.indexOf(Math.max(...row)) : index) % columns);
      const correct = kernels.correctClasses(scratch.input(rows.flat()), scratch.input(targets), 21, columns);
      expect(correct, `${columns} columns`).toBe(reference.correctClasses(rows, targets));
      scratch.expectIntact();
    }
  });

  test("correctOneHot is its twin's count over 21 rows of 1 to 67 columns", () => {
    for (const columns of sizes) {
      const rows = rowsOf(21, columns);
      const targets = rowsOf(21, columns).map((row, index) => (index % 2 ? row : row.toReversed()));
      const correct = kernels.correctOneHot(scratch.input(rows.flat()), scratch.input(targets.flat()), 21, columns);
      expect(correct, `${columns} columns`).toBe(reference.correctOneHot(rows, targets));
      scratch.expectIntact();
    }
  });

  test("correctBinary is its twin's count at every count from 1 to 67, for thresholds 0, 0.5 and -0.25", () => {
    for (const count of sizes) {
      for (const threshold of [0, 0.5, -0.25]) {
        const output = roundTo(dtype, random(count, count)).map((x, index) => (index % 4 ? x : threshold));
        const targets = random(count, count + 100).map((x) => (x > 0 ? 1 : 0));
        const correct = kernels.correctBinary(scratch.input(output), scratch.input(targets), count, threshold);
        expect(correct).toBe(reference.correctBinary(output, targets, threshold));
        scratch.expectIntact();
      }
    }
  });

  test("correctBinary takes NaN for 0, -0 for not above 0, and infinities by their sign", () => {
    const output = scratch.input([Number.NaN, Number.NaN, -0, Infinity, -Infinity]);
    expect(kernels.correctBinary(output, scratch.input([0, 1, 0, 1, 0]), 5, 0)).toBe(4);
    scratch.expectIntact();
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address } = scratch.output(64);
      for (const name of ["correctClasses", "correctOneHot"] as const) {
        expect(() => kernels[name](address + 8, address, 1, 4)).toThrow("blocks start on 16 bytes");
        expect(() => kernels[name](address, address + 8, 1, 4)).toThrow("blocks start on 16 bytes");
        expect(() => kernels[name](address, address, 0, 4)).toThrow("must be positive");
        expect(() => kernels[name](address, address, 1, 0)).toThrow("must be positive");
      }
      expect(() => kernels.correctBinary(address + 8, address, 4, 0)).toThrow("blocks start on 16 bytes");
      expect(() => kernels.correctBinary(address, address + 8, 4, 0)).toThrow("blocks start on 16 bytes");
      expect(() => kernels.correctBinary(address, address, 0, 0)).toThrow("must be positive");
    });
  }
});
