import { describe, expect, test } from "vitest";
import {
  checkNumberFormat,
  findNumberFormat,
  isPlainFormat,
  looksLikeNumber,
  type NumberFormat,
  numberReader,
  plainNumber,
} from "../../src/data/numberFormat.ts";

const found = (texts: readonly string[], delimiter?: string) =>
  findNumberFormat(
    texts.map((text) => [text, 1]),
    delimiter,
  );

test("a plain number is a finite decimal one", () => {
  expect(["1", "-2.5e3", ".5", "+7.", "0"].map(plainNumber)).toEqual([1, -2500, 0.5, 7, 0]);
  for (const text of ["", "0x10", "1e999", "-1e151", "Infinity", "1,5", "one", "1 2", "-", "−5"])
    expect(plainNumber(text)).toBeNaN();
});

describe("the notation of a column", () => {
  test.each<[texts: string[], format: NumberFormat, numbers: number[]]>([
    [["5", "-2.5"], {}, [5, -2.5]],
    [["−5", "1\u00a0"], {}, [-5, 1]],
    [["$900.00", "$47,150.00", "-$5", "$-5", "0"], { thousands: ",", unit: "$" }, [900, 47150, -5, -5, 0]],
    [["US$ 5", "US$ 1,200"], { thousands: ",", unit: "US$" }, [5, 1200]],
    [["CHF 1'250.50", "CHF 3"], { thousands: "'", unit: "CHF" }, [1250.5, 3]],
    [["1.234,50 €", "12,00 €"], { decimal: ",", thousands: ".", unit: "€" }, [1234.5, 12]],
    [["12.5 %", "3%", "0"], { unit: "%" }, [12.5, 3, 0]],
    [["7,052", "900"], { thousands: "," }, [7052, 900]],
    [["12,34,567", "5"], { thousands: "," }, [1234567, 5]],
    [["1 234", "12"], { thousands: " " }, [1234, 12]],
    [["1\u202f234,5", "12"], { decimal: ",", thousands: " " }, [1234.5, 12]],
    [["1’234", "12"], { thousands: "'" }, [1234, 12]],
    [["1.250.000", "3.500"], { decimal: ",", thousands: "." }, [1250000, 3500]],
    [["1,5", "2,75"], { decimal: "," }, [1.5, 2.75]],
    [["(120)", "35", "(1)"], { parentheses: true }, [-120, 35, -1]],
    [["($1,200.50)", "$3.00"], { thousands: ",", unit: "$", parentheses: true }, [-1200.5, 3]],
    [["12 kg", "7.5 kg"], { unit: "kg" }, [12, 7.5]],
    [["12 m²", "5m²"], { unit: "m²" }, [12, 5]],
    [["36 months", "60 months"], { unit: "months" }, [36, 60]],
    [["0.5 kg", "1,500 kg"], { thousands: ",", unit: "kg" }, [0.5, 1500]],
    [["1e5", "2.5e-3"], {}, [1e5, 0.0025]],
  ])("%j", (texts, format, numbers) => {
    const { format: got, read } = found(texts)!;
    expect(got).toEqual(format);
    expect(texts.map(read)).toEqual(numbers);
    // Whoever has the format reads the same.
    expect(texts.map(numberReader(JSON.parse(JSON.stringify(got))))).toEqual(numbers);
  });

  test("has points between thousands beside whole numbers below 1000, if decimals would look otherwise", () => {
    const thousands = { decimal: ",", thousands: "." };
    expect(found(["2.033", "8.364", "907", "7.386"], ";")!.format).toEqual(thousands);
    expect(found(["2.033", "907"], ";")!.format).toEqual({});
    expect(found(["2.033", "8.364", "907", "7.38"], ";")!.format).toEqual({});
    expect(found(["2.033", "8.364", "7.386"], ";")!.format).toEqual({});
    expect(found(["0.033", "8.364", "907", "7.386"], ";")!.format).toEqual({});
    const many = Array.from({ length: 30 }, (_, index) => `${index + 1}.${100 + 7 * index}`);
    expect(found([...many, "907"])!.format).toEqual(thousands);
    expect(found([...many.slice(1), "907"])!.format).toEqual({});
    expect(found([...many, "1907"])!.format).toEqual({});
    expect(found(many)!.format).toEqual({});
  });

  test("has decimal commas between semicolons", () => {
    expect(found(["1,250", "2,500"], ";")!.format).toEqual({ decimal: "," });
    expect(found(["1,250", "2,500"])!.format).toEqual({ thousands: "," });
    expect(["1,5", "1.5"].map(found(["1,5", "1.5"], ";")!.read)).toEqual([1.5, 1.5]);
    expect(found(["1.250,5", "3"], ";")!.format).toEqual({ decimal: ",", thousands: "." });
    expect(found(["$1,250.50"], ";")!.format).toEqual({ thousands: ",", unit: "$" });
  });

  test.each([
    ["A12", "A13"],
    ["2020-01-05"],
    ["12:30"],
    ["1.2.3"],
    ["1/2"],
    ["10-20"],
    ["+41 44 123 45 67"],
    ["5-"],
    ["(5"],
    ["$5 kg"],
    ["red"],
    [""],
  ])("is none where texts are none: %s", (...texts) => {
    expect(found(texts)).toBeUndefined();
    expect(looksLikeNumber(texts[0])).toBe(false);
  });

  test("is that of most texts; others are not read", () => {
    const { format, read } = found(["12 kg", "7 kg", "5 lb", "3"])!;
    expect(format).toEqual({ unit: "kg" });
    expect(["12 kg", "5 lb", "3", "0"].map(read)).toEqual([12, Number.NaN, Number.NaN, 0]);
    expect(looksLikeNumber("5 lb")).toBe(true);
  });
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
  const refused: [unknown, string][] = [
    [{ decimal: ";" }, 'x: got decimal ";", need "." or ","'],
    [{ thousands: "_" }, 'x: got thousands "_", need one of'],
    [{ decimal: ",", thousands: "," }, 'x: got thousands ",", need another character'],
    [{ unit: "" }, 'x: got unit "", need a text such as "$" or "kg"'],
    [{ parentheses: 1 }, "x: got parentheses 1, need true or false"],
    [{ currency: "$" }, 'x option: got "currency", need one of'],
  ];
  for (const [format, message] of refused) {
    expect(() => checkNumberFormat("x", format as NumberFormat)).toThrow(message);
  }
});
