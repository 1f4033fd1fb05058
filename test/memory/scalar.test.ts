import { expect, test } from "vitest";
import { cosPi, log, power } from "../../src/memory/scalar.ts";

test("log stays within 2^-52 of Math.log, relatively, at 10 000 numbers from 2^-1000 to 2^1000", () => {
  for (let index = 1; index <= 10000; index++) {
    const x = 2 ** (index / 5 - 1000);
    expect(Math.abs(log(x) - Math.log(x)), `log(${x})`).toBeLessThanOrEqual(2 ** -52 * Math.abs(Math.log(x)));
  }
});

test("log of 1 is 0, of 0 minus infinity, of infinity infinity, of negative numbers NaN", () => {
  expect([1, 0, Number.POSITIVE_INFINITY, -1, Number.NaN].map(log)).toEqual([
    0,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    Number.NaN,
  ]);
});

test("power and cosPi are the module's: 0.5³ is 0.125, 4^-0.5 is 0.5 within 1e-15, cos of π is -1, of π/3 0.5 within 1e-15", () => {
  expect(power(0.5, 3)).toBe(0.125);
  expect(Math.abs(power(4, -0.5) - 0.5)).toBeLessThan(1e-15);
  expect([cosPi(0), cosPi(1)]).toEqual([1, -1]);
  expect(Math.abs(cosPi(1 / 3) - 0.5)).toBeLessThan(1e-15);
});
