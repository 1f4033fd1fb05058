import { describe, expect, test } from "vitest";
import {
  concatenate,
  dense,
  embedding,
  flatten,
  input,
  Network,
  permute,
  reshape,
  slice,
  split,
  Trainer,
  type Value,
} from "../../src/index.ts";
import { tokenCounts } from "../../src/topology/tokens.ts";
import { parameterBits } from "../training/problem.ts";

/** The tokens among the numbers of the only input of a network. */
function countsOf(first: Value, last: Value): number[] | undefined {
  const { engine } = new Network({ inputs: first, outputs: dense(1)(flatten()(last)) });
  const counts = tokenCounts(engine, first);
  return counts && [...counts];
}

describe("the tokens of an input are", () => {
  const table = (count: number) => embedding(count, 2);

  test("all of its numbers, if an embedding reads it", () => {
    const first = input([2, 3]);
    expect(countsOf(first, table(7)(first))).toEqual([7, 7, 7, 7, 7, 7]);
  });

  test("none, if none does", () => {
    const first = input([2, 3]);
    expect(countsOf(first, dense(2)(first))).toBeUndefined();
  });

  test("those that its rearrangements lead to an embedding", () => {
    const first = input([2, 3]);
    const [left, right] = split([1, 2])(first);
    const some = reshape(2)(left);
    expect(countsOf(first, concatenate(flatten()(table(7)(some)), flatten()(right)))).toEqual([7, 0, 0, 7, 0, 0]);
    const turned = slice(1, 1, 2)(permute([1, 0])(first));
    expect(countsOf(first, table(5)(turned))).toEqual([0, 0, 0, 5, 5, 5]);
  });

  test("as many as the smallest of the tables that a number leads to has", () => {
    const first = input(3);
    const parts = [table(9)(first), table(4)(slice(0, 0, 2)(first)), table(6)(slice(0, 1, 3)(first))];
    expect(countsOf(first, concatenate(parts.map((part) => flatten()(part))))).toEqual([4, 4, 6]);
  });

  test("of each input its own", () => {
    const [first, second, third] = [input(2), input(1), input(2)];
    const parts = [table(3)(first), table(8)(second)].map((part) => flatten()(part));
    const outputs = dense(1)(concatenate(...parts, third));
    const { engine } = new Network({ inputs: [first, second, third], outputs });
    const all = engine.graph.inputs.map((each) => tokenCounts(engine, each));
    expect(all.map((counts) => counts && [...counts])).toEqual([[3, 3], [8], undefined]);
  });
});

/** One of the features is a token, the second of each step. */
function mixed(): Network {
  const first = input([2, 2]);
  const [number, token] = split([1, 1])(first);
  const rows = embedding(10, 3)(reshape(2)(token));
  return new Network({ inputs: first, outputs: dense(1)(flatten()(concatenate(number, rows))) });
}

describe("what is no token is refused by row and column, before anything changes:", () => {
  const good = [
    [0.5, 1, -0.5, 9],
    [0.5, 0, -0.5, 3],
  ];
  const targets = [[1], [2]];
  const bad = (value: number) => good.map((row, index) => (index === 1 ? row.with(3, value) : row));
  const batches = [{ inputs: good, targets }];

  const calls: [string, (network: Network, rows: number[][]) => unknown, string][] = [
    ["predict", (network, rows) => network.predict(rows), "predict"],
    ["predict of a typed array", (network, rows) => network.predict(Float32Array.from(rows.flat())), "predict"],
    ["predict of doubles", (network, rows) => network.predict(Float64Array.from(rows.flat())), "predict"],
    ["predict that does not validate", (network, rows) => network.predict(rows, { validate: false }), "predict"],
    ["step", (network, rows) => trainer(network).step(rows, targets), "step: inputs"],
    [
      "step that does not validate",
      (network, rows) => trainer(network, { validate: false }).step(rows, targets),
      "step: inputs",
    ],
    ["gradients", (network, rows) => trainer(network).gradients(rows, targets), "gradients: inputs"],
    ["evaluate", (network, rows) => trainer(network).evaluate(rows, targets), "evaluate: inputs"],
    ["fit", (network, rows) => trainer(network).fit(rows, targets, { epochs: 1 }), "fit: inputs"],
    ["epochs", (network, rows) => [...trainer(network).epochs(rows, targets, { epochs: 1 })], "epochs: inputs"],
    ["fitFor", (network, rows) => trainer(network).fitFor(10, rows, targets), "fitFor: inputs"],
    [
      "fitBatches",
      (network, rows) => trainer(network).fitBatches([{ inputs: rows, targets }]),
      "fitBatches: batch 1 of epoch 1: inputs",
    ],
    [
      "validation",
      (network, rows) => trainer(network).fitBatches(batches, { validation: { inputs: rows, targets } }),
      "fitBatches: validation: inputs",
    ],
  ];
  const trainer = (network: Network, options = {}) => new Trainer(network, { loss: "meanSquaredError", ...options });

  test.each(calls)("%s", async (_, call, who) => {
    const network = mixed();
    const before = parameterBits(network);
    for (const value of [10, -1, 1.5, Number.NaN, Infinity, 2 ** 40]) {
      const got = `got ${value} at row 1, column 3`;
      const refusal = Promise.resolve().then(() => call(network, bad(value)));
      await expect(refusal).rejects.toThrow(new RangeError(`${who}: ${got}, need a whole number from 0 to 9`));
    }
    expect(parameterBits(network)).toBe(before);
    await call(network, good);
  });

  test("nested examples, by their place", () => {
    const nested = (rows: number[][]) =>
      rows.map(([a, b, c, d]) => [
        [a, b],
        [c, d],
      ]);
    expect(() => mixed().predict(nested(bad(10)))).toThrow(
      new RangeError("predict: got 10 at row 1, place [1, 1], need a whole number from 0 to 9"),
    );
    expect(mixed().predict(nested(good))).toEqual(mixed().predict(good));
  });

  test("rows far behind the first, which are run apart", () => {
    const rows = Array.from({ length: 300 }, (_, row) => (row === 290 ? bad(10)[1] : good[0]));
    for (const form of [rows, Float32Array.from(rows.flat())]) {
      expect(() => mixed().predict(form as number[][])).toThrow("got 10 at row 290, column 3");
    }
  });

  test("integers, of every type of array", () => {
    const network = new Network({ inputs: 2, layers: [embedding(200, 2), flatten()] });
    for (const Type of [Uint8Array, Int16Array, Int32Array, Uint32Array]) {
      expect(network.predict(Type.of(3, 199))).toEqual(network.predict(Float32Array.of(3, 199)));
      expect(() => network.predict(Type.of(3, 200))).toThrow("got 200 at row 0, column 1");
    }
    expect(() => network.predict(Int32Array.of(2 ** 30, 0))).toThrow("got 1073741824 at row 0, column 0");
  });
});
