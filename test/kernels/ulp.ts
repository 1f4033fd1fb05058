/** Distances in units of the last place. */
import type { Dtype } from "../../src/kernels/dtype.ts";

const formats = { float32: { fraction: 23, lowest: -126 }, float64: { fraction: 52, lowest: -1022 } } as const;

/** |actual - exact| in units of the last place that `exact` has as a number of type `dtype`; 0 if both are the same. */
export function ulpsBetween(actual: number, exact: number, dtype: Dtype): number {
  const rounded = dtype === "float32" ? Math.fround(exact) : exact;
  if (Object.is(actual, rounded)) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(rounded)) return Number.POSITIVE_INFINITY;
  const { fraction, lowest } = formats[dtype];
  // Math.log2 may be off by one near powers of two: the unit is then twice or half the right one, so it is put right.
  let exponent = Math.max(Math.floor(Math.log2(Math.abs(exact) || Number.MIN_VALUE)), lowest);
  if (exponent > lowest && 2 ** exponent > Math.abs(exact)) exponent--;
  if (2 ** (exponent + 1) <= Math.abs(exact)) exponent++;
  return Math.abs(actual - exact) / 2 ** (exponent - fraction);
}
