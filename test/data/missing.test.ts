import { expect, test } from "vitest";
import { encodeCategories, encodeRecords } from "../../src/data/index.ts";
import { clearMissing, isMissingValue } from "../../src/data/missing.ts";

test("null, NaN, undefined and texts of white space alone are missing; 0, false and a text of a mark are not", () => {
  expect([null, Number.NaN, undefined, "", " ", "\t\n\u00a0"].filter((value) => !isMissingValue(value))).toEqual([]);
  expect([0, false, "NA", "null", "0", [], {}].filter(isMissingValue)).toEqual([]);
});

test("a column has null for each, and for its marks; numbers have NaN", () => {
  expect(clearMissing(["a", "", undefined, "?", 7, true, " a "], ["?", 7, "true"])).toEqual([
    "a",
    null,
    null,
    null,
    null,
    null,
    " a ",
  ]);
  expect(clearMissing([1, Number.NaN])).toEqual([1, null]);
  const whole = ["a", null, 0];
  expect(clearMissing(whole, ["?"])).toBe(whole);
  const numbers = Float64Array.of(1, -1, Number.NaN);
  expect(clearMissing(numbers, ["-1"])).toBe(numbers);
  expect(clearMissing(numbers, ["?", -1])).toEqual(Float64Array.of(1, Number.NaN, Number.NaN));
});

const gaps = [null, undefined, "", "  "];
/** Records, and the same by columns, whose second row has a gap in each column. */
const tables = gaps.flatMap((gap) => {
  const rows = [
    { n: 1, c: "a", t: "one word" },
    { n: gap, c: gap, t: gap },
    { n: 3, c: "b", t: "two words" },
    { n: 8, c: "b", t: "three words" },
  ];
  const columns = { n: rows.map(({ n }) => n), c: rows.map(({ c }) => c), t: rows.map(({ t }) => t) };
  return [rows, rows.map((row, index) => (index === 1 ? {} : row)), columns] as const;
});

test("every kind of gap is fitted and applied alike in numbers, categories and texts, by records and by columns", () => {
  const [expected, ...others] = tables.map((table) => encodeRecords(table as never, { texts: { t: { length: 3 } } }));
  expect(expected.features).toEqual(["n", "c=a", "c=b"]);
  for (const encoding of others) expect(encoding.toJSON()).toEqual(expected.toJSON());
  const [numbers, texts] = expected.apply([{}]) as unknown as number[][][];
  // The median of the numbers, the most frequent category, and zeros for a text.
  const filled = expected.apply([{ n: 3, c: "b", t: null }]);
  expect([numbers, texts]).toEqual(filled);
  for (const table of [{ n: [""] }, { c: [null] }, { t: [" "] }, { n: [Number.NaN], t: [undefined] }]) {
    const [row, words] = expected.apply(table as never) as unknown as [Float64Array, Float64Array];
    expect([[...row], [...words]]).toEqual([numbers[0], texts[0]]);
  }
});

test("an empty text is no category of encodeCategories", () => {
  const encoding = encodeCategories(["a", "", "b", "b", " "], { fill: "ownCategory" });
  expect(encoding.features).toEqual(["a", "b", "(missing)"]);
  expect(encoding.apply(["", null, "a"])).toEqual([
    [0, 0, 1],
    [0, 0, 1],
    [1, 0, 0],
  ]);
});
