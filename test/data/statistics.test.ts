import { expect, test } from "vitest";
import { countsOf, mean, median, mostFrequent, variance } from "../../src/data/statistics.ts";

test("the median is the middle value, or the mean of the two in the middle, by size and not as text", () => {
  expect([median([7]), median([10, 9, 100]), median([10, 9]), median([1, 100, 9, 10])]).toEqual([7, 10, 9.5, 9.5]);
});

test("the mean of equal values is exactly that value, and no value is left out", () => {
  for (const value of [0.1, 1 / 3, -1e300]) expect(mean(new Array(7).fill(value))).toBe(value);
  expect([mean([4]), mean([1, 2]), mean([1, 2, 6])]).toEqual([4, 1.5, 3]);
});

test("the most frequent value is the smallest of several", () => {
  expect(mostFrequent([3, 10, 9, 10, 9])).toBe(9);
  expect(mostFrequent(["b", "a", "c", "b"])).toBe("b");
  expect(mostFrequent(["b", "a"])).toBe("a");
});

test("the variance is the mean of squared distances", () => {
  expect(variance([1, 2, 6], 3)).toBe(14 / 3);
});

test("countsOf counts everything, null too", () => {
  expect([...countsOf(["a", null, "a"])]).toEqual([
    ["a", 2],
    [null, 1],
  ]);
});
