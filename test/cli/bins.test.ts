import { describe, expect, test } from "vitest";
import { type Bin, binsName, binsOf, setBins } from "../../src/cli/bins.ts";
import { concatenate, dense, input, Network, pcg32 } from "../../src/index.ts";

/** Returns rows of features, given by columns. */
const rowsOf = (...columns: readonly (readonly number[])[]) =>
  Float64Array.from(columns[0].flatMap((_, row) => columns.map((column) => column[row])));
const count = 101;
const numbers = Array.from({ length: count }, (_, row) => (row - 50) / 25);

describe("bins", () => {
  test("have equally many rows, and the last of one is the first of the next", () => {
    const squares = numbers.map((value) => (value + 2) ** 2);
    expect(binsOf(rowsOf(numbers, squares), 2, 4)).toEqual(
      [numbers, squares].flatMap((values, feature) =>
        [0, 25, 50, 75].map((place) => ({ feature, from: values[place], to: values[place + 25] })),
      ),
    );
  });

  test("do not depend on the order of the rows", () => {
    const shuffled = pcg32(1).shuffle([...numbers]);
    expect(binsOf(Float64Array.from(shuffled), 1, 7)).toEqual(binsOf(Float64Array.from(numbers), 1, 7));
  });

  test("are none for features of fewer than 6 values, and none of no width", () => {
    const five = numbers.map((_, row) => row % 5);
    const six = numbers.map((_, row) => row % 6);
    // Nine of ten values are the same.
    const rare = numbers.map((value, row) => (row % 10 === 0 ? value : -3));
    const bins = binsOf(rowsOf(five, six, rare), 3, 10);
    expect(new Set(bins.map(({ feature }) => feature))).toEqual(new Set([1, 2]));
    expect(bins.every(({ from, to }) => to > from)).toBe(true);
    expect(binsOf(rowsOf(five), 1, 10)).toEqual([]);
  });

  test("are at most 192 in all, and none if a feature would have only one, or if none are wanted", () => {
    const columns = (width: number) => Array.from({ length: width }, () => numbers);
    expect(binsOf(rowsOf(...columns(40)), 40, 12)).toHaveLength(160);
    expect(binsOf(rowsOf(...columns(100)), 100, 12)).toEqual([]);
    expect(binsOf(Float64Array.from(numbers), 1, 0)).toEqual([]);
    expect(binsOf(Float64Array.from(numbers), 1, 1)).toEqual([]);
  });

  test("are none for a feature whose quantiles coincide, which takes none from the others", () => {
    // 95 of 101 values are the same, and so are all quantiles but the last.
    const zeros = numbers.map((_, row) => (row % 20 === 0 ? row + 1 : 0));
    const sparse = Array.from({ length: 100 }, () => zeros);
    expect(binsOf(rowsOf(zeros), 1, 12)).toEqual([]);
    expect(binsOf(rowsOf(numbers, ...sparse), 101, 12)).toEqual(binsOf(rowsOf(numbers), 1, 12));
    // With fewer bins for each feature, the quantiles of those that are mostly zeros coincide, too: the others have them all.
    const half = numbers.map((value, row) => (row % 7 === 0 ? value : -3));
    const many = [...Array.from({ length: 24 }, () => numbers), ...Array.from({ length: 24 }, () => half)];
    const bins = binsOf(rowsOf(...many), 48, 12);
    expect(bins).toHaveLength(24 * 8);
    expect(bins.every(({ feature }) => feature < 24)).toBe(true);
  });

  test("of a long table are those of some of its rows", () => {
    const long = Float64Array.from({ length: 100_000 }, (_, row) => row / 1000);
    for (const { from, to } of binsOf(long, 1, 10)) expect(to - from).toBeCloseTo(10, 1);
  });
});

describe("the layer of bins", () => {
  const bins: readonly Bin[] = [
    { feature: 0, from: -1, to: 0.5 },
    { feature: 1, from: 0, to: 0.001 },
    { feature: 0, from: 0.5, to: 2 },
  ];
  const row = input(2);
  const layer = dense(bins.length, { activation: "hardSigmoid", trainable: false, name: binsName });
  const network = new Network({ inputs: row, outputs: concatenate(row, layer(row)), dtype: "float64" });
  setBins(network, bins);

  test("says how far a number reaches into each: 0 below it, 1 above it, and the share within", () => {
    const said = (x: number, y: number) => Array.from(network.predict([x, y]) as unknown as number[]).slice(2);
    for (const [given, wanted] of [
      [
        [-5, -1],
        [0, 0, 0],
      ],
      [
        [-0.25, 0.0005],
        [0.5, 0.5, 0],
      ],
      [
        [0.5, 0.001],
        [1, 1, 0],
      ],
      [
        [1.25, 7],
        [1, 1, 0.5],
      ],
      [
        [9, 0.00025],
        [1, 0.25, 1],
      ],
    ]) {
      said(given[0], given[1]).forEach((value, index) => {
        expect(value).toBeCloseTo(wanted[index], 10);
      });
    }
  });
});
