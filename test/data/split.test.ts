import { describe, expect, test } from "vitest";
import { digits, type SplitOptions, trainTestSplit } from "../../src/data/index.ts";
import { mt19937, pcg32 } from "../../src/random.ts";

const rows = (count: number) => Array.from({ length: count }, (_, row) => [row, -row]);
const names = (count: number) => Array.from({ length: count }, (_, row) => `row ${row}`);

test("by default a fifth is set aside: 359 of 1797 digits", () => {
  const { inputs, targets } = digits();
  const { train, test: held } = trainTestSplit(inputs, targets);
  expect([train.inputs.length, train.targets.length]).toEqual([1438, 1438]);
  expect([held.inputs.length, held.targets.length]).toEqual([359, 359]);
});

test("every row is in one part, with its target", () => {
  const { train, test: held } = trainTestSplit(rows(101), names(101), { testFraction: 0.3 });
  const inputs = [...train.inputs, ...held.inputs];
  expect(held.inputs.length).toBe(30);
  expect([...train.targets, ...held.targets]).toEqual(inputs.map(([row]) => `row ${row}`));
  expect(inputs.map(([row]) => row)).not.toEqual(rows(101).map(([row]) => row));
  expect(inputs.sort(([a], [b]) => a - b)).toEqual(rows(101));
});

test("the order is that of the generator's shuffle, and another seed gives another", () => {
  const order = pcg32(7).shuffle(Array.from({ length: 10 }, (_, row) => row));
  const split = trainTestSplit(rows(10), names(10), { seed: 7 });
  expect([...split.train.inputs, ...split.test.inputs].map(([row]) => row)).toEqual(order);
  expect(trainTestSplit(rows(10), names(10), { seed: 7 })).toEqual(split);
  expect(trainTestSplit(rows(10), names(10), { seed: 8 })).not.toEqual(split);
  expect(trainTestSplit(rows(10), names(10), { seed: pcg32(7) })).toEqual(split);
  expect(trainTestSplit(rows(10), names(10), { seed: mt19937(7) })).not.toEqual(split);
});

test("without shuffling the last rows are set aside, in order", () => {
  expect(trainTestSplit(rows(5), names(5), { shuffle: false, testFraction: 0.4 })).toEqual({
    train: { inputs: rows(5).slice(0, 3), targets: ["row 0", "row 1", "row 2"] },
    test: { inputs: rows(5).slice(3), targets: ["row 3", "row 4"] },
  });
});

test("neither part is ever empty", () => {
  for (const testFraction of [0.001, 0.5, 0.999]) {
    const { train, test: held } = trainTestSplit(rows(2), names(2), { testFraction });
    expect([train.inputs.length, held.inputs.length]).toEqual([1, 1]);
  }
});

describe("trainTestSplit refuses", () => {
  test.each<[SplitOptions, string]>([
    [{ testFraction: 0 }, "got testFraction 0, need a number above 0 and below 1"],
    [{ testFraction: 1 }, "got testFraction 1,"],
    [{ testFraction: Number.NaN }, "got testFraction NaN,"],
    [{ testFraction: "0.2" as unknown as number }, 'got testFraction "0.2",'],
    [{ seed: -1 }, "seed: got -1, need a whole number"],
    [
      { testSize: 0.2 } as SplitOptions,
      'trainTestSplit option: got "testSize", need one of testFraction, seed, shuffle',
    ],
  ])("options %o", (options, message) => {
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(RangeError);
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(message);
  });

  test("too few rows, and inputs and targets that differ in number", () => {
    expect(() => trainTestSplit([], [])).toThrow(new RangeError("trainTestSplit: got 0 rows, need at least 2"));
    expect(() => trainTestSplit([[1]], [1])).toThrow("got 1 rows, need at least 2");
    expect(() => trainTestSplit(rows(4), names(3))).toThrow("got 4 inputs and 3 targets, need as many of each");
  });

  test("what is no array of rows", () => {
    expect(() => trainTestSplit(new Float32Array(8) as unknown as number[], names(8))).toThrow(
      new TypeError("trainTestSplit: got a Float32Array as inputs, need an array of rows"),
    );
    expect(() => trainTestSplit(rows(4), undefined as unknown as number[])).toThrow("got undefined as targets");
    expect(() => trainTestSplit(rows(4), names(4), { shuffle: 1 as unknown as boolean })).toThrow(TypeError);
  });
});
