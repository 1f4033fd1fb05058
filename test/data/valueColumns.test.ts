import { describe, expect, test } from "vitest";
import {
  type EncodeRecordsOptions,
  encodeRecords,
  type RecordEncoding,
  type RecordEncodingJSON,
  type SeriesRecord,
  transformFromJSON,
} from "../../src/data/index.ts";

/** Asserts that an encoding is the same after a way through JSON, and returns its rows. */
function rowsOf(encoding: RecordEncoding, records: readonly SeriesRecord[]): number[][] {
  const json = JSON.parse(JSON.stringify(encoding.toJSON())) as RecordEncodingJSON;
  const rows = encoding.apply(records);
  expect(transformFromJSON(json).apply(records)).toEqual(rows);
  return rows;
}

describe("a column of numbers with a notation", () => {
  const table = { price: ["$1,000", "$3,000", null, "$5,000"], z: [1, 2, 3, 4] };
  const options = { numbers: { price: { unit: "$", thousands: "," } } } as const;

  test("reads texts and numbers alike", () => {
    const encoding = encodeRecords(table, options);
    expect(encoding.toJSON().columns[0]).toMatchObject({ kind: "number", fill: 3000, offset: 3000 });
    const rows = rowsOf(encoding, [
      { price: "$5,000", z: 1 },
      { price: 5000, z: 1 },
      { price: " $ 5,000.00 ", z: 1 },
      { price: "", z: 1 },
      { price: 3000, z: 1 },
    ]);
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
    expect(rows[4]).toEqual(rows[3]);
    expect(rows[0]).not.toEqual(rows[3]);
  });

  test("reads a mark of a missing value as text and as number", () => {
    const encoding = encodeRecords(table, { ...options, missing: { price: [-999, "?"] } });
    const [expected] = rowsOf(encoding, [{ price: null, z: 1 }]);
    for (const price of [-999, "-999", "-999.0", "$-999", "?", " ? "]) {
      expect(rowsOf(encoding, [{ price, z: 1 }])[0]).toEqual(expected);
    }
  });

  test("refuses other texts, with the row", () => {
    const encoding = encodeRecords(table, options);
    expect(() => encoding.apply([{ price: 1 }, { price: "cheap" }])).toThrow(
      new TypeError(
        'encodeRecords, column "price": got "cheap" at row 1, need a finite number, or null where it is missing',
      ),
    );
    expect(() => encodeRecords(table)).not.toThrow();
    expect(() => encodeRecords(table, { numbers: { price: { thousands: "x" } } } as never)).toThrow(
      'encodeRecords, column "price", format: got thousands "x", need one of',
    );
  });
});

describe("a column of dates", () => {
  const days = ["4.3.2021", "5.3.2021 14:00", null, "2022-12-31"];

  test("becomes the parts that differ, each standardized", () => {
    const encoding = encodeRecords({ day: days }, { dates: { day: { order: "day-month-year" } } });
    expect(encoding.features).toEqual(["day.year", "day.month", "day.weekday", "day.dayOfYear", "day.hour"]);
    const [json] = encoding.toJSON().columns;
    expect(json).toMatchObject({ kind: "date", order: "day-month-year" });
    const [year, month, weekday, dayOfYear, hour] = rowsOf(encoding, [{ day: "31.12.2022 00:00" }])[0].map(
      (value, index) => {
        const { offset, divisor } = (json as { parts: { offset: number; divisor: number }[] }).parts[index];
        return value * divisor + offset;
      },
    );
    for (const [value, expected] of [
      [year, 2022],
      [month, 12],
      [weekday, 5],
      [dayOfYear, 365],
      [hour, 0],
    ]) {
      expect(value).toBeCloseTo(expected, 9);
    }
    const alone = encodeRecords({ day: ["2021-03-04", "2021-03-05"] }, { dates: { day: {} } });
    expect(alone.features).toEqual(["day.weekday", "day.dayOfYear"]);
  });

  test("has the parts asked for, and a place for missing ones", () => {
    const dates = { day: { order: "day-month-year", parts: ["days"] } } as const;
    const encoding = encodeRecords({ day: days }, { dates, missingColumns: 0.25 });
    expect(encoding.features).toEqual(["day.days", "day=(missing)"]);
    expect(rowsOf(encoding, [{ day: null }, { day: "4.3.2021" }]).map(([, missing]) => missing)).toEqual([1, 0]);
  });

  test("refuses what is no date, with an example", () => {
    const encoding = encodeRecords({ day: days }, { dates: { day: { order: "day-month-year" } } });
    expect(() => encoding.apply([{ day: "soon" }])).toThrow(
      new RangeError(
        'encodeRecords, column "day": got "soon" at row 0, need a date such as "4.3.2021", or null where it is missing',
      ),
    );
    expect(() => encoding.apply([{ day: 5 }])).toThrow(TypeError);
    for (const [options, message] of [
      [{ day: { order: "ymd" } }, 'order: got "ymd", need one of year-month-day'],
      [{ day: { parts: ["week"] } }, 'parts: got "week", need one of year'],
      [{ day: { parts: "year" } }, 'parts: got "year", need an array'],
      [{ day: { zone: 1 } }, 'option: got "zone"'],
      [{ date: {} }, 'encodeRecords dates: got "date", need day'],
    ] as const) {
      expect(() => encodeRecords({ day: days }, { dates: options } as EncodeRecordsOptions)).toThrow(message);
    }
  });
});

