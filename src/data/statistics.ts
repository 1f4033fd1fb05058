/** What a column of values is summed up as; each takes at least one value. */

import { sorted } from "./labels.ts";

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** From the first value, so that the mean of equal values is exactly that value. */
export const mean = ([first, ...others]: readonly number[]): number =>
  first + sum(others.map((value) => value - first)) / (others.length + 1);

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** How often each value occurs. */
export function countsOf<V>(values: readonly V[]): Map<V, number> {
  const counts = new Map<V, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The smallest of those that occur most often. */
export function mostFrequent<V extends string | number>(values: readonly V[]): V {
  const counts = countsOf(values);
  return sorted(counts.keys()).reduce((a, b) => (counts.get(b)! > counts.get(a)! ? b : a));
}
