import { expect, test } from "vitest";
import { checkLabels, isLabel, rowsByLabel, sorted } from "../../src/data/labels.ts";

test("isLabel takes strings, finite numbers and booleans only", () => {
  expect(["", "a", 0, -1.5, false].filter(isLabel)).toEqual(["", "a", 0, -1.5, false]);
  expect([Number.NaN, Number.POSITIVE_INFINITY, null, undefined, 3n, []].filter(isLabel)).toEqual([]);
});

test("sorted orders numbers by size, strings by code unit, and leaves what it is given", () => {
  const given = [10, 9, -1];
  expect(sorted(given)).toEqual([-1, 9, 10]);
  expect(given).toEqual([10, 9, -1]);
  expect(sorted(new Set(["b", "B", "a"]))).toEqual(["B", "a", "b"]);
});

test("rowsByLabel keeps the order given, of the labels as of their rows", () => {
  const rowsOf = rowsByLabel(["a", "b", "a", "c"], [3, 2, 1, 0]);
  expect([...rowsOf]).toEqual([
    ["c", [3]],
    ["a", [2, 0]],
    ["b", [1]],
  ]);
});

test("checkLabels takes arrays and typed arrays of the right length, and no DataView", () => {
  checkLabels("labels", ["a", 1], 2);
  checkLabels("labels", Int32Array.of(1, 2), 2);
  expect(() => checkLabels("labels", new DataView(new ArrayBuffer(2)) as unknown as number[], 2)).toThrow(TypeError);
  expect(() => checkLabels("labels", new Array(2), 2)).toThrow("labels: got undefined at row 0, need a string");
});
