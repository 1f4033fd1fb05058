import { describe, expect, test } from "vitest";
import { add, dense, input, Network } from "../../src/index.ts";
import { examplesOf } from "../../src/topology/prediction.ts";
import { randomRows } from "../training/problem.ts";

/** Two inputs, three and two wide; two outputs, four and one wide. */
function twoByTwo(): Network {
  const [left, right] = [input(3), input(2)];
  const hidden = add(dense(4, { activation: "tanh" })(left), dense(4)(right));
  return new Network({ inputs: [left, right], outputs: [hidden, dense(1)(hidden)], dtype: "float64", seed: 2 });
}

describe("a network of two inputs and two outputs", () => {
  const network = twoByTwo();
  const [left, right] = [randomRows(300, 3, 1), randomRows(300, 2, 2)];
  const [first, second] = network.predict([left, right]) as number[][][];

  test("takes an array of the examples of each and gives one of the results of each", () => {
    expect([network.inputs, network.outputs]).toEqual([5, 5]);
    expect([first.length, first[0].length, second.length, second[0].length]).toEqual([300, 4, 300, 1]);
  });

  test("gives the same bits in every form, and for every row alone", () => {
    const flat = network.predict([
      Float64Array.from(left.flat()),
      Float64Array.from(right.flat()),
    ]) as unknown as Float64Array[];
    expect(flat.map((values) => Array.from(values))).toEqual([first.flat(), second.flat()]);
    for (const row of [0, 127, 128, 299]) {
      expect(network.predict([left[row], right[row]] as never)).toEqual([first[row], second[row]]);
    }
  });

  test("has views of each input and output", () => {
    network.input(2, 0).set(left.slice(0, 2).flat());
    network.input(2, 1).set(right.slice(0, 2).flat());
    network.run(2);
    expect(Array.from(network.output(2))).toEqual(first.slice(0, 2).flat());
    expect(Array.from(network.output(2, 1))).toEqual(second.slice(0, 2).flat());
    expect(() => network.input(2, 2)).toThrow("input: got index 2, need a whole number from 0 to 1");
    expect(() => network.output(2, 0.5)).toThrow("output: got index 0.5, need a whole number from 0 to 1");
  });

  test.each<[string, unknown, string]>([
    ["one for two", left, "predict: got an array of 300, need an array of 2: the examples of each input"],
    ["a flat array for two", new Float64Array(5), "predict: got a Float64Array, need an array of 2"],
    ["fewer rows of the second", [left, right.slice(1)], "predict: got 300 rows for input 0 and 299 for input 1"],
    ["rows of another width", [right, right], "predict: input 0: got 2 numbers in row 0, need 3"],
    ["NaN in the second", [left, right.with(7, [0, Number.NaN])], "predict: input 1: got NaN at row 7, column 1"],
    ["a number", [left, 3], "predict: got 3, need one example, rows of examples, or a typed array"],
  ])("refuses %s, and the blocks are as they were", (_, examples, message) => {
    network.predict([left.slice(0, 1), right.slice(0, 1)]);
    const before = [0, 1].map((index) => Array.from(network.input(1, index)));
    expect(() => network.predict(examples as never)).toThrow(message);
    expect([0, 1].map((index) => Array.from(network.input(1, index)))).toEqual(before);
  });

  test("goes through a file", () => {
    expect(Network.fromBytes(network.toBytes()).predict([left, right])).toEqual([first, second]);
  });
});

test("one example is a list of numbers; anything else is rows", () => {
  expect(examplesOf([1, 2], 1)).toEqual({ rows: [[[1, 2]]], isSingle: true });
  expect(examplesOf([[1, 2]], 1)).toEqual({ rows: [[[1, 2]]], isSingle: false });
  expect(examplesOf(Float32Array.of(1), 1)).toEqual({ rows: [Float32Array.of(1)], isSingle: false });
  expect(() => examplesOf("text", 1)).toThrow('predict: got "text", need one example');
});

test.each<[string, object, string]>([
  [
    "layers and outputs",
    { layers: [dense(1)], outputs: input(2) },
    "network: got layers and outputs, need one of them",
  ],
  ["an output that is no value", { outputs: dense(1) }, "network: got a function in outputs, need values"],
  ["no outputs", { outputs: [] }, "network: got 0 values in outputs, need values"],
  ["undefined outputs", { outputs: undefined }, "network: got undefined in outputs, need values"],
  ["an input twice", { inputs: [input(2), 3], outputs: input(2) }, "network: got 3 in inputs, need values"],
])("a network is refused with %s", (_, options, message) => {
  expect(() => new Network({ inputs: input(2), ...options } as never)).toThrow(message);
});
