import { describe, expect, test } from "vitest";
import { findNumberFormat, notationOf } from "../../src/data/findNumbers.ts";
import { type NumberFormat, numberReader } from "../../src/data/numberFormat.ts";

const found = (texts: readonly string[], delimiter?: string) =>
  findNumberFormat(
    texts.map((text) => [text, 1]),
    delimiter,
  );

describe("the notation of a column", () => {
  test.each<[texts: string[], format: NumberFormat, numbers: number[]]>([
    [["5", "-2.5"], {}, [5, -2.5]],
    [["−5", "1\u00a0"], {}, [-5, 1]],
    [["$900.00", "$47,150.00", "-$5", "$-5", "0"], { thousands: ",", unit: "$" }, [900, 47150, -5, -5, 0]],
    [["US$ 5", "US$ 1,200"], { thousands: ",", unit: "US$" }, [5, 1200]],
    [["CHF 1'250.50", "CHF 3"], { thousands: "'", unit: "CHF", unitBefore: true }, [1250.5, 3]],
    [["1.234,50 €", "12,00 €"], { decimal: ",", thousands: ".", unit: "€", unitBefore: false }, [1234.5, 12]],
    [["12.5 %", "3%", "0"], { unit: "%" }, [12.5, 3, 0]],
    [["7,052", "900"], { thousands: "," }, [7052, 900]],
    [["12,34,567", "5"], { thousands: "," }, [1234567, 5]],
    [["1 234", "12"], { thousands: " " }, [1234, 12]],
    [["1\u202f234,5", "12"], { decimal: ",", thousands: " " }, [1234.5, 12]],
    [["1’234", "12"], { thousands: "'" }, [1234, 12]],
    [["1.250.000", "3.500"], { decimal: ",", thousands: "." }, [1250000, 3500]],
    [["1,5", "2,75"], { decimal: "," }, [1.5, 2.75]],
    // No thousands begin with 0.
    [["0,475", "2,273"], { decimal: "," }, [0.475, 2.273]],
    [["(120)", "35", "(1)"], { parentheses: true }, [-120, 35, -1]],
    [["($1,200.50)", "$3.00"], { thousands: ",", unit: "$", parentheses: true }, [-1200.5, 3]],
    [["50 kg", "60 KG", "70 Kg"], { unit: "kg" }, [50, 60, 70]],
    [["1 year", "2 years", "3 years"], { unit: "years" }, [1, 2, 3]],
    [["680,15 EUR", "1,00 EUR"], { decimal: ",", unit: "EUR" }, [680.15, 1]],
    [["5$", "6$"], { unit: "$", unitBefore: false }, [5, 6]],
    [["1.5K", "0.3M", "900"], { multiples: true }, [1500, 300_000, 900]],
    [["1.5k", "900"], { multiples: true }, [1500, 900]],
    [["€110.5M", "€565K", "€0"], { unit: "€", multiples: true }, [110.5e6, 565e3, 0]],
    [["1.5B", "300M"], { multiples: true }, [1.5e9, 3e8]],
    [["10,000+", "500+"], { thousands: ",", unit: "+" }, [10_000, 500]],
    [[">4.0", ">5.5"], { unit: ">", unitBefore: true }, [4, 5.5]],
    [["12:30", "7:05"], { time: "0:00" }, [750, 425]],
    [["12:30 PM", "7:05 am"], { time: "0:00" }, [750, 425]],
    [["12:30\u202fPM", "7:05\u202fAM"], { time: "0:00" }, [750, 425]],
    [["3h\u00a043m", "43m"], { time: "duration" }, [13_380, 2580]],
    [["1:02:03", "0:00:10"], { time: "0:00:00" }, [3723, 10]],
    [["3h 43m", "43m", "1h"], { time: "duration" }, [13_380, 2580, 3600]],
    [["45 min", "2 hours"], { time: "duration" }, [2700, 7200]],
    [["1 year", "3 months", "2 weeks"], { time: "duration" }, [31_557_600, 7_889_400, 1_209_600]],
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
    ["1.2.3"],
    ["1/2"],
    ["10-20"],
    ["+41 44 123 45 67"],
    ["(5"],
    ["$5 kg"],
    ["25:70"],
    ["16:9"],
    ["red"],
    [""],
  ])("is none where texts are none: %s", (...texts) => {
    expect(found(texts)).toBeUndefined();
    expect(notationOf(texts[0])).toBeUndefined();
  });

  test("is that of most texts; others are not read", () => {
    const { format, read } = found(["12 kg", "7 kg", "5 lb", "3"])!;
    expect(format).toEqual({ unit: "kg" });
    expect(["12 kg", "5 lb", "3", "0"].map(read)).toEqual([12, Number.NaN, Number.NaN, 0]);
    expect(["5 lb", "5", ">4 mg", "5-", "12:30"].map(notationOf)).toEqual(["lb", "", "> mg", "", "0:00"]);
  });

  test("is none of factors where letters may be something else", () => {
    // Places of a train, metres beside plain numbers, kelvins behind a space.
    expect(found(["3B", "5M", "7T"])!.format).toEqual({ unit: "B" });
    expect(found(["5m", "6m", "7"])!.format).toEqual({ unit: "m" });
    expect(found(["300 K", "310 K", "7"])!.format).toEqual({ unit: "K" });
    expect(found(["300K", "310K"])!.format).toEqual({ unit: "K" });
    // House numbers.
    const houses = ["1", "2", "3", "4", "5", "12a", "12b", "12k"];
    expect(found(houses)!.format).toEqual({});
    expect(["12b", "12k"].map(found(houses)!.read)).toEqual([Number.NaN, Number.NaN]);
    expect(found(["1.5K", "2M", "3x"])!.format).toEqual({ multiples: true });
  });

  test("is none for scores of games", () => {
    const scores = Array.from({ length: 24 }, (_, index) => `31:${15 + index}`);
    expect(found(scores)).toBeUndefined();
    expect(found([...scores, "31:05"])!.format).toEqual({ time: "0:00" });
  });

  test("is none for addresses of computers, unless some are greater", () => {
    expect(found(["192.168.100.101", "192.168.100.102"])).toBeUndefined();
    expect(found(["192.168.100.101", "900.000.000.000"])!.format).toEqual({ decimal: ",", thousands: "." });
  });

  test("takes a minus behind numbers from ten different numbers on, unless some have one before", () => {
    const texts = Array.from({ length: 12 }, (_, index) => `${index}.15${index % 3 ? "" : "-"}`);
    const { format, read } = found(texts)!;
    expect(format).toEqual({ trailingMinus: true });
    expect(texts.slice(0, 4).map(read)).toEqual([-0.15, 1.15, 2.15, -3.15]);
    expect(found([...texts, "-7"])!.format).toEqual({});
    const years = Array.from({ length: 20 }, (_, index) => `${2000 + index}${index % 3 ? "" : "-"}`);
    expect(found(years)!.format).toEqual({});
    expect(found([...years, "850-"])!.format).toEqual({ trailingMinus: true });
    // Grades.
    expect(found(["1", "1-", "2", "2-", "3"])!.format).toEqual({});
  });
});
