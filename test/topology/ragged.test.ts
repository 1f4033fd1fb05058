import { expect, test } from "vitest";
import { checkLengths, copyRagged, countRagged, raggedOf, spreadRagged } from "../../src/topology/ragged.ts";

const shape = [3, 2];
const nested = [
  [[1, 2]],
  [
    [3, 4],
    [5, 6],
    [7, 8],
  ],
];
const rows = Float64Array.of(1, 2, 0, 0, 0, 0, 3, 4, 5, 6, 7, 8);
const packed = [1, 2, 3, 4, 5, 6, 7, 8];

test("nested sequences and rows with lengths are counted alike, and copied one after the other", () => {
  for (const [data, lengths] of [[nested], [rows, [1, 3]]] as const) {
    const counted = countRagged("predict", data, shape, lengths);
    expect([counted.rows, counted.isSingle, [...counted.lengths!]]).toEqual([2, false, [1, 3]]);
    const destination = new Float64Array(8);
    const copy = { count: 2, width: 6, validate: true };
    copyRagged("predict", counted, counted.lengths!, destination, copy, shape);
    expect([...destination]).toEqual(packed);
    const second = new Float64Array(6);
    copyRagged("predict", counted, counted.lengths!, second, { ...copy, from: 1, count: 1 }, shape);
    expect([...second]).toEqual(packed.slice(2));
  }
});

test("one sequence, and one of tokens", () => {
  expect(countRagged("predict", nested[1], shape)).toMatchObject({ rows: 1, isSingle: true, data: [nested[1]] });
  expect(countRagged("predict", [4, 5], [3])).toMatchObject({ rows: 1, isSingle: true, lengths: Uint32Array.of(2) });
  expect(countRagged("predict", [[4, 5], [6]], [3])).toMatchObject({ rows: 2, isSingle: false });
  expect(countRagged("predict", [Uint8Array.of(4, 5), [6]], [3]).lengths).toEqual(Uint32Array.of(2, 1));
});

test("they come back nested, or as rows with what was behind them", () => {
  const lengths = Uint32Array.of(1, 3);
  expect(raggedOf(rows, lengths, shape)).toEqual(nested);
  const spread = new Float64Array(12).fill(9);
  spreadRagged(Float64Array.from(packed), lengths, 0, 2, 6, spread);
  expect([...spread]).toEqual([1, 2, 9, 9, 9, 9, 3, 4, 5, 6, 7, 8]);
});

test("lengths are refused by row", () => {
  expect([...checkLengths("run", undefined, 2, 3)]).toEqual([3, 3]);
  expect(() => checkLengths("run", [1, 4], 2, 3)).toThrow(
    "run: got length 4 for row 1, need a whole number from 1 to 3",
  );
  expect(() => checkLengths("run", 3 as never, 2, 3)).toThrow("run: got lengths 3, need an array of one for each row");
  expect(() => countRagged("fit", [[[1, 2]], "ab"], shape)).toThrow(
    'fit: got "ab" for row 1, need an array of 1 to 3 steps',
  );
  expect(() => countRagged("fit", [], shape)).toThrow("fit: got no rows, need one example nested as [3, 2]");
});
