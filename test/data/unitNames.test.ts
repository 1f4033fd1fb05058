import { expect, test } from "vitest";
import { factorOf, isSameUnit, unitKey } from "../../src/data/unitNames.ts";

test.each([
  ["kg", "KG"],
  ["kg", "Kg"],
  ["l", "L"],
  ["hour", "hours"],
  ["Hours", "hour"],
  ["mL", "ml"],
  ["Miles", "miles"],
  ["GB", "GB"],
])("%s and %s are one unit", (one, other) => {
  expect(isSameUnit(one, other)).toBe(true);
  expect(isSameUnit(other, one)).toBe(true);
  expect(unitKey(one)).toBe(unitKey(other));
});

test.each([
  ["mW", "MW"],
  ["mg", "Mg"],
  ["ms", "MS"],
  ["Mb", "MB"],
  ["gb", "GB"],
  ["kbps", "kBps"],
  ["m", "M"],
  ["g", "G"],
  ["m", "ms"],
  ["kg", "lb"],
  ["", "kg"],
])("%s and %s are two units, or may be", (one, other) => {
  expect(isSameUnit(one, other)).toBe(false);
  expect(isSameUnit(other, one)).toBe(false);
});

test("letters multiply by thousands to trillions, in any case", () => {
  expect(["k", "K", "M", "mln", "bn", "T", "kg", ""].map(factorOf)).toEqual([
    ...[1e3, 1e3, 1e6, 1e6, 1e9, 1e12, undefined, undefined],
  ]);
});
