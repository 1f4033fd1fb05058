import { describe, expect, test } from "vitest";
import {
  activation,
  add,
  checkGradients,
  concatenate,
  dense,
  input,
  multiply,
  Network,
  subtract,
  Trainer,
  uniform,
} from "../../../src/index.ts";
import type { Value } from "../../../src/topology/layers/value.ts";
import { randomRows } from "../../training/problem.ts";
import { expectGolden } from "./golden.ts";

test("a residual network with a gate and a shared block agrees with PyTorch's for 20 steps to 1e-10", () => {
  const first = input(3);
  const start = dense(5, { activation: "tanh" })(first);
  const block = dense(5, { activation: "tanh", name: "block" });
  const once = add(start, block(start));
  const twice = add(once, block(once));
  const gated = multiply(twice, dense(5, { activation: "sigmoid", name: "gate" })(twice));
  const output = dense(2, { name: "dense2" })(concatenate(gated, start));
  expectGolden("Residual", new Network({ inputs: first, outputs: output, dtype: "float64" }));
});

test("two towers of one shared layer agree with PyTorch's for 20 steps to 1e-10", () => {
  const [left, right] = [input(3), input(3)];
  const tower = dense(4, { activation: "tanh", name: "tower" });
  const [one, other] = [tower(left), tower(right)];
  const output = dense(2, { name: "dense1" })(concatenate(add(one, other), multiply(one, other)));
  const network = new Network({ inputs: [left, right], outputs: output, dtype: "float64" });
  expectGolden("Towers", network, (rows) => [rows, rows.map((row) => row.toReversed())]);
});

/** What `join` makes of three values, each a dense layer of the same input, shaped [2, 3]. */
function joined(join: (...values: Value[]) => Value): Network {
  const first = input(4);
  const parts = [0, 1, 2].map((part) => {
    const layer = dense(3, { weightInitializer: uniform(-1, 1), name: `part${part}` });
    return activation("tanh")(layer(first));
  });
  const outputs = dense(2)(join(...parts));
  return new Network({ inputs: first, outputs, dtype: "float64", seed: 4 });
}

const joins: [string, (...values: Value[]) => Value][] = [
  ["add", add],
  ["multiply", multiply],
  ["concatenate", concatenate],
  ["subtract", (one, two) => subtract(one, two)],
  ["subtract of a list", (one, two, three) => subtract([three, subtract(one, two)])],
  ["multiply of a value with itself", (one, two) => multiply(one, one, two, one)],
  ["concatenate of a value with itself", (one, two) => concatenate(two, one, one)],
];

describe.each(joins)("%s", (_, join) => {
  test("gradients differ from central differences by less than 1e-7", () => {
    const network = joined(join);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const { worst } = checkGradients(trainer, randomRows(5, 4, 1), randomRows(5, 2, 2));
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("goes through a file: the same bits", () => {
    const network = joined(join);
    const copy = Network.fromBytes(network.toBytes());
    const inputs = randomRows(5, 4, 3);
    expect(copy.predict(inputs)).toEqual(network.predict(inputs));
    expect(copy.summary()).toBe(network.summary());
  });
});

test.each(["111", "010", "0110", "1001", "00101001", "11", "01", "10"])(
  "multiply of which the inputs %s are trained: gradients differ from central differences by less than 1e-7",
  (trained) => {
    const first = input(3);
    const parts = [...trained].map((digit) => {
      return digit === "1" ? dense(3, { weightInitializer: uniform(-1, 1) })(first) : first;
    });
    const network = new Network({ inputs: first, outputs: multiply(...parts), dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const { worst } = checkGradients(trainer, randomRows(5, 3, 1), randomRows(5, 3, 2));
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  },
);

test("multiply of 60 values makes fewer than 450 operations, forward and backward, with those of 40 layers: not one for each pair", () => {
  const first = input(3);
  const parts = Array.from({ length: 60 }, (_, part) => (part % 3 === 0 ? first : dense(3)(first)));
  const network = new Network({ inputs: first, outputs: multiply(...parts) });
  new Trainer(network, { loss: "meanSquaredError" });
  const { forward, backward } = network.engine.trainingPlan(1);
  expect(forward.operations.length + backward.operations.length).toBeLessThan(450);
});

test("of given values: sums, products, columns behind each other, along the last side of a shape", () => {
  const [left, right] = [input([2, 2]), input([2, 1])];
  const network = new Network({
    inputs: [left, right],
    outputs: [add(left, left), multiply(left, left), concatenate(left, right), subtract(add(left, left, left), left)],
    dtype: "float64",
  });
  expect(network.predict([[[1, 2, 3, 4]], [[5, 6]]])).toEqual([
    [[2, 4, 6, 8]],
    [[1, 4, 9, 16]],
    [[1, 2, 5, 3, 4, 6]],
    [[2, 4, 6, 8]],
  ]);
});

test.each(["11", "10", "01"])("subtract of which the inputs %s are trained has the central differences", (trained) => {
  const first = input(3);
  const parts = [...trained].map((digit) => {
    return digit === "1" ? dense(3, { weightInitializer: uniform(-1, 1) })(first) : first;
  });
  const network = new Network({ inputs: first, outputs: subtract(...parts), dtype: "float64", seed: 2 });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  const { worst } = checkGradients(trainer, randomRows(5, 3, 1), randomRows(5, 3, 2));
  expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  expect(network.layers.at(-1)!.title).toBe("difference");
});

test("subtract refuses one value, three values, and two of different shapes", () => {
  const [a, b] = [input(2), input(3)];
  expect(() => subtract(a)).toThrow(new RangeError("subtract: got 1 value, need 2"));
  expect(() => subtract(a, a, a)).toThrow(new RangeError("subtract: got 3 values, need 2"));
  expect(() => subtract(a, b)).toThrow(new RangeError("subtract: got values of shapes [2] and [3], need one shape"));
});
