import { expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { columnRemarks, remarksOn } from "../../src/cli/remarks.ts";

const head = { missing: 0 };
const column = (name: string, kind: TableColumn["kind"], values: TableColumn["values"]) => ({
  ...head,
  name,
  kind,
  values,
});
const decided = (column: TableColumn, isUsed = true, isText = false) => ({
  column,
  isUsed,
  isText,
  why: "",
  minimumCount: 2,
});

test("numbers far from others are named, with the option that takes them for missing ones", () => {
  expect(remarksOn(column("my age", "number", Float64Array.of(1, 20, 40, -999, -999)))).toEqual([
    `"my age": -999 (2 rows) is far from all others, 1 to 40; if it stands for a missing value, use --missing 'my age=-999'`,
  ]);
  expect(remarksOn(column("x", "number", Float64Array.of(1, 2, 3, 998, 999)))).toEqual([
    `"x": 998 (1 row) and 999 (1 row) are far from all others, 1 to 3; if they stand for a missing value, use --missing x=998,x=999`,
  ]);
});

test("categories that are alike are named, and dates whose order is a guess", () => {
  expect(remarksOn(column("c", "category", ["a", "A", null, "b"]))).toEqual([
    '"c": some categories differ only by case or spaces: "a" (1 row) and "A" (1 row)',
  ]);
  const dates = { order: "month-day-year", isAmbiguous: true } as const;
  const day = { ...column("d", "date", [null, "1/2/2020"]), dates };
  expect(remarksOn(day)).toEqual([
    '"d": dates such as "1/2/2020" are read as month-day-year, but no day is after the 12th; 2024-01-31 can be read in one way only',
  ]);
  expect(remarksOn({ ...day, dates: { ...dates, isAmbiguous: false } })).toEqual([]);
});

test("columns that are not used, or that are texts, have no remark", () => {
  const alike = column("c", "category", ["a", "A"]);
  expect(columnRemarks([decided(alike, false), decided(alike, true, true)])).toEqual([]);
  expect(columnRemarks([decided(alike)])).toHaveLength(1);
});
