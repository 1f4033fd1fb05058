import { describe, expect, test } from "vitest";
import { checkGradients, dense, input, Network, slice, Trainer } from "../../../src/index.ts";
import { sliceKind } from "../../../src/topology/layers/slice.ts";
import { randomRows } from "../../training/problem.ts";

/** What `slice` takes of a nested value. */
function taken(value: unknown, side: number, start: number, end: number): unknown {
  const list = value as unknown[];
  return side === 0 ? list.slice(start, end) : list.map((part) => taken(part, side - 1, start, end));
}

const cube = Array.from({ length: 4 }, (_, i) =>
  Array.from({ length: 3 }, (__, j) => Array.from({ length: 5 }, (___, k) => 100 * i + 10 * j + k)),
);

const slices: [number, number, number][] = [
  [0, 0, 1],
  [0, 1, 3],
  [0, 0, 4],
  [1, 2, 3],
  [1, 0, 2],
  [2, 0, 1],
  [2, 1, 4],
  [2, 4, 5],
];

describe("slice", () => {
  test.each(slices)("takes of side %i the places %i to %i, the last not among them", (side, start, end) => {
    const network = new Network({ inputs: [4, 3, 5], layers: [slice(side, start, end)] });
    expect(network.layers[0].outputShape).toEqual([4, 3, 5].with(side, end - start));
    expect(network.predict(cube)).toEqual(taken(cube, side, start, end));
    expect(network.predict([cube, cube])).toEqual([cube, cube].map((each) => taken(each, side, start, end)));
    expect(network.layers[0].preactivation).toHaveLength(2 * network.outputs);
  });

  test.each(slices)("of side %i, %i to %i: gradients differ from central differences by less than 1e-7", (...range) => {
    const first = input([4, 3, 2]);
    const outputs = dense(2)(slice(...range)(dense(5, { activation: "tanh" })(first)));
    const network = new Network({ inputs: first, outputs, dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    // Twice, as what a pass leaves in the memory must not show in the next.
    for (const seed of [1, 2]) {
      const { worst } = checkGradients(trainer, randomRows(3, 24, seed), randomRows(3, network.outputs, 3));
      expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
    }
  });

  test("goes through a file, with its range", () => {
    const network = new Network({ inputs: [4, 2], layers: [slice(0, 1, 3), dense(2)] });
    const copy = Network.fromBytes(network.toBytes());
    const row = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(copy.summary()).toBe(network.summary());
    expect(copy.predict(row)).toEqual(network.predict(row));
    expect(sliceKind.title(slice(0, 1, 3))).toBe("slice 1 to 3 of side 0");
  });

  test.each<[string, () => unknown, string]>([
    ["a negative side", () => slice(-1, 0, 1), "slice: side: got -1, need a whole number from 0 to 31"],
    ["a negative start", () => slice(0, -1, 1), "slice: start: got -1, need a whole number from 0"],
    ["an empty range", () => slice(0, 2, 2), "slice: end: got 2, need a whole number from 3"],
    ["no end", () => slice(0, 2, undefined as never), "slice: end: got undefined, need a whole number from 3"],
    [
      "a side that is not there",
      () => slice(2, 0, 1)(input([4, 3])),
      "slice: got side 2 of a value [4, 3], need a side from 0 to 1",
    ],
    [
      "an end behind the last",
      () => slice(1, 0, 4)(input([4, 3])),
      "slice: got end 4 on side 1 of a value [4, 3], need one of at most 3",
    ],
    ["an unknown option", () => slice(0, 0, 1, { x: 1 } as never), 'slice option: got "x", need name'],
    ["two values", () => slice(0, 0, 1)(input(1), input(1)), "slice: got 2 values, need 1"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
