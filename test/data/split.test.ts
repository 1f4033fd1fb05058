import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { digits, iris, type SplitOptions, trainTestSplit } from "../../src/data/index.ts";
import { mt19937, pcg32 } from "../../src/random.ts";

const golden: { splits: { counts: number[]; testCount: number; testCounts: number[] }[] } = JSON.parse(
  readFileSync("test/fixtures/tables.json", "utf8"),
);

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

const countsIn = (labels: readonly number[], count: number) =>
  Array.from({ length: count }, (_, label) => labels.filter((other) => other === label).length);

describe("stratified", () => {
  test.each(golden.splits)("as scikit-learn 1.2.1's, $testCount of $counts are $testCounts", (expected) => {
    const { counts, testCount, testCounts } = expected;
    const classes = counts.flatMap((count, label) => new Array<number>(count).fill(label));
    const testFraction = testCount / classes.length;
    for (let seed = 0; seed < 20; seed++) {
      const { train, test: held } = trainTestSplit(classes, classes, { testFraction, stratify: classes, seed });
      expect(countsIn(held.targets, counts.length)).toEqual(testCounts);
      expect(train.targets.length + held.targets.length).toBe(classes.length);
    }
  });

  test("no class is a row or more from its share, whatever the seed, the fraction and the classes", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = pcg32(seed);
      const classes = Array.from({ length: 40 + random.integer(60) }, () => random.integer(4)).concat(
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
      );
      const count = classes.length;
      const testFraction = 0.2 + 0.6 * random.next();
      const inputs = classes.map((_, row) => row);
      const { train, test: held } = trainTestSplit(inputs, classes, { testFraction, stratify: classes, seed });
      expect(held.inputs.length).toBe(Math.round(count * testFraction));
      expect([...train.inputs, ...held.inputs].sort((a, b) => a - b)).toEqual(inputs);
      expect(held.targets).toEqual(held.inputs.map((row) => classes[row]));
      const share = held.inputs.length / count;
      const far = countsIn(classes, 4).map((all, label) => all * share - countsIn(held.targets, 4)[label]);
      expect(Math.max(...far.map(Math.abs))).toBeLessThan(1);
    }
  });

  test("30 irises of 150 are 10 of each class; another seed takes others", () => {
    const { inputs, targets } = iris();
    const split = trainTestSplit(inputs, targets, { stratify: targets, seed: 1 });
    expect(countsIn(split.test.targets, 3)).toEqual([10, 10, 10]);
    expect(trainTestSplit(inputs, targets, { stratify: Uint8Array.from(targets), seed: 1 })).toEqual(split);
    expect(trainTestSplit(inputs, targets, { stratify: targets, seed: 2 })).not.toEqual(split);
  });

  test("of equal remainders it is not always the first class that gives one row more", () => {
    const classes = [0, 0, 0, 1, 1, 1];
    const firsts = Array.from({ length: 20 }, (_, seed) => {
      const { test: held } = trainTestSplit(classes, classes, { testFraction: 0.5, stratify: classes, seed });
      return countsIn(held.targets, 2)[0];
    });
    expect(new Set(firsts)).toEqual(new Set([1, 2]));
  });

  test("without shuffling the last rows of each class are set aside, in order", () => {
    const classes = ["a", "b", "a", "b", "a", "a"];
    const options = { testFraction: 0.5, stratify: classes, shuffle: false };
    expect(trainTestSplit(names(6), classes, options).test).toEqual({
      inputs: ["row 3", "row 4", "row 5"],
      targets: ["b", "a", "a"],
    });
  });
});

