import { describe, expect, test } from "vitest";
import { countsOf, median, mostFrequent } from "../../src/data/statistics.ts";
import { pcg32 } from "../../src/index.ts";

/** The slow twin. */
function sortedMedian(values: readonly number[]): number {
  const ordered = values.toSorted((one, other) => one - other);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** Values of which the middle one of three is always among the least, so that each partition leaves nearly all. */
function killer(length: number): number[] {
  const values = Array.from({ length }, (_, index) => index + 1);
  for (let end = length - 1, middle = (end >> 1) + 0; end > 2; end -= 2, middle = end >> 1) {
    [values[middle], values[end - 1]] = [values[end - 1], values[middle]];
  }
  return values;
}

describe("median", () => {
  const random = pcg32(1);
  test.each([1, 2, 3, 4, 5, 10, 99, 100, 1001])("is that of sorting %i values", (length) => {
    for (const most of [1, 2, 5, 1000, 1e9]) {
      const values = Array.from({ length }, () => random.integer(most) - (most >> 1) + 0.5);
      expect(median(values)).toBe(sortedMedian(values));
    }
  });

  test.each([
    ["ascending", (length: number) => Array.from({ length }, (_, index) => index)],
    ["descending", (length: number) => Array.from({ length }, (_, index) => -index)],
    ["up and down", (length: number) => Array.from({ length }, (_, index) => Math.min(index, length - index))],
    ["equal", (length: number) => new Array<number>(length).fill(7)],
    ["slow to halve", killer],
  ])("takes values that are %s, and leaves them as they are", (_, valuesOf) => {
    for (const length of [2, 3, 1000, 100_001]) {
      const values = valuesOf(length);
      const before = [...values];
      expect(median(values)).toBe(sortedMedian(before));
      expect(values).toEqual(before);
    }
  });

  test("takes infinities", () => {
    const { NEGATIVE_INFINITY: least, POSITIVE_INFINITY: most } = Number;
    expect(median([most, 1, least, 2, most])).toBe(2);
    expect(median([least, least, 3, most])).toBe(least);
  });
});

test("counts, and the smallest of the most frequent values", () => {
  expect(countsOf(Float64Array.of(2, 1, 2))).toEqual(
    new Map([
      [2, 2],
      [1, 1],
    ]),
  );
  expect(mostFrequent(["b", "a", "b", "a", "c"])).toBe("a");
});