describe("missing numbers", () => {
  const x = [1, null, 3, 5];

  test("have a column of their own from the share asked for", () => {
    const of = (missingColumns: number) => encodeRecords({ x }, { missingColumns });
    expect(of(0.25).features).toEqual(["x", "x=(missing)"]);
    expect(of(0.26).features).toEqual(["x"]);
    expect(encodeRecords({ x }).features).toEqual(["x"]);
    expect(encodeRecords({ x: [1, 2] }, { missingColumns: 0 }).features).toEqual(["x"]);
    expect(rowsOf(of(0), [{ x: null }, {}, { x: 3 }])).toEqual([
      [0, 1],
      [0, 1],
      [0, 0],
    ]);
    expect([...of(0).apply({ x: Float64Array.of(Number.NaN, 3) })]).toEqual([0, 1, 0, 0]);
  });

  test.each([-1, "0.1", Number.NaN, null])("refuse the share %j", (missingColumns) => {
    const encode = () => encodeRecords({ x }, { missingColumns } as EncodeRecordsOptions);
    expect(encode).toThrow("encodeRecords missingColumns: got");
  });
});

test("categories may have options of their own", () => {
  const table = { a: ["x", "x", "y", null], b: ["x", "x", "y", null] };
  const encoding = encodeRecords(table, {
    minimumCount: 2,
    categories: { a: { minimumCount: 1, fill: "ownCategory" } },
  });
  expect(encoding.features).toEqual(["a=x", "a=y", "a=(missing)", "b=x", "b=(other)"]);
  expect(() => encodeRecords(table, { categories: { a: { fill: "none" } } } as never)).toThrow(
    'encodeRecords categories, column "a" fill of categories: got "none"',
  );
});

test("a category with spaces around it is the same category", () => {
  const encoding = encodeRecords({ a: ["x", "y"] });
  expect(encoding.apply([{ a: " y " }])).toEqual([[0, 1]]);
});

describe("the order of columns", () => {
  // An object has names that are whole numbers first.
  const table = { name: ["a", "b"], 2020: [1, 2], 2019: [3, 4] };

  test("is the one asked for, also where names are years", () => {
    expect(encodeRecords(table).features).toEqual(["2019", "2020", "name=a", "name=b"]);
    const encoding = encodeRecords(table, { columns: ["name", "2020", "2019"] });
    expect(encoding.features).toEqual(["name=a", "name=b", "2020", "2019"]);
    expect([...encoding.apply(table)].slice(0, 4)).toEqual([1, 0, -1, -1]);
  });

  test("leaves out what it does not name, and is checked", () => {
    const encoding = encodeRecords(table, { columns: ["2020"] });
    expect(encoding.features).toEqual(["2020"]);
    expect([...encoding.apply(table)]).toEqual([-1, 1]);
    for (const [columns, message] of [
      [["2021"], 'encodeRecords columns: got "2021", need one of'],
      [["2020", "2020"], 'encodeRecords: got "2020" twice in columns, need it once'],
      [[], "encodeRecords: got no columns, need at least one"],
      ["2020", 'encodeRecords columns: got "2020", need an array of names'],
    ] as const) {
      expect(() => encodeRecords(table, { columns } as EncodeRecordsOptions)).toThrow(message);
    }
    expect(() => encodeRecords(table, { columns: ["2020"], ignore: ["2020"] })).toThrow("in columns and in ignore");
  });
});

test("a damaged description is refused", () => {
  const { columns, ...head } = encodeRecords(
    { x: [1, null], day: ["2021-03-04", "2022-03-04"] },
    { missingColumns: 0, numbers: { x: {} }, dates: { day: {} } },
  ).toJSON();
  const [x, day] = columns as unknown as [Record<string, unknown>, { parts: Record<string, unknown>[] }];
  for (const [broken, message] of [
    [{ ...x, missingColumn: 1 }, "column 0, missingColumn: got 1, need true or false"],
    [{ ...x, format: { decimal: "x" } }, 'column 0, format: got decimal "x"'],
    [{ ...x, divisor: 0 }, "column 0: got divisor 0"],
    [{ ...x, kind: "time" }, 'column 0, kind: got "time", need one of number, encodeCategories, date, text,'],
    [{ ...day, order: 5 }, "column 0, order: got 5"],
    [{ ...day, parts: 5 }, "column 0, parts: got 5"],
    [{ ...day, parts: [null] }, "column 0, parts: got undefined"],
    [{ ...day, parts: [{ ...day.parts[0], divisor: 0 }] }, "column 0, year: got divisor 0"],
    [{ ...day, parts: [{ ...day.parts[0], fill: null }] }, "column 0, year, fill: got null"],
  ] as const) {
    expect(() => transformFromJSON({ ...head, columns: [broken] } as never)).toThrow(message);
  }
});
