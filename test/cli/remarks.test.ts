import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { columnRemarks, remarksOn } from "../../src/cli/remarks.ts";
import type { DateOrder } from "../../src/data/index.ts";

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

describe("dates far from others", () => {
  const days = (texts: (string | null)[], order: DateOrder = "year-month-day") =>
    remarksOn({ ...column("when", "date", texts), dates: { order, isAmbiguous: false } });
  const usual = Array.from({ length: 60 }, (_, index) => `${2019 + (index % 5)}-0${1 + (index % 9)}-11`);

  test("are named by their texts, with the option that takes them for missing ones", () => {
    expect(days([...usual, "9999-12-31", null, "9999-12-31"])).toEqual([
      `"when": 9999-12-31 (2 rows) is far from all others, 2019-01-11 to 2023-09-11; if it stands for a missing value, use --missing when=9999-12-31`,
    ]);
    expect(days(["1900-01-01", "2020-01-01", "2020-03-05", "2020-12-31"])).toEqual([
      expect.stringContaining("1900-01-01 (1 row) is far from all others, 2020-01-01 to 2020-12-31;"),
    ]);
  });

  test("are read in the order of the column, and each way of writing one is named", () => {
    expect(days(["01.02.2020", "31.12.2020", "5.6.2020", "31.12.9999", "31.12.9999 00:00"], "day-month-year")).toEqual([
      `"when": 31.12.9999 (1 row) and 31.12.9999 00:00 (1 row) are far from all others, 01.02.2020 to 31.12.2020; ` +
        `if they stand for a missing value, use --missing 'when=31.12.9999,when=31.12.9999 00:00'`,
    ]);
  });

  test("are none where dates go on, and days do not count from 1970", () => {
    expect(days(usual)).toEqual([]);
    expect(days(["2019-01-01", "2020-01-01", "2021-01-01", "2022-06-01"])).toEqual([]);
    expect(days(["1970-01-11", "1970-01-21", "1970-02-10", "1970-03-22"])).toHaveLength(1);
  });
});

test("columns that are not used, or that are texts, have no remark", () => {
  const alike = column("c", "category", ["a", "A"]);
  expect(columnRemarks([decided(alike, false), decided(alike, true, true)])).toEqual([]);
  expect(columnRemarks([decided(alike)])).toHaveLength(1);
});
