import { describe, expect, test } from "vitest";
import {
  digits,
  iris,
  minMaxScale,
  type Scale,
  type ScaleJSON,
  standardize,
  transformFromJSON,
} from "../../src/data/index.ts";

const rows = [
  [1, 2, 5],
  [3, 2, -1],
  [8, 2, 0.25],
];

function expectNear(actual: number[][], expected: readonly (readonly number[])[], tolerance = 1e-14): void {
  expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  const differences = actual.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j])));
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
}

const columns = (of: number[][]) => of[0].map((_, column) => of.map((row) => row[column]));
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("standardize", () => {
  test("gives what scikit-learn 1.2.1's StandardScaler gives, within 1e-14", () => {
    expectNear(standardize(rows).apply(rows), [
      [-1.0190493307301363, 0, 1.3863756424711962],
      [-0.3396831102433787, 0, -0.9349975263177837],
      [1.3587324409735149, 0, -0.4513781161534128],
    ]);
    const { inputs } = iris();
    const scale = standardize(inputs);
    const { kind, offsets, divisors } = scale.toJSON();
    expect(kind).toBe("standardize");
    expectNear([offsets], [[5.843333333333335, 3.057333333333334, 3.7580000000000027, 1.199333333333334]]);
    expectNear([divisors], [[0.8253012917851409, 0.43441096773549437, 1.7594040657753032, 0.7596926279021594]]);
    expectNear(
      [scale.apply(inputs)[0]],
      [[-0.9006811702978099, 1.0190043519716065, -1.3402265266227635, -1.3154442950077407]],
    );
  });

  test("gives the digits' columns mean 0 and deviation 1 within 1e-13, or 0 where a pixel is always the same", () => {
    const { inputs } = digits();
    const scaled = columns(standardize(inputs).apply(inputs));
    columns(inputs).forEach((column, index) => {
      const isConstant = new Set(column).size === 1;
      if (isConstant) {
        expect(new Set(scaled[index])).toEqual(new Set([0]));
        return;
      }
      expect(Math.abs(mean(scaled[index]))).toBeLessThan(1e-13);
      expect(Math.abs(mean(scaled[index].map((value) => value * value)) - 1)).toBeLessThan(1e-13);
    });
  });

  test("makes a constant column exactly 0, whatever the constant", () => {
    for (const constant of [0.1, 1 / 3, -1e300, 5e-324, 0]) {
      const constants = Array.from({ length: 7 }, () => [constant]);
      expect(standardize(constants).apply(constants)).toEqual(constants.map(() => [0]));
      expect(standardize(constants).toJSON()).toMatchObject({ offsets: [constant], divisors: [1] });
    }
  });
});

describe("minMaxScale", () => {
  test("brings the least of a column to 0 and the greatest to 1, exactly", () => {
    expectNear(minMaxScale(rows).apply(rows), [
      [0, 0, 1],
      [2 / 7, 0, 0],
      [1, 0, 1.25 / 6],
    ]);
    const { inputs } = iris();
    for (const column of columns(minMaxScale(inputs).apply(inputs))) {
      expect([Math.min(...column), Math.max(...column)]).toEqual([0, 1]);
    }
  });

  test("goes beyond 0 and 1 for rows it was not fitted to", () => {
    expect(minMaxScale([[0], [2]]).apply([[-1], [4]])).toEqual([[-0.5], [2]]);
  });

  test("makes a constant column 0", () => {
    expect(minMaxScale([[7], [7]]).apply([[7]])).toEqual([[0]]);
    expect(minMaxScale([[7], [7]]).invert([[0]])).toEqual([[7]]);
  });
});

describe.each<[ScaleJSON["kind"], (of: number[][]) => Scale]>([
  ["standardize", standardize],
  ["minMaxScale", minMaxScale],
])("%s", (kind, fitted) => {
  test("invert undoes apply within 1e-14", () => {
    for (const inputs of [rows, iris().inputs, digits().inputs]) {
      const scale = fitted(inputs);
      expectNear(scale.invert(scale.apply(inputs)), inputs);
    }
  });

  test("goes through JSON and does the same", () => {
    const scale = fitted(iris().inputs);
    const copy = transformFromJSON(JSON.parse(JSON.stringify(scale)));
    expect(copy.toJSON()).toEqual(scale.toJSON());
    expect(copy.apply(iris().inputs)).toEqual(scale.apply(iris().inputs));
    expect(copy.invert(rows.map((row) => [...row, 0]))).toEqual(scale.invert(rows.map((row) => [...row, 0])));
  });

  test("leaves its rows as they are, and is not changed through its JSON", () => {
    const given = structuredClone(rows);
    const scale = fitted(given);
    const expected = scale.apply(given);
    const json = scale.toJSON();
    json.offsets.fill(9);
    json.divisors.fill(9);
    expect(given).toEqual(rows);
    expect(scale.apply(given)).toEqual(expected);
  });

  test("takes rows that are typed arrays, and no rows at all once fitted", () => {
    const scale = fitted(rows);
    expect(scale.apply(rows.map((row) => Float64Array.from(row)))).toEqual(scale.apply(rows));
    expect(scale.apply([])).toEqual([]);
  });

  test("refuses what is no rows, by row and column", () => {
    expect(() => fitted([])).toThrow(new RangeError(`${kind}: got no rows, need at least one`));
    expect(() => fitted([[1], [Number.NaN]])).toThrow(`${kind}: got NaN at row 1, column 0, need a finite number`);
    const scale = fitted(rows);
    expect(() => scale.apply([[1, 2]])).toThrow(`${kind}: got 2 numbers at row 0, need 3`);
    expect(() => scale.invert([[1, 2, Number.POSITIVE_INFINITY]])).toThrow(`${kind}: got Infinity at row 0, column 2`);
  });

  test("refuses values whose result is infinite, by row and column", () => {
    const scale = standardize([[1], [2]]);
    expect(() => scale.apply([[1], [1e308]])).toThrow(
      "standardize: got 1e+308 at row 1, column 0, need a smaller size, because the result is infinite",
    );
    expect(() => minMaxScale([[0], [10]]).invert([[1e308]])).toThrow(
      "minMaxScale: got 1e+308 at row 0, column 0, need a smaller size, because the result is infinite",
    );
  });

  test("refuses columns whose spread is no finite number", () => {
    expect(() =>
      fitted([
        [0, 1.7e308],
        [0, -1.7e308],
      ]),
    ).toThrow(/^\w+, column 1: got a spread of \w+, need values less far/);
  });
});
