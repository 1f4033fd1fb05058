import { expect, test } from "vitest";
import { foldInterval, independentRows, meanInterval, shareInterval } from "../../src/cli/intervals.ts";
import { pcg32 } from "../../src/index.ts";

test("the interval of a share is Wilson's", () => {
  const [low, high] = shareInterval(35, 40);
  expect([low, high]).toEqual([expect.closeTo(0.7389, 4), expect.closeTo(0.9454, 4)]);
  expect(shareInterval(40, 40)[1]).toBe(1);
  expect(shareInterval(0, 40)[0]).toBe(0);
});

test("the interval of a mean is Student's, and holds the mean in 19 of 20 cases", () => {
  expect(meanInterval(Float64Array.of(1, 2, 3))).toEqual([0, expect.closeTo(2 + 4.303 / Math.sqrt(3), 3)]);
  const random = pcg32(5);
  let held = 0;
  for (let turn = 0; turn < 1000; turn++) {
    const [low, high] = meanInterval(Float64Array.from({ length: 20 }, () => 10 + random.normal()));
    if (low <= 10 && high >= 10) held++;
  }
  expect(held).toBeGreaterThan(930);
  expect(held).toBeLessThan(970);
});

test("the interval of folds is wider than that of independent scores", () => {
  const { mean, interval } = foldInterval([0.8, 0.9, 0.85, 0.75, 0.7]);
  expect(mean).toBeCloseTo(0.8, 12);
  expect(interval[1] - mean).toBeCloseTo(2.776 * Math.sqrt((1 / 5 + 1 / 4) * 0.00625), 12);
  expect(mean - interval[0]).toBeCloseTo(interval[1] - mean, 12);
});

test("copies of rows count once: the intervals of five of each are those of the rows alone", () => {
  const values = Float64Array.of(3, 1, 4, 1, 5, 9);
  const units = Float64Array.from({ length: 30 }, (_, row) => row % 6);
  const copies = units.map((unit) => values[unit]);
  expect(independentRows(units)).toBe(6);
  meanInterval(copies, units).forEach((end, index) => {
    expect(end).toBeCloseTo(meanInterval(values)[index], 12);
  });
  expect(shareInterval(20, 30, 6)).toEqual(shareInterval(4, 6));
  // As many rows as nearly one unit, and a few others.
  expect(independentRows([1, 1, 1, 1, 1, 1, 2, 3])).toBeCloseTo(64 / 38, 12);
  expect(meanInterval(Float64Array.of(1, 3), [7, 7])).toEqual([0, 4]);
});
