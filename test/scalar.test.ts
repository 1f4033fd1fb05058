import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arctangent, cosPi, log, power } from "../src/scalar.ts";
import { random } from "./kernels/scratch.ts";

const fixture = new URL("fixtures/scalar.json", import.meta.url);
const stored: Record<string, string[][]> = JSON.parse(readFileSync(fixture, "utf8")).values;
const goldens = (name: string) => stored[name].map((row) => row.map(Number));
const infinity = Number.POSITIVE_INFINITY;

describe("log", () => {
  test("is within 2^-52 of Math.log, relatively, at 10 000 numbers from 2^-1070 to 2^1000", () => {
    for (let index = 1; index <= 10_000; index++) {
      const x = 2 ** (index * 0.207 - 1070);
      expect(Math.abs(log(x) - Math.log(x)), `log(${x})`).toBeLessThanOrEqual(2 ** -52 * Math.abs(Math.log(x)));
    }
  });

  test("of 1 is 0, of 0 minus infinity, of infinity infinity, of negative numbers NaN", () => {
    expect([1, 0, -0, infinity, -1, -infinity, Number.NaN].map(log)).toEqual([
      ...[0, -infinity, -infinity, infinity],
      ...[Number.NaN, Number.NaN, Number.NaN],
    ]);
  });
});

describe("power", () => {
  test("to a whole exponent is within 2^-52 times the exponent of the rounded result", () => {
    for (const [base, exponent, result] of goldens("whole")) {
      const bound = 2 ** -52 * Math.max(exponent, 1) * result;
      expect(Math.abs(power(base, exponent) - result), `${base} ** ${exponent}`).toBeLessThanOrEqual(bound);
    }
  });

  test("to any other is within 2^-52 · (2 + |exponent · log(base)|) of it", () => {
    for (const [base, exponent, result] of goldens("fractional")) {
      const bound = 2 ** -52 * (2 + Math.abs(exponent * Math.log(base))) * result;
      expect(Math.abs(power(base, exponent) - result), `${base} ** ${exponent}`).toBeLessThanOrEqual(bound);
    }
  });

  test("is the engine's at 10 000 bases up to 2 and exponents from -10 to 10, within 1e-14", () => {
    const exponents = random(10_000, 2).map((u) => 10 * u);
    random(10_000).forEach((u, index) => {
      const [base, exponent] = [1 + u, exponents[index]];
      expect(Math.abs(power(base, exponent) / base ** exponent - 1)).toBeLessThan(1e-14);
    });
  });

  test.each([
    [0, 0, 1],
    [0, 3, 0],
    [0, 0.5, 0],
    [0, -1, infinity],
    [7, 0, 1],
    [3, 5, 243],
    [2, 1023, 2 ** 1023],
    [2, 1024, infinity],
    [0.5, 1074, Number.MIN_VALUE],
    [1, 2 ** 31 - 1, 1],
    [1, 2 ** 53, 1],
    [0.5, 2 ** 31, 0],
    [infinity, 2, infinity],
    [2, infinity, infinity],
    [0.5, infinity, 0],
    [Number.NaN, 2, Number.NaN],
    [2, Number.NaN, Number.NaN],
  ])("of %d to the %d is %d", (base, exponent, result) => expect(power(base, exponent)).toBe(result));
});

describe("cosPi", () => {
  test("is within 4e-16 of the rounded result, on [0, 1] and far from it", () => {
    for (const [x, result] of goldens("cosPi")) {
      expect(Math.abs(cosPi(x) - result), `cosPi(${x})`).toBeLessThanOrEqual(4e-16);
      expect(cosPi(-x)).toBe(cosPi(x));
    }
  });

  test("is the engine's at 10 000 numbers of [0, 1], within 1e-15", () => {
    for (const u of random(10_000)) {
      const x = (u + 1) / 2;
      expect(Math.abs(cosPi(x) - Math.sin(Math.PI * (0.5 - x))), `cosPi(${x})`).toBeLessThan(1e-15);
    }
  });

  test("is exactly 1, 0, -1 and 0 again at 0, 1/2, 1 and 3/2, and at these and 2^40 more", () => {
    for (const more of [0, 2 ** 40]) {
      expect([0, 0.5, 1, 1.5].map((x) => Math.abs(cosPi(x + more)))).toEqual([1, 0, 1, 0]);
      expect([cosPi(more), cosPi(1 + more)]).toEqual([1, -1]);
    }
    expect([1e300, Number.MAX_VALUE, -0, 5e-324].map(cosPi)).toEqual([1, 1, 1, 1]);
  });

  test("is NaN at NaN and at the infinities", () => {
    expect([Number.NaN, infinity, -infinity].map(cosPi)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("arctangent", () => {
  test("is within 1e-15 of the rounded result, relatively", () => {
    for (const [y, x, result] of goldens("arctangent")) {
      expect(Math.abs(arctangent(y, x) / result - 1), `arctangent(${y}, ${x})`).toBeLessThanOrEqual(1e-15);
    }
  });

  test("is exactly 0 and π/2 where a side is 0, and π/4 to the last bit but one of equal sides", () => {
    expect([arctangent(0, 1), arctangent(0, 1e-9)]).toEqual([0, 0]);
    expect(arctangent(1, 0)).toBeCloseTo(Math.PI / 2, 15);
    expect(arctangent(3, 3)).toBeCloseTo(Math.PI / 4, 15);
  });

  test("is NaN of NaN", () =>
    expect([arctangent(Number.NaN, 1), arctangent(1, Number.NaN)]).toEqual([Number.NaN, Number.NaN]));
});
