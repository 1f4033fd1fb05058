import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ImputeOptions, impute, type NumberFill, type RowsWithGaps } from "../../src/data/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";

const nan = Number.NaN;
const golden: { impute: { rows: (number | null)[][]; values: Record<"median" | "mean" | "mostFrequent", number[]> } } =
  JSON.parse(readFileSync("test/fixtures/tables.json", "utf8"));
const rows = [
  [1, null, 4],
  [nan, 2, 4],
  [5, 3, null],
];

test.each(["median", "mean", "mostFrequent"] as const)("%s is scikit-learn 1.2.1's, within rounding", (fill) => {
  const { rows: given, values } = golden.impute;
  const fitted = impute(given, { fill });
  expectClose(fitted.toJSON().values, values[fill], tolerances.formula.float64);
  const filled = fitted.apply(given);
  given.forEach((row, index) => {
    expect(filled[index]).toEqual(row.map((value, column) => value ?? fitted.toJSON().values[column]));
  });
});

test("by default the median takes the place of null and NaN; the rows given stay as they are", () => {
  const given = structuredClone(rows);
  expect(impute(given).apply(given)).toEqual([
    [1, 2.5, 4],
    [3, 2, 4],
    [5, 3, 4],
  ]);
  expect(given).toEqual(rows);
});

test("a number takes the place of every missing one, even in a column without any other", () => {
  expect(impute([[null, 1]], { fill: 0 }).apply([[nan, null]])).toEqual([[0, 0]]);
});

test("takes typed arrays, and no rows at all once fitted", () => {
  const fitted = impute([Float32Array.of(1, nan), [3, 4]], { fill: "mean" });
  expect(fitted.apply([Float64Array.of(nan, 7)])).toEqual([[2, 7]]);
  expect(fitted.apply([])).toEqual([]);
});

describe("impute refuses", () => {
  test.each<[RowsWithGaps, ImputeOptions, string]>([
    [[], {}, "impute: got no rows, need at least one"],
    [[[1, 2], [3]], {}, "impute: got 1 number at row 1, need 2"],
    [[[1], [Number.POSITIVE_INFINITY]], {}, "impute: got Infinity at row 1, column 0, need a finite number, or null"],
    [[[1, null]], {}, "impute, column 1: got no number, need at least one"],
    [
      [[1.7e308], [-1.7e308]],
      { fill: "mean" },
      "impute, column 0: got a mean of -Infinity, need values less far apart",
    ],
    [
      [[1]],
      { fill: "medium" as NumberFill },
      'got "medium", need one of median, mean, mostFrequent, a number; did you',
    ],
    [[[1]], { fill: "toString" as NumberFill }, 'impute fill: got "toString", need one of median'],
    [[[1]], { fill: nan }, "impute fill: got NaN, need a finite number"],
    [[[1]], { strategy: "mean" } as ImputeOptions, 'impute option: got "strategy", need fill'],
  ])("%j with %j", (given, options, message) => {
    expect(() => impute(given, options)).toThrow(RangeError);
    expect(() => impute(given, options)).toThrow(message);
  });

  test("rows of another length, and what is no rows", () => {
    expect(() => impute(rows).apply([[1, 2]])).toThrow("impute: got 2 numbers at row 0, need 3");
    expect(() => impute("rows" as unknown as number[][])).toThrow(TypeError);
  });
});
