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
  const copy = new Float64Array(values);
  const middle = copy.length >> 1;
  select(copy, middle);
  if (copy.length % 2 === 1) return copy[middle];
  let below = copy[0];
  for (let index = 1; index < middle; index++) below = Math.max(below, copy[index]);
  return (below + copy[middle]) / 2;
}

/** The rounds after which the rest is sorted: twice as many as 2³² values need if each leaves half of them. */
const mostRounds = 64;

/**
 * Reorders values so that the one at `place` is where sorting puts it, the smaller ones are before it, and the larger ones after it. Source:
 * Hoare's FIND, 1961, with the middle one of three values as pivot.
 */
function select(values: Float64Array, place: number): void {
  let [from, to] = [0, values.length - 1];
  for (let round = 0; from < to; round++) {
    if (round === mostRounds) {
      values.subarray(from, to + 1).sort();
      return;
    }
    const pivot = middleOf(values[from], values[(from + to) >> 1], values[to]);
    let [left, right] = [from, to];
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left > right) break;
      [values[left], values[right]] = [values[right], values[left]];
      left++;
      right--;
    }
    if (place <= right) to = right;
    else if (place >= left) from = left;
    else return;
  }
}

const middleOf = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** Counts how often each value occurs. */
export function countsOf<V>(values: ArrayLike<V>): Map<V, number> {
  const counts = new Map<V, number>();
  for (let index = 0; index < values.length; index++) counts.set(values[index], (counts.get(values[index]) ?? 0) + 1);
  return counts;
}

/** Returns the smallest of the most frequent values. */
export function mostFrequent<V extends string | number>(values: ArrayLike<V>): V {
  const counts = countsOf(values);
  return sorted(counts.keys()).reduce((a, b) => (counts.get(b)! > counts.get(a)! ? b : a));
}
