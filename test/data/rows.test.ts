import { describe, expect, test } from "vitest";
import { checkRows, type FeatureRows, isMissing } from "../../src/data/rows.ts";

const nan = Number.NaN;

test("checkRows gives the number of columns, of arrays and typed arrays", () => {
  expect(checkRows("rows", [[1, 2, 3]])).toBe(3);
  expect(checkRows("rows", [new Float32Array(2), [1, 2]])).toBe(2);
  expect(checkRows("rows", [], 4)).toBe(4);
});

test("checkRows lets null and NaN pass where values may be missing, and nothing else", () => {
  expect([null, nan, undefined, 0, "", Number.POSITIVE_INFINITY].map(isMissing)).toEqual([
    true,
    true,
    ...new Array(4).fill(false),
  ]);
  expect(checkRows("rows", [[1, null], [nan, 2], Float32Array.of(nan, 1)], undefined, true)).toBe(2);
  expect(() => checkRows("rows", [[1], [Number.POSITIVE_INFINITY]], undefined, true)).toThrow(
    "rows: got Infinity at row 1, column 0, need a finite number, or null or NaN where it is missing",
  );
  expect(() => checkRows("rows", [[1], new Array(1)], undefined, true)).toThrow("got undefined at row 1, column 0");
});

describe("checkRows refuses", () => {
  test.each<[string, unknown, number | undefined, string]>([
    ["no rows", [], undefined, "rows: got no rows, need at least one"],
    ["rows without columns", [[]], undefined, "rows: got rows without columns, need at least one column"],
    ["ragged rows", [[1, 2], [3, 4], [5]], undefined, "rows: got 1 number at row 2, need 2"],
    ["rows of another length", [[1, 2]], 3, "rows: got 2 numbers at row 0, need 3"],
    [
      "NaN",
      [
        [1, 2],
        [3, nan],
      ],
      undefined,
      "rows: got NaN at row 1, column 1, need a finite number",
    ],
    ["infinity", [[1], [Number.NEGATIVE_INFINITY]], undefined, "rows: got -Infinity at row 1, column 0, need a finite"],
    ["a number as text", [["1"]], undefined, 'rows: got "1" at row 0, column 0, need a finite number'],
    ["a hole", [new Array(2)], undefined, "rows: got undefined at row 0, column 0, need a finite number"],
  ])("%s", (_, rows, columns, message) => {
    expect(() => checkRows("rows", rows as FeatureRows, columns)).toThrow(RangeError);
    expect(() => checkRows("rows", rows as FeatureRows, columns)).toThrow(message);
  });

  test.each<[string, unknown, string]>([
    ["undefined", undefined, "rows: got undefined, need an array of rows"],
    ["a flat typed array", new Float32Array(4), "rows: got a Float32Array, need an array of rows"],
    ["a flat array", [1, 2], "rows: got 1 at row 0, need an array of numbers"],
    ["text as a row", [[1], "2"], 'rows: got "2" at row 1, need an array of numbers'],
  ])("%s", (_, rows, message) => {
    expect(() => checkRows("rows", rows as FeatureRows)).toThrow(TypeError);
    expect(() => checkRows("rows", rows as FeatureRows)).toThrow(message);
  });
});
