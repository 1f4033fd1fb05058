import { describe, expect, test } from "vitest";
import {
  encodeCategories,
  encodeRecords,
  impute,
  minMaxScale,
  standardize,
  type Transform,
  type TransformJSON,
  transformFromJSON,
} from "../../src/data/index.ts";

const read = transformFromJSON as (json: unknown) => Transform;
const rows = [
  [1, 2, 5],
  [3, 2, -1],
  [8, 2, 0.25],
];
const records = [
  { mass: 3750, island: "Torgersen", sex: "male", id: 1 },
  { mass: null, island: "Biscoe", sex: null, id: 2 },
  { mass: 5000, island: "Biscoe", sex: "female", id: 3 },
];
const scale = standardize(rows).toJSON();
const imputation = impute(rows).toJSON();
const encoding = encodeCategories(["a", "b", null], { fill: "ownCategory", minimumCount: 1 }).toJSON();
const table = encodeRecords(records, { ignore: ["id"] }).toJSON();

describe("transformFromJSON gives back", () => {
  test.each<[string, Transform, unknown]>([
    ["standardize", standardize(rows), rows],
    ["minMaxScale", minMaxScale(rows), rows],
    ["impute", impute(rows), [[null, 1, Number.NaN]]],
    ["encodeCategories", encodeCategories(["a", "b", null]), ["b", null, "a"]],
    ["encodeCategories", encodeCategories(["a", "b", "a"], { minimumCount: 2 }), ["b", null, "c"]],
    ["encodeRecords", encodeRecords(records), records],
  ])("%s, which does the same and is not changed through its JSON", (kind, transform, inputs) => {
    const apply = ({ apply }: Transform, self: Transform) =>
      (apply as (inputs: unknown) => number[][]).call(self, inputs);
    const text = JSON.stringify(transform);
    const copy = read(JSON.parse(text));
    expect(copy.toJSON()).toEqual(transform.toJSON());
    expect(copy.toJSON().kind).toBe(kind);
    const expected = apply(transform, transform);
    expect(apply(copy, copy)).toEqual(expected);
    spoil(transform.toJSON());
    expect(JSON.stringify(transform)).toBe(text);
    expect(apply(transform, transform)).toEqual(expected);
  });
});

/** Overwrites whatever can be within plain data. */
function spoil(json: object): void {
  for (const [name, value] of Object.entries(json)) {
    if (typeof value === "object" && value !== null) spoil(value);
    else Object.assign(json, { [name]: 9 });
  }
}

describe("transformFromJSON refuses", () => {
  const [mass, island] = table.columns;
  test.each<[unknown, string]>([
    [
      { ...scale, kind: "standardise" },
      'need one of standardize, minMaxScale, impute, encodeCategories, encodeRecords, vocabulary; did you mean "standardize"?',
    ],
    [{ ...scale, kind: undefined }, "got undefined, need one of standardize, minMaxScale"],
    [{ ...scale, divisors: [1, 2] }, "transformFromJSON, divisors: got 2 numbers at row 0, need 3"],
    [{ ...scale, divisors: [1, 0, 1] }, "got divisor 0 in column 1, need another number"],
    [{ ...scale, divisors: [1, -0, 1] }, "got divisor 0 in column 1, need another number"],
    [{ ...scale, offsets: [1, null, 1] }, "transformFromJSON, offsets: got null at row 0, column 1"],
    [{ ...scale, offsets: [], divisors: [] }, "need at least one column"],
    [{ ...imputation, values: [1, null] }, "transformFromJSON, values: got null at row 0, column 1"],
    [{ ...imputation, values: [] }, "need at least one column"],
    [{ ...encoding, categories: ["a", "b", "a"] }, 'transformFromJSON, categories: got "a" twice, need it once'],
    [{ ...encoding, categories: [] }, "got no categories, need at least one"],
    [{ ...encoding, fill: "c", others: "refused" }, 'transformFromJSON, fill: got "c", need one of '],
    [{ ...encoding, others: "zero" }, 'got "zero", need one of column, zeros, refused; did you mean "zeros"?'],
    [{ ...table, columns: [] }, "transformFromJSON: got no columns, need at least one"],
    [{ ...table, columns: [mass, mass] }, 'transformFromJSON: got column "mass" twice, need it once'],
    [{ ...table, ignored: ["mass"] }, 'transformFromJSON: got column "mass" twice, need it once'],
    [
      { ...table, columns: [{ ...mass, kind: "numbr" }] },
      'transformFromJSON, column 0, kind: got "numbr", need one of',
    ],
    [{ ...table, columns: [{ ...mass, fill: null }] }, "transformFromJSON, column 0, fill: got null, need a finite"],
    [{ ...table, columns: [{ ...mass, divisor: 0 }] }, "transformFromJSON, column 0: got divisor 0, need another"],
    [
      { ...table, columns: [mass, { ...island, others: 1 }] },
      "transformFromJSON, column 1, others: got 1, need one of",
    ],
  ])("%o", (value, message) => {
    expect(() => read(value)).toThrow(RangeError);
    expect(() => read(value)).toThrow(message);
  });

  test.each<unknown>([
    undefined,
    null,
    "{}",
    { ...scale, offsets: undefined },
    { ...imputation, values: undefined },
    { ...encoding, categories: undefined },
    { ...encoding, categories: ["a", 1] },
    { ...encoding, fill: undefined },
    { ...table, columns: undefined },
    { ...table, columns: [null] },
    { ...table, ignored: [3] },
    { ...table, columns: [{ ...table.columns[0], name: 3 }] },
  ])("%o by type", (value) => expect(() => read(value as TransformJSON)).toThrow(TypeError));
});
