import { describe, expect, expectTypeOf, test } from "vitest";
import { type DatePart, datePart, encodeRecords, parseCsv } from "../../src/data/index.ts";

const parts: DatePart[] = ["year", "month", "day", "weekday", "hour", "minute", "second"];
const partsOf = (text: string) => parts.map((part) => datePart(text, part));

test.each([
  ["2012-04-21 04:30:42 UTC", [2012, 4, 21, 5, 4, 30, 42]],
  ["2009-06-15 17:26:21.0000001", [2009, 6, 15, 0, 17, 26, 21]],
  ["2015-01-27T13:08:24.0000002Z", [2015, 1, 27, 1, 13, 8, 24]],
  ["2024-02-29T23:59:59.999+02:00", [2024, 2, 29, 3, 23, 59, 59]],
  ["1969-12-31T00:00-1130", [1969, 12, 31, 2, 0, 0, 0]],
  ["0001-01-01 00:00 GMT", [1, 1, 1, 0, 0, 0, 0]],
  ["0099-12-31 12:00Z", [99, 12, 31, 3, 12, 0, 0]],
])("%s has the parts %j", (text, expected) => expect(partsOf(text)).toEqual(expected));

test("days count from 1970, with the time of day as their fraction", () => {
  const texts = ["1970-01-01", "1970-01-02 06:00", "1969-12-31T12:00:00Z", "2012-04-21", "1970-01-01 00:00:00.675"];
  expect([...datePart(texts, "days")]).toEqual([0, 1.25, -0.5, 15_451, 0.0000078125]);
});

test("weekday and days go on by one from day to day, 1899 to 2101, and agree with the calendar of Date", () => {
  const first = Date.UTC(1899, 0, 1) / 86_400_000;
  for (let days = first; days < first + 203 * 365; days += 1) {
    const date = new Date(days * 86_400_000);
    const text = date.toISOString().slice(0, 10);
    if (datePart(text, "days") !== days || datePart(text, "weekday") !== (date.getUTCDay() + 6) % 7) expect.fail(text);
  }
});

test("the machine's time zone does not matter", () => {
  const before = process.env.TZ;
  try {
    for (const zone of ["UTC", "America/New_York", "Pacific/Kiritimati"]) {
      process.env.TZ = zone;
      // 02:30 does not exist in New York on that day.
      expect(partsOf("2021-03-14 02:30:00")).toEqual([2021, 3, 14, 6, 2, 30, 0]);
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test("of a column, each row has its part, and NaN where it is missing", () => {
  const { records } = parseCsv("when,fare\n2012-04-21 04:30:42 UTC,5\nNA,6\n2012-04-23 05:00:00 UTC,7\n");
  const hours = datePart(
    records.map(({ when }) => when),
    "hour",
  );
  expectTypeOf(hours).toEqualTypeOf<Float64Array<ArrayBuffer>>();
  expect(hours).toEqual(Float64Array.of(4, Number.NaN, 5));
  expect(encodeRecords({ hours }).apply({ hours: Float64Array.of(4.5) })).toEqual(Float64Array.of(0));
  expect(datePart([], "hour")).toEqual(new Float64Array(0));
  expect(datePart(["", " ", ...new Array<string>(1)], "hour")).toEqual(new Float64Array(3).fill(Number.NaN));
});

describe("refuses", () => {
  const need = 'need a date such as "2012-04-21" or "2012-04-21 04:30:42 UTC"';

  test.each([
    ["", "21.04.2012", "2012-4-21", "2012-04", " 2012-04-21", "2012-04-21\n", "2012-04-21 UTC", "2012-04-21 04"],
    ["2012-00-10", "2012-13-01", "2012-04-00", "2012-04-31", "2023-02-29", "1900-02-29"],
    ["2012-04-21 24:00", "2012-04-21 12:60", "2012-04-21 12:30:60", "2012-04-21 12:30 CET", "2012-04-21 12:30:4"],
  ])("%s, %s and others: none of them is a date", (...texts) => {
    for (const text of texts) expect(() => datePart(text, "day"), text).toThrow(RangeError);
  });

  test("a text that is no date, by row", () => {
    expect(() => datePart("soon", "day")).toThrow(new RangeError(`datePart: got "soon", ${need}`));
    const column = ["2012-04-21", null, "soon"];
    expect(() => datePart(column, "day")).toThrow(new RangeError(`datePart, row 2: got "soon", ${need}`));
    expect(() => datePart([20120421], "day")).toThrow(new RangeError(`datePart, row 0: got 20120421, ${need}`));
  });

  test("a date without a time where a part of the time is asked for", () => {
    expect(() => datePart(["2012-04-21 04:30", "2012-04-21"], "hour")).toThrow(
      new RangeError('datePart, row 1: got "2012-04-21", need a time of day for its hour'),
    );
  });

  test("what is no text, and parts that there are not", () => {
    expect(() => datePart(5 as never, "day")).toThrow(
      new TypeError("datePart: got 5, need a text, or an array of texts"),
    );
    expect(() => datePart("2012-04-21", "weekDay" as DatePart)).toThrow(
      new RangeError(
        'datePart part: got "weekDay", need one of year, month, day, dayOfYear, weekday, hour, minute, second, days; ' +
          'did you mean "weekday"?',
      ),
    );
    expect(() => datePart("2012-04-21", "toString" as DatePart)).toThrow("datePart part");
  });
});
