import { describe, expect, test } from "vitest";
import { type Dataset, digits, iris } from "../../src/data/index.ts";

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const countOf = ({ classes, targets }: Dataset) =>
  classes.map((_, number) => targets.filter((target) => target === number).length);

// The expected numbers were computed from scikit-learn's own files.
describe("digits", () => {
  const { inputs, targets, classes, source } = digits();

  test("has 1797 rows of 64 whole numbers from 0 to 16, and ten classes", () => {
    expect([inputs.length, targets.length]).toEqual([1797, 1797]);
    expect(inputs.every((row) => row.length === 64)).toBe(true);
    expect(inputs.flat().every((pixel) => Number.isInteger(pixel) && pixel >= 0 && pixel <= 16)).toBe(true);
    expect(classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(countOf(digits())).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });

  test("has pixels that sum to 561718, and to 16337198609 when weighted by row and column from 1", () => {
    expect(sum(inputs.flat())).toBe(561718);
    expect(sum(inputs.map((row, i) => (i + 1) * sum(row.map((pixel, j) => (j + 1) * pixel))))).toBe(16337198609);
    expect([0, 1, 2, 1796].map((row) => sum(inputs[row]))).toEqual([294, 313, 344, 392]);
  });

  test("begins with a 0 and ends with an 8", () => {
    expect(targets.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(inputs[0].slice(0, 16)).toEqual([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
    expect(inputs[1796].slice(48)).toEqual([0, 8, 16, 10, 8, 16, 8, 0, 0, 1, 8, 12, 14, 12, 1, 0]);
    expect(targets[1796]).toBe(8);
  });

  test("says where it comes from, with the licence", () => expect(source).toMatch(/Alpaydin.*BSD-3-Clause/));
});

describe("iris", () => {
  const { inputs, targets, classes, source } = iris();

  test("has 150 rows of 4 lengths, 50 of each of three classes", () => {
    expect(inputs.length).toBe(150);
    expect(inputs.every((row) => row.length === 4)).toBe(true);
    expect(classes).toEqual(["setosa", "versicolor", "virginica"]);
    expect(countOf(iris())).toEqual([50, 50, 50]);
    expect(targets).toEqual(targets.toSorted());
  });

  test("has Fisher's numbers, those of rows 34 and 37 included, which UCI's copy has wrong", () => {
    expect([0, 34, 37, 149].map((row) => inputs[row])).toEqual([
      [5.1, 3.5, 1.4, 0.2],
      [4.9, 3.1, 1.5, 0.2],
      [4.9, 3.6, 1.4, 0.1],
      [5.9, 3, 5.1, 1.8],
    ]);
    const millimetres = [0, 1, 2, 3].map((column) => sum(inputs.map((row) => Math.round(row[column] * 10))));
    expect(millimetres).toEqual([8765, 4586, 5637, 1799]);
  });

  test("says where it comes from, with the licence", () => expect(source).toMatch(/Fisher.*BSD-3-Clause/));
});

test.each([
  ["digits", digits],
  ["iris", iris],
] as const)("%s is fresh at each call", (_, make) => {
  const first = make();
  first.inputs[0].fill(9);
  first.targets.fill(9);
  first.classes.length = 0;
  expect(make()).not.toEqual(first);
  expect(make()).toEqual(make());
});
