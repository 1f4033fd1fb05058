import { expect, expectTypeOf, test } from "vitest";
import { type Columns, filterRows, type RowRule, type TableRecord } from "../../src/data/index.ts";

const records = [
  { fare: 5, where: "JFK" },
  { fare: -1, where: null },
  { fare: null, where: "JFK" },
  { fare: 200, where: "LGA" },
  { fare: 7, where: "LGA" },
];
const columns = {
  fare: Float64Array.from(records, ({ fare }) => fare ?? Number.NaN),
  where: records.map(({ where }) => where),
};
const rules: Record<string, RowRule> = {
  "nothing missing": (row) => Object.values(row).every((value) => value !== null),
  "fare up to 100": ({ fare }) => (fare as number) <= 100,
  "any place": ({ where }) => typeof where === "string",
};

test("keeps rows that keep all rules, and counts a row for the first rule that it breaks", () => {
  const taken = { "nothing missing": 2, "fare up to 100": 1, "any place": 0 };
  const given = structuredClone(records);
  const filtered = filterRows(given, rules);
  expectTypeOf(filtered.kept).toEqualTypeOf<TableRecord[]>();
  expect(filtered).toEqual({ kept: [records[0], records[4]], taken });
  expect(filtered.kept[0]).toBe(given[0]);
  expect(given).toEqual(records);

  const byColumns = filterRows(columns, rules);
  expectTypeOf(byColumns.kept).toEqualTypeOf<Columns>();
  expect(byColumns).toEqual({ kept: { fare: Float64Array.of(5, 7), where: ["JFK", "LGA"] }, taken });
});

test("of no rules, or no rows, nothing is taken", () => {
  expect(filterRows(records, {})).toEqual({ kept: records, taken: {} });
  expect(filterRows([], rules).kept).toEqual([]);
  expect(filterRows({ fare: new Float64Array(0) }, { all: () => false })).toEqual({
    kept: { fare: new Float64Array(0) },
    taken: { all: 0 },
  });
  expect(filterRows(columns, { all: () => false }).taken).toEqual({ all: 5 });
});

test("columns and rules may be called __proto__", () => {
  const { kept, taken } = filterRows(Object.fromEntries([["__proto__", Float64Array.of(1, 2)]]), {
    ["__proto__"]: (row) => Object.values(row)[0] === 2,
  });
  expect(Object.entries(kept)).toEqual([["__proto__", Float64Array.of(2)]]);
  expect(Object.entries(taken)).toEqual([["__proto__", 1]]);
});

test.each<[unknown, unknown, string]>([
  [7, {}, "filterRows: got 7, need an array of records, or columns"],
  [[1], rules, "filterRows: got 1 at row 0, need an object with a value for each column"],
  [{ a: 1 }, {}, 'filterRows, column "a": got 1, need an array, or a Float64Array of numbers'],
  [records, [], "filterRows rules: got an array of 0, need an object of functions by name"],
  [records, { low: 1 }, 'filterRows, rule "low": got 1, need a function of a row'],
  [records, { low: () => undefined }, 'filterRows, rule "low": got undefined for row 0, need true or false'],
])("refuses %j with %j", (table, given, message) => {
  expect(() => filterRows(table as never, given as never)).toThrow(new TypeError(message));
});

test("refuses columns that differ in length", () => {
  expect(() => filterRows({ a: [null], b: [] }, {})).toThrow(RangeError);
});
