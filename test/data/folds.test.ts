import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { digits, type FoldOptions, kFold } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

interface FoldCase {
  rows: number;
  folds: number;
  classes: string[];
  groups: number[] | null;
  plain: number[][];
  stratified: number[][];
  grouped: number[][] | null;
}

const golden: { folds: FoldCase[] } = JSON.parse(readFileSync("test/fixtures/tables.json", "utf8"));
const rowNumbers = (count: number) => Array.from({ length: count }, (_, row) => row);
const testsOf = (count: number, options: FoldOptions) => {
  const rows = rowNumbers(count);
  return kFold(rows, rows, options).map(({ test: held }) => held.inputs);
};
const bySize = (a: number, b: number) => a - b;
const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);

test.each(golden.folds)("without shuffling, $folds folds of $rows rows are scikit-learn 1.2.1's", (expected) => {
  const { rows, folds, classes, groups, plain, stratified, grouped } = expected;
  expect(testsOf(rows, { folds, shuffle: false })).toEqual(plain);
  expect(testsOf(rows, { folds, shuffle: false, stratify: classes })).toEqual(stratified);
  if (groups) expect(testsOf(rows, { folds, shuffle: false, groups })).toEqual(grouped);
});

test("by default there are five folds, as splits: 360, 360, 359, 359 and 359 of 1797 digits", () => {
  const { inputs, targets } = digits();
  const splits = kFold(inputs, targets);
  expect(splits.map(({ test: held }) => held.inputs.length)).toEqual([360, 360, 359, 359, 359]);
  for (const { train, test: held } of splits) {
    expect([train.inputs.length, train.targets.length]).toEqual([
      1797 - held.inputs.length,
      1797 - held.targets.length,
    ]);
  }
});

test("every row is in one test and in all other trains, with its target, whatever the seed and the folds", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = pcg32(seed);
    const count = 2 + random.integer(60);
    const folds = 2 + random.integer(count - 1);
    const rows = rowNumbers(count);
    const splits = kFold(rows, rows.map(String), { folds, seed });
    expect(splits.length).toBe(folds);
    expect(splits.flatMap(({ test: held }) => held.inputs).sort(bySize)).toEqual(rows);
    expect(spread(splits.map(({ test: held }) => held.inputs.length))).toBeLessThanOrEqual(1);
    for (const { train, test: held } of splits) {
      expect([...train.inputs, ...held.inputs].sort(bySize)).toEqual(rows);
      expect([...train.targets, ...held.targets]).toEqual([...train.inputs, ...held.inputs].map(String));
    }
  }
});

test("the order is that of the generator's shuffle, and another seed gives another", () => {
  const order = pcg32(7).shuffle(rowNumbers(10));
  expect(testsOf(10, { seed: 7 }).flat()).toEqual(order);
  expect(testsOf(10, { seed: pcg32(7) }).flat()).toEqual(order);
  expect(testsOf(10, { seed: 8 }).flat()).not.toEqual(order);
});

test("stratified, sizes and the rows of each class differ by at most one, whatever the seed", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = pcg32(seed);
    const folds = 2 + random.integer(6);
    const counts = rowNumbers(1 + random.integer(4)).map(() => folds + random.integer(20));
    const classes = random.shuffle(counts.flatMap((count, label) => new Array<string>(count).fill(`class ${label}`)));
    const tests = testsOf(classes.length, { folds, seed, stratify: classes });
    expect(tests.flat().sort(bySize)).toEqual(rowNumbers(classes.length));
    expect(spread(tests.map(({ length }) => length))).toBeLessThanOrEqual(1);
    for (const label of new Set(classes)) {
      expect(spread(tests.map((rows) => rows.filter((row) => classes[row] === label).length))).toBeLessThanOrEqual(1);
    }
  }
});

test("grouped, no group is in two tests, and sizes differ by at most the largest group, whatever the seed", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = pcg32(seed);
    const groups = Array.from({ length: 30 + random.integer(60) }, () => random.integer(20));
    const folds = 2 + random.integer(4);
    const tests = testsOf(groups.length, { folds, seed, groups });
    expect(tests.flat().sort(bySize)).toEqual(rowNumbers(groups.length));
    const foldsOf = (group: number) => tests.filter((rows) => rows.some((row) => groups[row] === group)).length;
    expect(new Set(groups.map(foldsOf))).toEqual(new Set([1]));
    const largest = Math.max(...groups.map((group) => groups.filter((other) => other === group).length));
    expect(spread(tests.map(({ length }) => length))).toBeLessThanOrEqual(largest);
  }
});

describe("kFold refuses", () => {
  test.each<[FoldOptions, string]>([
    [{ folds: 1 }, "kFold folds: got 1, need a whole number from 2 to 6"],
    [{ folds: 7 }, "kFold folds: got 7, need a whole number from 2 to 6"],
    [{ folds: 2.5 }, "kFold folds: got 2.5,"],
    [
      { fold: 2 } as FoldOptions,
      'kFold option: got "fold", need one of folds, seed, shuffle, stratify, groups; did you',
    ],
    [{ folds: 3, stratify: [0, 0, 0, 0, 1, 1] }, "kFold, stratify: got 2 rows of class 1, need at least 3, one a fold"],
    [{ folds: 3, stratify: [0] }, "kFold, stratify: got 1 label, need 6, one a row"],
    [{ folds: 3, groups: [0, 0, 0, 0, 1, 1] }, "kFold: got 2 groups, need at least 3"],
    [
      { folds: 2, groups: [0, 1, 0, 1, 0, 1], stratify: [0, 1, 0, 1, 0, 1] },
      "kFold: got stratify and groups, need one",
    ],
  ])("options %o, and draws no number", (options, message) => {
    const seed = pcg32(1);
    const before = seed.state;
    expect(() => testsOf(6, { ...options, seed })).toThrow(RangeError);
    expect(() => testsOf(6, { ...options, seed })).toThrow(message);
    expect(seed.state).toEqual(before);
  });

  test("what trainTestSplit refuses", () => {
    expect(() => kFold([1], [1])).toThrow(new RangeError("kFold: got 1 row, need at least 2"));
    expect(() => kFold([1, 2, 3], [1])).toThrow("kFold: got 3 inputs and 1 target, need the same number of each");
    expect(() => testsOf(6, { seed: -1 })).toThrow("seed: got -1");
    expect(() => kFold("abc" as unknown as string[], [1])).toThrow(TypeError);
    expect(() => testsOf(6, { stratify: new Array(6) })).toThrow(TypeError);
  });
});
