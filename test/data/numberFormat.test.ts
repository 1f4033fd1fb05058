import { describe, expect, test } from "vitest";
import {
  checkNumberFormat,
  isPlainFormat,
  isShownBefore,
  type NumberFormat,
  numberReader,
  plainNumber,
} from "../../src/data/numberFormat.ts";

test("a plain number is a finite decimal one", () => {
  expect(["1", "-2.5e3", ".5", "+7.", "0"].map(plainNumber)).toEqual([1, -2500, 0.5, 7, 0]);
  for (const text of ["", "0x10", "1e999", "-1e151", "Infinity", "1,5", "one", "1 2", "-", "−5"])
    expect(plainNumber(text)).toBeNaN();
});

describe("a reader", () => {
  test("takes plain numbers in every notation, unless a point stands between thousands", () => {
    expect(["5", "1.5", "$1,000"].map(numberReader({ unit: "$", thousands: "," }))).toEqual([5, 1.5, 1000]);
    const points = numberReader({ decimal: ",", thousands: "." });
    expect(["1.500", "1.5", "1500", "1,5"].map(points)).toEqual([1500, Number.NaN, 1500, 1.5]);
  });

  test("needs the unit if asked for it, but not with 0", () => {
    const read = numberReader({ unit: "kg" }, { needsUnit: true });
    expect(["5 kg", "5", "0"].map(read)).toEqual([5, Number.NaN, 0]);
  });

  test("takes every spelling of the unit", () => {
    const read = numberReader({ unit: "years" }, { needsUnit: true });
    expect(["2 years", "1 year", "3 Years", "4 yearly", "5 ye"].map(read)).toEqual([2, 1, 3, Number.NaN, Number.NaN]);
    expect(["eur 5", "5 EUR", "5eur"].map(numberReader({ unit: "EUR" }))).toEqual([5, 5, 5]);
  });

  test("multiplies by the letters behind a number, if they do so in its column", () => {
    const texts = ["1.5K", "0.3m", "2 B", "1bn", "-3k", "7", "5 kg"];
    const numbers = [1500, 300_000, 2e9, 1e9, -3000, 7, Number.NaN];
    expect(texts.map(numberReader({ multiples: true }))).toEqual(numbers);
    expect(["$1.5K", "-$2M"].map(numberReader({ unit: "$", multiples: true }))).toEqual([1500, -2e6]);
    expect(numberReader({})("1.5K")).toBeNaN();
  });

  test("reads a minus behind a number where a column has them, but not two of them", () => {
    expect(["1.15-", "1.15", "-1.15-", "1.15 -"].map(numberReader({ trailingMinus: true }))).toEqual([
      ...[-1.15, 1.15, Number.NaN, -1.15],
    ]);
    expect(numberReader({})("1.15-")).toBeNaN();
  });

  test("reads times in their form only: a plain number has no known part", () => {
    expect(["12:30", "90", "1:02:03"].map(numberReader({ time: "0:00" }))).toEqual([750, Number.NaN, Number.NaN]);
    expect(["3h 43m", "90"].map(numberReader({ time: "duration" }))).toEqual([13_380, Number.NaN]);
  });

  test("takes no separators at wrong places", () => {
    const read = numberReader({ thousands: "," });
    expect(["1,2345", "12,3", ",123", "1,,234", "--5", "1,234.5"].map(read)).toEqual([
      ...[Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      1234.5,
    ]);
  });
});

test("formats are checked", () => {
  expect(isPlainFormat({})).toBe(true);
  expect(isPlainFormat({ decimal: "." })).toBe(true);
  expect(isPlainFormat({ unit: "%" })).toBe(false);
  expect(isPlainFormat({ multiples: true })).toBe(false);
  expect(isPlainFormat({ parentheses: false, unit: undefined })).toBe(true);
  const before = [{ unit: "$" }, { unit: "kg" }, { unit: "EUR", unitBefore: true }, { unit: "€", unitBefore: false }];
  expect(before.map(isShownBefore)).toEqual([true, false, true, false]);
  const refused: [unknown, string][] = [
    [{ decimal: ";" }, 'x: got decimal ";", need "." or ","'],
    [{ thousands: "_" }, 'x: got thousands "_", need one of'],
    [{ decimal: ",", thousands: "," }, 'x: got thousands ",", need another character'],
    [{ unit: "" }, 'x: got unit "", need a text such as "$" or "kg"'],
    [{ trailingMinus: "yes" }, 'x: got trailingMinus "yes", need true or false'],
    [{ multiples: 0 }, "x: got multiples 0, need true or false"],
    [{ unitBefore: null }, "x: got unitBefore null, need true or false"],
    [{ time: "1:00" }, 'x: got time "1:00", need one of "0:00", "0:00:00", "duration"'],
    [{ parentheses: 1 }, "x: got parentheses 1, need true or false"],
    [{ currency: "$" }, 'x option: got "currency", need one of'],
  ];
  for (const [format, message] of refused) {
    expect(() => checkNumberFormat("x", format as NumberFormat)).toThrow(message);
  }
});
