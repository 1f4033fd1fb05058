/** What counts as equal: |actual - expected| <= absolute + relative * |expected|, one row a reason. */
import { expect } from "vitest";
import type { Dtype } from "../src/kernels/dtype.ts";

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

export const tolerances = {
  /** A sum of at most 1000 products of numbers below 1, in another order than the twin's. */
  sum: { float32: { absolute: 1e-4, relative: 1e-5 }, float64: { absolute: 1e-12, relative: 1e-13 } },
  /** Sums made in f64, in another order than the twin's, and rounded once. */
  rounded: { float32: { absolute: 1e-12, relative: 6e-8 }, float64: { absolute: 1e-12, relative: 1e-12 } },
  /** A formula of a few operations and at most two transcendental functions. */
  formula: { float32: { absolute: 1e-6, relative: 2e-6 }, float64: { absolute: 1e-15, relative: 4e-15 } },
  /** A derivative against (f(x + h) - f(x - h)) / 2h of the float64 kernel, h = 1e-6; curvature and rounding are in it. */
  derivative: { float32: { absolute: 1e-5, relative: 1e-5 }, float64: { absolute: 1e-7, relative: 1e-7 } },
  /** A hundred updates of parameters near 1, whose roundings add up. */
  hundredSteps: { float32: { absolute: 1e-5, relative: 1e-5 }, float64: { absolute: 1e-13, relative: 1e-12 } },
  /** PyTorch's float64 results, which order and round as PyTorch does; float32 also rounds the inputs. */
  golden: { float32: { absolute: 2e-5, relative: 2e-5 }, float64: { absolute: 1e-12, relative: 1e-12 } },
  /** Whole networks against PyTorch: up to five layers forward and backward, both sides rounding in their own order. */
  network: { float32: { absolute: 2e-6, relative: 2e-5 }, float64: { absolute: 1e-10, relative: 1e-10 } },
  /** The slope of an activation, which multiplies the rounding of its argument by up to ten. */
  slope: { float32: { absolute: 1e-6, relative: 2e-6 }, float64: { absolute: 1e-14, relative: 4e-15 } },
  /** PyTorch's float64 value of one formula, made by other approximations and in another order. */
  formulaGolden: { float32: { absolute: 1e-6, relative: 1e-5 }, float64: { absolute: 1e-13, relative: 1e-13 } },
  /** A central difference with steps of 1e-5, whose own error is the third derivative's: only in float64. */
  difference: { float32: { absolute: 0, relative: 0 }, float64: { absolute: 1e-8, relative: 1e-8 } },
} satisfies Record<string, Record<Dtype, Tolerance>>;

/** Fails unless every element is within tolerance; NaN equals NaN, infinities must have the same sign. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: Tolerance,
  what = "values",
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index], expected[index]];
    const isClose = Object.is(a, e) || a === e || Math.abs(a - e) <= absolute + relative * Math.abs(e);
    if (!isClose) expect.fail(`${what}: element ${index} is ${a}, expected ${e}`);
  }
}

/** Whether two numbers agree to that many significant digits of the expected one. */
export function hasDigits(actual: number, expected: number, digits: number): boolean {
  const leading = expected === 0 ? 0 : Math.floor(Math.log10(Math.abs(expected)));
  return Math.abs(actual - expected) <= 10 ** (leading + 1 - digits) / 2;
}

/** Fails unless `hasDigits`. */
export function expectDigits(actual: number, expected: number, digits: number, what = "value"): void {
  if (!hasDigits(actual, expected, digits)) {
    expect.fail(`${what} is ${actual}, expected ${expected} to ${digits} significant digits`);
  }
}
