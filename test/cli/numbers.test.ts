import { expect, test } from "vitest";
import { bytes, count, isLogarithmic, percent, plural, short } from "../../src/cli/numbers.ts";

test("numbers have commas between thousands, and four digits that count", () => {
  expect(count(1234567)).toBe("1,234,567");
  expect([0, 1 / 3, 123.456, -0.000123456, 12345.6].map(short)).toEqual([
    "0",
    "0.3333",
    "123.5",
    "-0.0001235",
    "12,346",
  ]);
});

test("shares are percentages, counts have their word, and sizes their unit", () => {
  expect(percent(68 / 69)).toBe("98.6 %");
  expect([plural(1, "row"), plural(2000, "row")]).toEqual(["1 row", "2,000 rows"]);
  expect([999, 78_600, 2_340_000].map(bytes)).toEqual(["999 bytes", "78.6 kB", "2.3 MB"]);
});

test("curves are logarithmic from a ratio of 30 on, where none of their values is 0", () => {
  const scales = [[2, 0.5, 0.07], [2, 0.5, 0.06], [2, 0], [-1, 100], []].map(isLogarithmic);
  expect(scales).toEqual([false, true, false, false, false]);
});
