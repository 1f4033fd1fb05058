import { describe, expect, test } from "vitest";
import { valuesOf } from "../../src/kernels/dtype.ts";
import { copyCounted, countBatch, countNested, nestedOf } from "../../src/topology/nesting.ts";
import { dtypes } from "../kernels/scratch.ts";

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];
const rows = [
  [1, 2, 3, 4, 5, 6],
  [7, 8, 9, 10, 11, 12],
];
const shape = [2, 3];
const cube = [matrix, matrix, matrix, matrix];

describe("countNested", () => {
  test.each<[string, unknown, number[], object]>([
    ["a list of numbers is one flat example", rows[0], shape, { rows: 1, isSingle: true, nesting: undefined }],
    ["rows of all numbers are flat rows", rows, shape, { rows: 2, isSingle: false, nesting: undefined }],
    ["a typed array is whole rows", new Int8Array(12), shape, { rows: 2, isSingle: false, nesting: undefined }],
    [
      "typed arrays are flat rows",
      [new Int8Array(6), rows[0]],
      shape,
      { rows: 2, isSingle: false, nesting: undefined },
    ],
    ["two levels are one example of two sides", matrix, shape, { rows: 1, isSingle: true, nesting: shape }],
    ["three levels are a batch of those", cube, shape, { rows: 4, isSingle: false, nesting: shape }],
    [
      "typed arrays may be innermost",
      [[new Int8Array(3), [1, 2, 3]]],
      shape,
      { rows: 1, isSingle: false, nesting: shape },
    ],
    ["three levels are one example of three sides", cube, [4, 2, 3], { rows: 1, isSingle: true, nesting: [4, 2, 3] }],
    [
      "of three sides, too, rows of all numbers are flat",
      rows,
      [1, 2, 3],
      { rows: 2, isSingle: false, nesting: undefined },
    ],
    ["of [1, n], two levels are flat rows", matrix, [1, 3], { rows: 2, isSingle: false, nesting: undefined }],
    ["of [1, n], three levels are a batch", [[[1, 2, 3]]], [1, 3], { rows: 1, isSingle: false, nesting: [1, 3] }],
    ["of [n, 1], two levels are one example", [[1], [2]], [2, 1], { rows: 1, isSingle: true, nesting: [2, 1] }],
    ["of one side, two levels are flat rows", matrix, [3], { rows: 2, isSingle: false, nesting: undefined }],
  ])("%s", (_, data, given, expected) => expect(countNested("who", data, given)).toMatchObject(expected));

  const itself: unknown[] = [];
  itself.push(itself);

  test.each<[string, unknown, number[], string]>([
    ["no rows", [], shape, "who: got no rows, need at least one of 6 numbers"],
    [
      "no numbers",
      [[]],
      shape,
      "who: got 1 row, the first of 0 numbers, need rows of 6 numbers, or examples nested as [2, 3]",
    ],
    ["a short flat example", [1, 2], shape, "who: got 2 numbers in row 0, need 6"],
    [
      "rows of another width",
      [
        [1, 2],
        [3, 4],
      ],
      shape,
      "who: got 2 rows, the first of 2 numbers, need rows of 6 numbers, or examples",
    ],
    [
      "rows for three sides",
      [[1, 2]],
      [1, 2, 3],
      "who: got rows of 2 numbers, need rows of 6 numbers, or examples nested as [1, 2, 3]",
    ],
    ["a second row of another width", [rows[0], [1]], shape, "who: got 1 number in row 1, need 6"],
    [
      "four levels for two sides",
      [cube],
      shape,
      "who: got arrays nested 4 deep, need rows of 6 numbers, or examples nested as [2, 3]",
    ],
    ["an array that holds itself", itself, shape, "who: got arrays nested 4 deep, need rows of 6"],
    [
      "a ragged example",
      [
        [1, 2, 3],
        [4, 5],
      ],
      shape,
      "who: got 2 at row 0, place [1], need 3 numbers, as the shape [2, 3] has",
    ],
    [
      "an example with a part too many",
      [matrix, [...matrix, [7, 8, 9]]],
      shape,
      "who: got 3 at row 1, need 2 arrays, as the shape [2, 3] has",
    ],
    ["numbers where arrays belong", [matrix, [1, 2]], shape, "who: got 1 at row 1, place [0], need 3 numbers"],
    ["text in the middle", [matrix, ["abc", [1, 2, 3]]], shape, 'who: got "abc" at row 1, place [0], need 3 numbers'],
    ["null for an example", [matrix, null], shape, "who: got null at row 1, need 2 arrays"],
    [
      "a typed array that is not innermost",
      [matrix, new Int8Array(6)],
      shape,
      "who: got an Int8Array at row 1, need 2 arrays",
    ],
  ])("refuses %s", (_, data, given, message) => expect(() => countNested("who", data, given)).toThrow(message));
});

describe("countBatch", () => {
  test("takes what is a batch", () => {
    expect(countBatch("who", rows, shape).rows).toBe(2);
    expect(countBatch("who", cube, shape).rows).toBe(4);
  });

  test.each<[string, unknown, string]>([
    ["one nested example", matrix, "who: got one example nested as [2, 3], need a batch: an array of examples"],
    ["one flat example", rows[0], "who: got 1 for row 0, need 6 numbers"],
    ["text", "abc", 'who: got "abc", need rows of 6 numbers'],
  ])("refuses %s", (_, data, message) => expect(() => countBatch("who", data, shape)).toThrow(message));
});

describe.each(dtypes)("copyCounted to %s", (dtype) => {
  test("copies nested examples from the first that is asked for", () => {
    const data = [matrix, [new Float64Array(3), Int8Array.of(7, 8, 9)], matrix];
    const destination = valuesOf(dtype, 14);
    copyCounted("who", { data, nesting: shape }, destination, { from: 1, count: 2, width: 6, validate: true });
    expect(Array.from(destination)).toEqual([0, 0, 0, 7, 8, 9, 1, 2, 3, 4, 5, 6, 0, 0]);
  });

  test("refuses what is no number or not finite with row and place", () => {
    const copy = { count: 2, width: 6, validate: true };
    const spoilt = (value: unknown) => [
      matrix,
      [
        [1, 2, 3],
        [4, value as number, 6],
      ],
    ];
    const act = (value: unknown) => () =>
      copyCounted("who", { data: spoilt(value), nesting: shape }, valuesOf(dtype, 12), copy);
    expect(act("5")).toThrow(new TypeError('who: got "5" at row 1, place [1, 1], need a number'));
    expect(act([5])).toThrow(new TypeError("who: got an array of 1 at row 1, place [1, 1], need a number"));
    expect(act(Number.NaN)).toThrow(new RangeError("who: got NaN at row 1, place [1, 1], need a finite number"));
  });
});

test("nestedOf nests numbers as the shape is", () => {
  const values = Float64Array.from({ length: 7 }, (_, index) => index);
  expect(nestedOf(values, [2, 3], 1)).toEqual(matrix);
  expect(nestedOf(values, [7])).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
