import { describe, expect, test } from "vitest";
import { firstNonFinite, norm, sum } from "../../reference/vector/reduce.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

const twins = { sum, norm };

/** `length` values drawn from `pool`. */
const draw = (pool: readonly number[], length: number, seed: number): number[] =>
  random(length, seed).map((x) => pool[Math.floor(((x + 1) / 2) * pool.length)]);

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  describe.each(["sum", "norm"] as const)("%s", (name) => {
    test("has the bits of its twin in float64 at every count from 1 to 67", () => {
      for (const count of sizes) {
        const values = roundTo(dtype, random(count, count));
        expect(kernels[name](scratch.input(values), count), `count ${count}`).toBe(twins[name](values));
        scratch.expectIntact();
      }
    });

    test("is NaN with a NaN anywhere among 19 elements", () => {
      for (let at = 0; at < 19; at++) {
        const values = random(19).with(at, Number.NaN);
        expect(kernels[name](scratch.input(values), 19)).toBeNaN();
        scratch.expectIntact();
      }
    });

    test("is Infinity with Infinity among 19 elements", () => {
      for (let at = 0; at < 19; at++) {
        const values = random(19).with(at, Infinity);
        expect(kernels[name](scratch.input(values), 19)).toBe(Infinity);
        scratch.expectIntact();
      }
    });
  });

  test("sum of 100 003 elements of 0.1 is within 1e-12 of their exact sum, in float32 too", () => {
    const [element] = roundTo(dtype, [0.1]);
    const total = kernels.sum(scratch.input(new Array(100003).fill(element)), 100003);
    expect(Math.abs(total / (element * 100003) - 1)).toBeLessThan(1e-12);
    scratch.expectIntact();
  });

  test("norm of 3e30 and 4e30 is 5e30 to 1e-7, though float32 cannot hold their squares", () => {
    expect(kernels.norm(scratch.input([3e30, 4e30]), 2) / 5e30).toBeCloseTo(1, 7);
    scratch.expectIntact();
  });

  test("firstNonFinite finds NaN and either infinity at every place, or gives the count, at 1 to 67 elements", () => {
    const largest = dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    for (const count of sizes) {
      const finite = draw([largest, -largest, 0, -0, 1e-40], count, count);
      expect(kernels.firstNonFinite(scratch.input(finite), count)).toBe(count);
      for (let at = 0; at < count; at++) {
        const values = finite.with(at, [Number.NaN, Infinity, -Infinity][at % 3]);
        if (at + 5 < count) values[at + 5] = Number.NaN;
        const found = kernels.firstNonFinite(scratch.input(values), count);
        expect(found).toBe(at);
        expect(found).toBe(firstNonFinite(values));
      }
      scratch.expectIntact();
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address } = scratch.output(64);
      const calls: ((at: number, count: number) => unknown)[] = [
        (at, count) => kernels.sum(at, count),
        (at, count) => kernels.norm(at, count),
        (at, count) => kernels.firstNonFinite(at, count),
      ];
      for (const call of calls) {
        expect(() => call(address + 8, 4)).toThrow("blocks start on 16 bytes");
        expect(() => call(address, 0)).toThrow("must be positive");
      }
    });
  }
});