describe("grouped", () => {
  test("the rows of a group are on one side, and the sizes within half the largest group, whatever the seed", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = pcg32(seed);
      const groups = Array.from({ length: 20 + random.integer(80) }, () => `patient ${random.integer(12)}`);
      const inputs = groups.map((_, row) => row);
      const testFraction = 0.2 + 0.6 * random.next();
      const { train, test: held } = trainTestSplit(inputs, groups, { testFraction, groups, seed });
      expect([...train.inputs, ...held.inputs].sort((a, b) => a - b)).toEqual(inputs);
      expect(held.targets.filter((group) => train.targets.includes(group))).toEqual([]);
      const largest = Math.max(...groups.map((group) => groups.filter((other) => other === group).length));
      const wanted = Math.round(groups.length * testFraction);
      expect(Math.abs(held.inputs.length - wanted)).toBeLessThanOrEqual(largest / 2);
    }
  });

  test("neither part is ever empty, even of two groups of one size or of 1 and 9 rows", () => {
    for (const sizes of [
      [5, 5],
      [1, 9],
      [9, 1],
    ]) {
      const groups = sizes.flatMap((size, group) => new Array<number>(size).fill(group));
      for (const testFraction of [0.01, 0.3, 0.5, 0.7, 0.99]) {
        for (let seed = 0; seed < 5; seed++) {
          const { train, test: held } = trainTestSplit(groups, groups, { testFraction, groups, seed });
          expect([new Set(train.targets).size, new Set(held.targets).size]).toEqual([1, 1]);
        }
      }
    }
  });

  test("without shuffling the last groups are set aside, in the order of the rows", () => {
    const groups = [7, 8, 9, 7, 8, 9];
    expect(trainTestSplit(names(6), groups, { testFraction: 0.3, groups, shuffle: false }).test).toEqual({
      inputs: ["row 2", "row 5"],
      targets: [9, 9],
    });
  });
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
      'trainTestSplit option: got "testSize", need one of testFraction, seed, shuffle, stratify, groups',
    ],
  ])("options %o", (options, message) => {
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(RangeError);
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(message);
  });

  test.each<[SplitOptions, string]>([
    [{ stratify: [0, 1, 1] }, "trainTestSplit, stratify: got 3 labels, need 4, one a row"],
    [{ stratify: [0, 1, 1, 1] }, "trainTestSplit, stratify: got 1 row of class 0, need at least 2 of each"],
    [{ stratify: ["a", "a", "b", "b"] }, "stratify: got 2 classes for a part of 1 row, need at least a row each"],
    [{ stratify: [0, 0, 1, 1], testFraction: 0.9 }, "stratify: got 2 classes for a part of 1 row, need"],
    [{ groups: [0, 1, 1] }, "trainTestSplit, groups: got 3 labels, need 4, one a row"],
    [{ groups: ["a", "a", "a", "a"] }, "trainTestSplit: got 1 group, need at least 2"],
    [{ stratify: [0, 0, 1, 1], groups: [0, 0, 1, 1] }, "trainTestSplit: got stratify and groups, need one of them"],
  ])("labels %o, and draws no number", (options, message) => {
    const seed = pcg32(1);
    const before = seed.state;
    expect(() => trainTestSplit(rows(4), names(4), { ...options, seed })).toThrow(RangeError);
    expect(() => trainTestSplit(rows(4), names(4), { ...options, seed })).toThrow(message);
    expect(seed.state).toEqual(before);
  });

  test.each<[SplitOptions, string]>([
    [{ stratify: "abab" as unknown as string[] }, 'stratify: got "abab", need an array of strings or numbers'],
    [
      { stratify: [0, 1, null as unknown as number, 1] },
      "stratify: got null at row 2, need a string or a finite number",
    ],
    [{ groups: [0, Number.NaN, 1, 1] }, "groups: got NaN at row 1, need a string or a finite number"],
  ])("labels %o by type", (options, message) => {
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(TypeError);
    expect(() => trainTestSplit(rows(4), names(4), options)).toThrow(message);
  });

  test("too few rows, and inputs and targets that differ in number", () => {
    expect(() => trainTestSplit([], [])).toThrow(new RangeError("trainTestSplit: got 0 rows, need at least 2"));
    expect(() => trainTestSplit([[1]], [1])).toThrow("got 1 row, need at least 2");
    expect(() => trainTestSplit(rows(4), names(3))).toThrow("got 4 inputs and 3 targets, need the same number of each");
  });

  test("what is no array of rows", () => {
    expect(() => trainTestSplit(new Float32Array(8) as unknown as number[], names(8))).toThrow(
      new TypeError("trainTestSplit: got a Float32Array as inputs, need an array of rows"),
    );
    expect(() => trainTestSplit(rows(4), undefined as unknown as number[])).toThrow("got undefined as targets");
    expect(() => trainTestSplit(rows(4), names(4), { shuffle: 1 as unknown as boolean })).toThrow(TypeError);
  });
});
