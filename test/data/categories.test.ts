import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type EncodeCategoriesOptions, encodeCategories } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

interface CategoryCase extends Required<EncodeCategoriesOptions> {
  values: (string | null)[];
  applied: (string | null)[];
  rows: number[][];
}

const golden: { categories: CategoryCase[] } = JSON.parse(readFileSync("test/fixtures/tables.json", "utf8"));

test.each(golden.categories)("$fill, at least $minimumCount: as scikit-learn 1.2.1's OneHotEncoder", (expected) => {
  const { values, applied, rows, ...options } = expected;
  expect(encodeCategories(values, options).apply(applied)).toEqual(rows);
});

test("each category has its column, in order, and a missing one is the most frequent", () => {
  const encoding = encodeCategories(["oak", "ash", "oak", null]);
  expect(encoding.features).toEqual(["ash", "oak"]);
  expect(encoding.apply([null, "ash", "oak"])).toEqual([
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
  expect(encoding.apply([])).toEqual([]);
});

test("a missing one may be a category of its own, and rare and unseen ones share a column", () => {
  const encoding = encodeCategories(["oak", "ash", "oak", null, "elm", null], { fill: "ownCategory", minimumCount: 2 });
  expect(encoding.features).toEqual(["oak", "(missing)", "(other)"]);
  expect(encoding.apply(["oak", null, "ash", "fir"])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 1],
  ]);
});

test("where none is rare, an unseen one is zeros: a column without a 1 in training would add untrained weights", () => {
  const encoding = encodeCategories(["oak", "ash"], { minimumCount: 1 });
  expect(encoding.features).toEqual(["ash", "oak"]);
  expect(encoding.apply(["fir"])).toEqual([[0, 0]]);
});

test("a row has one 1 at most, in the column that its feature names, whatever the seed", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = pcg32(seed);
    const values = Array.from({ length: 30 }, () => (random.next() < 0.1 ? null : `c${random.integer(9)}`)).concat(
      "c0",
    );
    const minimumCount = random.integer(5);
    const encoding = encodeCategories(values, {
      fill: random.next() < 0.5 ? "ownCategory" : "mostFrequent",
      minimumCount,
    });
    encoding.apply(values).forEach((row, index) => {
      expect(row.length).toBe(encoding.features.length);
      expect(row.toSorted().slice(-1)).toEqual([1]);
      expect(row.reduce((a, b) => a + b)).toBe(1);
      const feature = encoding.features[row.indexOf(1)];
      const count = values.filter((value) => value === values[index]).length;
      if (values[index] !== null && count >= minimumCount) expect(feature).toBe(values[index]);
    });
  }
});

describe("encodeCategories refuses", () => {
  test.each<[(string | null)[], object, string]>([
    [[], {}, "encodeCategories: got no category, need at least one"],
    [[null], { fill: "ownCategory" }, "encodeCategories: got no category, need at least one"],
    [
      ["a"],
      { fill: "median" },
      'encodeCategories fill of categories: got "median", need one of mostFrequent, ownCategory',
    ],
    [["a"], { minimumCount: -1 }, "encodeCategories minimumCount: got -1, need a whole number from 0"],
    [["a"], { minimum: 1 }, 'encodeCategories option: got "minimum", need one of fill, minimumCount'],
  ])("%j with %j", (values, options, message) => {
    expect(() => encodeCategories(values, options)).toThrow(RangeError);
    expect(() => encodeCategories(values, options)).toThrow(message);
  });

  test("what it was not fitted to, unless a minimumCount makes it other", () => {
    expect(() => encodeCategories(["oak", "ash"]).apply(["oak", "oack"])).toThrow(
      new RangeError(
        'encodeCategories: got "oack" at row 1, need one of "ash", "oak", or a minimumCount above 0 in fitting; did you mean "oak"?',
      ),
    );
    expect(() => encodeCategories(["oak"], { fill: "ownCategory" }).apply([null])).toThrow(
      "got null at row 0, need one of",
    );
  });

  test("with a short message, however many categories there are", () => {
    const encoding = encodeCategories(Array.from({ length: 10_000 }, (_, index) => `tree ${index}`));
    expect(() => encoding.apply(["oak"])).toThrow(
      /^.{0,200}need one of "tree 0", .{0,700}, …, or a minimumCount above 0/,
    );
  });

  test.each<[unknown, string]>([
    ["oak", 'encodeCategories: got "oak", need an array of strings'],
    [["oak", 3], "encodeCategories: got 3 at row 1, need a string, or null where it is missing"],
    [["oak", undefined], "encodeCategories: got undefined at row 1, need a string"],
    [[["oak"]], "encodeCategories: got an array of 1 at row 0, need a string"],
  ])("%j by type, in fitting as in applying", (values, message) => {
    expect(() => encodeCategories(values as string[])).toThrow(TypeError);
    expect(() => encodeCategories(values as string[])).toThrow(message);
    expect(() => encodeCategories(["oak"]).apply(values as string[])).toThrow(message);
  });
});
