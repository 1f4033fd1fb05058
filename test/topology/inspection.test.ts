import { describe, expect, test } from "vitest";
import { dense, Network, Trainer } from "../../src/index.ts";
import { dtypes, random } from "../kernels/scratch.ts";
import { expectClose, tolerances } from "../tolerances.ts";

const rowsOf = (rows: number, width: number) => Array.from({ length: rows }, (_, row) => random(width, row + 1));
const makeNetwork = (dtype: Network["dtype"] = "float32") =>
  new Network({ inputs: 3, layers: [dense(4, { activation: "tanh" }), dense(2, { name: "out" })], dtype });

describe("parameters", () => {
  test("4 with names, shapes and views of their size, gradients only with a trainer", () => {
    const network = makeNetwork();
    const described = () =>
      network.parameters.map(({ name, shape, values, gradients }) => [name, shape, values.length, gradients?.length]);
    expect(described()).toEqual([
      ["dense1.weight", [3, 4], 12, undefined],
      ["dense1.bias", [4], 4, undefined],
      ["out.weight", [4, 2], 8, undefined],
      ["out.bias", [2], 2, undefined],
    ]);
    new Trainer(network, { loss: "meanSquaredError" });
    expect(described().map(([, , , gradients]) => gradients)).toEqual([12, 4, 8, 2]);
  });

  test("values are live: what is written into them predicts", () => {
    const network = new Network({ inputs: 2, layers: [dense(2)], dtype: "float64" });
    const [weight, bias] = network.parameters;
    weight.values.set([1, 2, 3, 4]);
    bias.values.set([10, 20]);
    // y = x · weight + bias, weight [fanIn, fanOut] row-major.
    expect(network.predict([5, 7])).toEqual([5 * 1 + 7 * 3 + 10, 5 * 2 + 7 * 4 + 20]);
  });

  test("a held parameter shows each step's values and gradients", () => {
    const network = makeNetwork();
    const [{ values: before }] = network.parameters.map(({ values }) => ({ values: values.slice() }));
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const [weight] = network.parameters;
    trainer.step(rowsOf(5, 3), rowsOf(5, 2));
    expect(weight.values).not.toEqual(before);
    expect(weight.gradients!.some((value) => value !== 0)).toBe(true);
  });
});

describe.each(dtypes)("layers of a %s network", (dtype) => {
  test("describe themselves: name, title, output shape, parameters, options", () => {
    const [first, last] = makeNetwork(dtype).layers;
    expect([first.name, first.title, first.outputShape, first.parameterCount]).toEqual([
      "dense1",
      "dense 4, tanh",
      [4],
      16,
    ]);
    expect([last.name, last.title, last.outputShape, last.parameterCount]).toEqual(["out", "dense 2, linear", [2], 10]);
    expect(first.description).toMatchObject({ kind: "dense", units: 4, activation: { name: "tanh", parameter: 0 } });
  });

  test.each([1, 5])("show the values of the last pass, %i rows, as plain arithmetic makes them", (rows) => {
    const network = makeNetwork(dtype);
    network.predict(rowsOf(7, 3));
    const examples = rowsOf(rows, 3);
    const prediction = network.predict(examples);
    const [weight, bias] = network.parameters.map(({ values }) => values);
    const expected = examples.flatMap((row) =>
      Array.from(bias, (start, unit) => row.reduce((sum, value, at) => sum + value * weight[at * 4 + unit], start)),
    );
    const [first, last] = network.layers;
    expectClose(first.preactivation, expected, tolerances.formula[dtype]);
    expectClose(first.activation, expected.map(Math.tanh), tolerances.formula[dtype]);
    expect(Array.from(last.activation)).toEqual(prediction.flat());
    expect(Array.from(last.preactivation)).toEqual(prediction.flat());
  });

  test("show the values of a trainer's step, before its update", () => {
    const network = makeNetwork(dtype);
    const examples = rowsOf(3, 3);
    const before = network.predict(examples).flat();
    new Trainer(network, { loss: "meanSquaredError" }).step(examples, rowsOf(3, 2));
    expect(Array.from(network.layers[1].activation)).toEqual(before);
    expect(network.predict(examples).flat()).not.toEqual(before);
  });

  test("refuse to show values before the first pass, and after memory was laid out anew", () => {
    const network = makeNetwork(dtype);
    const read = () => network.layers[0].activation;
    const message = "dense1: got no values yet, need a forward pass (predict, run, or a trainer's step) first";
    expect(read).toThrow(RangeError);
    expect(read).toThrow(message);
    expect(() => network.layers[1].preactivation).toThrow("out: got no values yet");
    network.predict(rowsOf(2, 3));
    expect(read().length).toBe(8);
    new Trainer(network, { loss: "meanSquaredError" });
    expect(read).toThrow(message);
    network.predict(rowsOf(2, 3));
    network.input(1000);
    expect(read).toThrow(message);
  });
});

test("a layer takes no option that it does not have, and its description cannot be changed", () => {
  const [layer] = makeNetwork().layers as unknown as Record<string, unknown>[];
  for (const name of ["trainble", "activaton"]) {
    expect(() => {
      layer[name] = false;
    }).toThrow(`Cannot add property ${name}, object is not extensible`);
  }
  expect(() => {
    layer.name = "other";
  }).toThrow("Cannot assign to read only property 'name'");
  expect(() => Object.assign(layer.description as object, { units: 5 })).toThrow("read only property 'units'");
});
