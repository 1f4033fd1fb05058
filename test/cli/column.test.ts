import { describe, expect, test } from "vitest";
import { type ColumnOptions, GrowingColumn, numbersOf } from "../../src/cli/column.ts";

const defaults: ColumnOptions = {
  delimiter: ",",
  marks: new Set(["", "?"]),
  isCategory: false,
  keepsTexts: false,
  isIgnored: false,
};

function read(texts: readonly string[], options: Partial<ColumnOptions> = {}) {
  const column = new GrowingColumn("x", { ...defaults, ...options });
  texts.forEach((text, row) => {
    column.put(row, text, row + 2);
  });
  return column.finish();
}
const times = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, i) => make(i));

describe("a column", () => {
  test("of plain numbers has them, and counts the texts that mean a missing one", () => {
    expect(read(["1", "?", "2.5", "", "?"])).toEqual({
      column: {
        name: "x",
        kind: "number",
        values: Float64Array.of(1, Number.NaN, 2.5, Number.NaN, Number.NaN),
        missing: 3,
        gaps: new Map([
          ["", 1],
          ["?", 2],
        ]),
      },
    });
  });

  test.each([10, 3000])("of %i numbers in another notation has them, too", (count) => {
    const { column, strays } = read(times(count, (index) => (index % 7 ? `$${index + 1000}.50` : "?")));
    expect(strays).toBeUndefined();
    expect(column).toMatchObject({ kind: "number", format: { unit: "$" } });
    expect([...column.values].slice(0, 3)).toEqual([Number.NaN, 1001.5, 1002.5]);
    expect(column.values[count - 2]).toBe(count + 998.5);
  });

  test.each([40, 3000])(
    "of %i numbers with points between thousands has them, though each is a plain number",
    (count) => {
      const texts = times(count, (index) => (index % 9 ? `${1 + (index % 99)}.${100 + Math.floor(index / 4)}` : "907"));
      const { column } = read(texts);
      expect(column).toMatchObject({ kind: "number", format: { decimal: ",", thousands: "." } });
      expect([...column.values].slice(0, 3)).toEqual([907, 2100, 3100]);
    },
  );

  test("of dates keeps their texts, and knows their order", () => {
    const { column } = read(["13.1.2020", "", "2.1.2020"]);
    expect(column).toMatchObject({
      kind: "date",
      values: ["13.1.2020", null, "2.1.2020"],
      dates: { order: "day-month-year", isAmbiguous: false },
    });
  });

  test.each([40, 3000])("of %i numbers has strays, wherever they stand", (count) => {
    for (const places of [
      [0, 5],
      [count - 2, count - 1],
    ]) {
      const { strays } = read(times(count, (index) => (places.includes(index) ? "unknown" : String(index / 7))));
      const [line] = places;
      expect(strays).toEqual({
        name: "x",
        kind: "number",
        strays: [{ text: "unknown", rows: 2, line: line + 2 }],
        others: count - 2,
      });
    }
  });

  test("with too many strays says so at once, unless it is ignored", () => {
    for (const isIgnored of [false, true]) {
      const column = new GrowingColumn("x", { ...defaults, isIgnored });
      let fits = true;
      for (let row = 0; row < 2000 && fits; row++) fits = column.put(row, row < 1500 ? `${row}` : `k${row}`, row + 2);
      expect(fits).toBe(isIgnored);
      expect(column.finish().strays === undefined).toBe(isIgnored);
    }
  });

  test("of codes is one of categories: zeros in front, or more digits than a number holds", () => {
    expect(read(["007", "12"]).column).toMatchObject({ kind: "category", values: ["007", "12"] });
    const long = times(2000, (index) => String(4611686018427387905n + BigInt(index)));
    expect(read(long).column).toMatchObject({ kind: "category", values: long });
    // Thousands of codes with zeros in front are read as numbers, as post codes of a country say where.
    expect(read(times(2000, (index) => String(index).padStart(5, "0"))).column.kind).toBe("number");
  });

  test("keeps the texts of numbers if asked to, as long as they are few", () => {
    expect(read(["1.0", "?", "1.10"], { keepsTexts: true }).column.texts).toEqual(["1.0", null, "1.10"]);
    expect(read(["$1", "$2"], { keepsTexts: true }).column.texts).toEqual(["$1", "$2"]);
    expect(read(times(2000, String), { keepsTexts: true }).column.texts).toBeUndefined();
  });

  test.each([10, 3000])("of %i numbers lacks those that a mark means in another spelling", (count) => {
    const marks = new Set(["", "-999"]);
    for (const [missing, unit] of [
      ["-999.0", ""],
      ["-999 kg", " kg"],
    ]) {
      const texts = times(count, (index) => (index % 5 === 0 ? missing : `${index + 0.5}${unit}`));
      const { column, strays } = read(texts, { marks, keepsTexts: true });
      expect(strays).toBeUndefined();
      expect(column).toMatchObject({ kind: "number", missing: count / 5, gaps: new Map([["-999", count / 5]]) });
      expect(Array.from(column.values as Float64Array).slice(4, 7)).toEqual([4.5, Number.NaN, 6.5]);
    }
    expect(read(["-999.0", "a", "b"], { marks }).column.values).toEqual(["-999.0", "a", "b"]);
  });

  test("of categories is one, whatever it looks like", () => {
    const { column } = read(["1", "2020-01-01", "?"], { isCategory: true });
    expect(column).toMatchObject({ kind: "category", values: ["1", "2020-01-01", null] });
  });

  test("may have rows written again, as a sample does", () => {
    const column = new GrowingColumn("x", defaults);
    for (const [row, text] of [
      [0, "?"],
      [1, "5"],
      [0, "7"],
      [1, ""],
      [2, "8"],
    ] as const)
      column.put(row, text, 2);
    expect(column.finish().column).toMatchObject({
      values: Float64Array.of(7, Number.NaN, 8),
      gaps: new Map([["", 1]]),
    });
  });
});

test("texts become numbers, NaN where one is missing", () => {
  expect(numbersOf(["5", null, "x"], (text) => (text === "x" ? Number.NaN : Number(text)))).toEqual(
    Float64Array.of(5, Number.NaN, Number.NaN),
  );
});
