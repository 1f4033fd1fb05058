import { describe, expect, test } from "vitest";
import { type Columns, encodeRecords, type TableRecord } from "../../src/data/index.ts";

const records: TableRecord[] = [
  { mass: 1, island: "b", id: 7 },
  { mass: null, island: "a", id: 8 },
  { mass: 5, island: null, id: 9 },
];
const columns: Columns = {
  mass: Float64Array.of(1, Number.NaN, 5),
  island: ["b", "a", null],
  id: [7, 8, 9],
};

describe("a table by columns", () => {
  test("is encoded as the same table by records, to the bit, as rows one after the other", () => {
    const options = { ignore: ["id"] };
    const [byRecords, byColumns] = [encodeRecords(records, options), encodeRecords(columns, options)];
    expect(byColumns.toJSON()).toEqual(byRecords.toJSON());
    const rows = byColumns.apply(columns);
    expect(rows).toBeInstanceOf(Float64Array);
    expect([...rows]).toEqual(byRecords.apply(records).flat());
  });

  test("may be applied without rows, and without the columns that are ignored", () => {
    const encoding = encodeRecords(columns, { ignore: ["id"] });
    expect(encoding.apply({ island: [], mass: new Float64Array(0) })).toEqual(new Float64Array(0));
  });

  test.each<[object, string]>([
    [{}, "encodeRecords: got no columns, need at least one"],
    [{ a: new Float64Array(0) }, 'encodeRecords, column "a": got no value, need at least one'],
    [{ a: [1, 2], b: [1] }, 'encodeRecords, column "b": got 1 value, need 2'],
    [{ a: [1, 2], b: "text" }, 'encodeRecords, column "b": got "text", need an array, or a Float64Array of numbers'],
    [{ a: Float64Array.of(1, Infinity) }, 'encodeRecords, column "a": got Infinity at row 1, need a finite number'],
  ])("is refused as %j", (given, message) => {
    expect(() => encodeRecords(given as Columns)).toThrow(message);
  });

  test.each<[Columns, string]>([
    [{ id: [1] }, 'encodeRecords: got "id", need some of "mass", "island"'],
    [{ mass: [1], islands: ["a"] }, 'got "islands", need one of mass, island, id; did you mean "island"?'],
    [{ mass: [1, 2], island: ["a", "c"], id: [1, 2] }, 'column "island": got "c" at row 1, need one of "a", "b"'],
  ])("cannot be applied as %j", (given, message) => {
    expect(() => encodeRecords(columns, { ignore: ["id"] }).apply(given)).toThrow(message);
  });
});
