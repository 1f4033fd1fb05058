import { describe, expect, test } from "vitest";
import { valuesOf } from "../../src/kernels/dtype.ts";
import { copyRows, countRows, type FlatRows, isFlat, type Rows } from "../../src/topology/rows.ts";
import { dtypes } from "../kernels/scratch.ts";

const flatTypes = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
];

test("9 kinds of typed arrays are flat, and nothing else is", () => {
  for (const type of flatTypes) expect(isFlat(new type(2)), type.name).toBe(true);
  const others = [[1, 2], new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), BigInt64Array.of(1n), "12", null];
  for (const other of others) expect(isFlat(other)).toBe(false);
});

describe("countRows", () => {
  test.each<[string, Rows]>([
    [
      "nested arrays",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ["nested typed arrays", [new Float64Array(3), new Int8Array(3)]],
    ["a flat typed array", new Uint16Array(6)],
  ])("counts 2 rows of 3 in %s", (_, rows) => {
    expect(countRows("rows", rows, 3)).toBe(2);
  });

  test.each<[string, unknown, string]>([
    ["no rows", [], "rows: got no rows, need at least one of 3 numbers"],
    ["no numbers", new Float32Array(0), "rows: got no numbers, need at least one row of 3"],
    ["half a row at the end", new Float32Array(7), "rows: got 7 numbers, need whole rows of 3"],
    [
      "a short row",
      [
        [1, 2, 3],
        [4, 5],
      ],
      "rows: got 2 numbers in row 1, need 3",
    ],
    ["a long row", [[1, 2, 3, 4]], "rows: got 4 numbers in row 0, need 3"],
    ["an empty row", [[]], "rows: got 0 numbers in row 0, need 3"],
    ["a short typed array among arrays", [[1, 2, 3], new Float32Array(2)], "rows: got 2 numbers in row 1, need 3"],
  ])("refuses %s as a RangeError", (_, rows, message) => {
    expect(() => countRows("rows", rows as Rows, 3)).toThrow(RangeError);
    expect(() => countRows("rows", rows as Rows, 3)).toThrow(message);
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "rows: got undefined, need rows of 3 numbers"],
    ["a number", 3, "rows: got 3, need rows of 3 numbers"],
    ["text", "abc", 'rows: got "abc", need rows of 3 numbers'],
    ["an object", { length: 2 }, "rows: got an object, need rows of 3 numbers"],
    ["64-bit integers", BigInt64Array.of(1n, 2n, 3n), "rows: got a BigInt64Array, need rows of 3 numbers"],
    ["a plain list", [1, 2, 3], "rows: got 1 for row 0, need 3 numbers"],
    ["text as a row", [[1, 2, 3], "abc"], 'rows: got "abc" for row 1, need 3 numbers'],
    ["null as a row", [null], "rows: got null for row 0, need 3 numbers"],
    ["a hole", new Array(1), "rows: got undefined for row 0, need 3 numbers"],
  ])("refuses %s as a TypeError", (_, rows, message) => {
    expect(() => countRows("rows", rows as Rows, 3)).toThrow(TypeError);
    expect(() => countRows("rows", rows as Rows, 3)).toThrow(message);
  });
});

describe.each(dtypes)("copyRows to %s", (dtype) => {
  const forms: [string, Rows][] = [
    [
      "nested arrays",
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    ],
    ["nested typed arrays", [Int8Array.of(1, 2), Float64Array.of(3, 4), [5, 6], Uint32Array.of(7, 8)]],
    ...flatTypes.map((type): [string, FlatRows] => [type.name, type.of(1, 2, 3, 4, 5, 6, 7, 8)]),
  ];

  test.each(forms)("rows 1 and 2 of 4 go to the start, and no further: %s", (_, rows) => {
    const destination = valuesOf(dtype, 6);
    copyRows("rows", rows, destination, { from: 1, count: 2, width: 2, validate: true });
    expect(Array.from(destination)).toEqual([3, 4, 5, 6, 0, 0]);
  });

  test.each(forms)("all rows from the first, if none is said: %s", (_, rows) => {
    const destination = valuesOf(dtype, 8);
    copyRows("rows", rows, destination, { count: 4, width: 2, validate: true });
    expect(Array.from(destination)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];

  test.each<[string, Rows, string]>([
    [
      "NaN",
      [
        [0, 0],
        [1, 2],
        [3, nan],
      ],
      "rows: got NaN at row 2, column 1, need a finite number",
    ],
    [
      "infinity",
      [
        [0, 0],
        [infinity, 2],
        [3, 4],
      ],
      "rows: got Infinity at row 1, column 0, need a finite number",
    ],
    ["NaN in a flat array", Float32Array.of(0, 0, 1, nan, 3, 4), "rows: got NaN at row 1, column 1, need a finite"],
  ])(
    "refuses %s with row and column, counted from the first row given; not unless it validates",
    (_, rows, message) => {
      const copy = { from: 1, count: 2, width: 2 };
      expect(() => copyRows("rows", rows, valuesOf(dtype, 4), { ...copy, validate: true })).toThrow(RangeError);
      expect(() => copyRows("rows", rows, valuesOf(dtype, 4), { ...copy, validate: true })).toThrow(message);
      const destination = valuesOf(dtype, 4);
      copyRows("rows", rows, destination, { ...copy, validate: false });
      expect(Array.from(destination).filter((value) => Number.isFinite(value)).length).toBe(3);
    },
  );

  test.each([
    ["text", "3"],
    ["null", null],
    ["a 64-bit integer", 3n],
    ["an array", [3]],
  ])("refuses %s as a number, validating or not", (_, value) => {
    for (const validate of [true, false]) {
      const copy = () =>
        copyRows(
          "rows",
          [
            [1, 2],
            [value as unknown as number, 4],
          ],
          valuesOf(dtype, 4),
          { count: 2, width: 2, validate },
        );
      expect(copy).toThrow(TypeError);
      expect(copy).toThrow(/^rows: got .+ at row 1, column 0, need a number$/);
    }
  });
});

test("1e39 is refused where it becomes infinite, in float32, and taken in float64", () => {
  const copy = { count: 1, width: 1, validate: true };
  expect(() => copyRows("rows", [[1e39]], new Float32Array(1), copy)).toThrow(
    "got 1e+39 at row 0, column 0, need a number in the range of float32",
  );
  expect(() => copyRows("rows", [[1e39]], new Float64Array(1), copy)).not.toThrow();
});
