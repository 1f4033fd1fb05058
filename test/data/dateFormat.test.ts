import { describe, expect, test } from "vitest";
import { checkDateOrder, type DateOrder, daysIn, findDateOrder, momentIn } from "../../src/data/dateFormat.ts";

const found = (...texts: string[]) => findDateOrder(texts.map((text) => [text, 1]));

describe("a date", () => {
  test.each<[string, DateOrder, [number, number, number], [number, number, number]?]>([
    ["2021-03-04", "year-month-day", [2021, 3, 4]],
    ["2021/3/4 7:05", "year-month-day", [2021, 3, 4], [7, 5, 0]],
    ["2021.03.04", "day-month-year", [2021, 3, 4]],
    ["2024-01-31T00:00:00.000Z", "month-day-year", [2024, 1, 31], [0, 0, 0]],
    ["4.3.2021", "day-month-year", [2021, 3, 4]],
    ["4/3/21 3:05 PM", "month-day-year", [2021, 4, 3], [15, 5, 0]],
    ["4-3-68 12:00:09 a.m.", "day-month-year", [2068, 3, 4], [0, 0, 9]],
    ["4-3-69", "day-month-year", [1969, 3, 4]],
    ["21-Apr-2012", "year-month-day", [2012, 4, 21]],
    ["21. April 2012", "day-month-year", [2012, 4, 21]],
    ["Apr 3, 2013, 12:30 pm", "year-month-day", [2013, 4, 3], [12, 30, 0]],
    ["2012-04-21 04:30:42 +02:00", "year-month-day", [2012, 4, 21], [4, 30, 42]],
  ])("%s as %s", (text, order, [year, month, day], time) => {
    const [hour, minute, second] = time ?? [];
    expect(momentIn(text, order)).toMatchObject({ year, month, day });
    expect(momentIn(text, order)!.time).toEqual(time && { hour, minute, second });
  });

  test.each([
    "2021-02-30",
    "31/31/2020",
    "12:30",
    "192.168.1.1",
    "May 5",
    "20210304",
    "2021-3/4",
    "4.3.2021 25:00",
    "12 Foo 2012",
    "",
  ])("is not %j", (text) => {
    for (const order of ["year-month-day", "day-month-year", "month-day-year"] as const) {
      expect(momentIn(text, order)).toBeUndefined();
    }
  });
});

describe("the order of a column", () => {
  test("is the one that suits most dates", () => {
    expect(found("2020-01-05", "x")).toEqual({ order: "year-month-day", isAmbiguous: false });
    expect(found("31.12.2020", "5.1.2021")).toEqual({ order: "day-month-year", isAmbiguous: false });
    expect(found("12/31/2020", "5/1/2021")).toEqual({ order: "month-day-year", isAmbiguous: false });
    expect(found("31/12/2020", "5/1/2021")).toEqual({ order: "day-month-year", isAmbiguous: false });
  });

  test("is a guess where no day is after the 12th", () => {
    expect(found("1/2/2020")).toEqual({ order: "month-day-year", isAmbiguous: true });
    expect(found("1.2.2020")).toEqual({ order: "day-month-year", isAmbiguous: true });
  });

  test("is none without dates", () => expect(found("a", "5", "12:30")).toBeUndefined());

  test("is checked", () => {
    expect(() => checkDateOrder("x", "ymd" as DateOrder)).toThrow('x, order: got "ymd", need one of year-month-day');
  });
});

test("the days of a date have its time as a fraction", () => {
  expect(daysIn("2/1/1970 6:00 PM", "month-day-year")).toBe(31.75);
  expect(daysIn("1969-12-31", "year-month-day")).toBe(-1);
  expect(daysIn("yesterday", "year-month-day")).toBeUndefined();
});
