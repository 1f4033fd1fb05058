/** Figures of a column of values. Each takes at least one value. */

import { sorted } from "./labels.ts";

/** Returns the mean, summed from the first value, so that the mean of equal values is exactly that value. */
export function mean(values: ArrayLike<number>): number {
  const first = values[0];
  let sum = 0;
  for (let index = 1; index < values.length; index++) sum += values[index] - first;
  return first + sum / values.length;
}

/** Returns the mean of the squared distances from `center`. */
export function variance(values: ArrayLike<number>, center: number): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] - center) * (values[index] - center);
  return sum / values.length;
}

/** Returns the middle value, or the mean of the two in the middle. */
export function median(values: ArrayLike<number>): number {
  const ordered = new Float64Array(values).sort();
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** Counts how often each value occurs. */
export function countsOf<V>(values: readonly V[]): Map<V, number> {
  const counts = new Map<V, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Returns the smallest of the most frequent values. */
export function mostFrequent<V extends string | number>(values: ArrayLike<V>): V {
  const counts = countsOf(Array.from(values));
  return sorted(counts.keys()).reduce((a, b) => (counts.get(b)! > counts.get(a)! ? b : a));
}
