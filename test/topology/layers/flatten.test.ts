import { describe, expect, test } from "vitest";
import { dense, flatten, input, Network, Trainer } from "../../../src/index.ts";
import { flattenKind } from "../../../src/topology/layers/flatten.ts";
import { randomRows } from "../../training/problem.ts";

describe("flatten", () => {
  test.each([
    [[4, 3], [12]],
    [[2, 3, 4], [24]],
    [[5], [5]],
    [[1, 1], [1]],
  ])("makes of %j one row %j of the same numbers in the same order", (shape, expected) => {
    const network = new Network({ inputs: shape, layers: [flatten()] });
    const row = Array.from({ length: network.inputs }, (_, index) => index);
    expect(network.layers[0].outputShape).toEqual(expected);
    expect(network.predict(row)).toEqual(row);
    expect(Array.from(network.layers[0].activation)).toEqual(row);
    expect(Array.from(network.layers[0].preactivation)).toEqual(row);
  });

  test("before dense layers gives the network of one row the same bits, trained and not", () => {
    const make = (inputs: number | number[]) => {
      const layers = [dense(4, { activation: "tanh" }), dense(2)];
      return new Network({ inputs, layers: typeof inputs === "number" ? layers : [flatten(), ...layers], seed: 3 });
    };
    const [flat, shaped] = [make(6), make([2, 3])];
    const [rows, targets] = [randomRows(7, 6, 1), randomRows(7, 2, 2)];
    for (const network of [flat, shaped]) {
      const trainer = new Trainer(network, { loss: "meanSquaredError", seed: 5 });
      for (const _ of trainer.epochs(rows, targets, { epochs: 3 }));
    }
    expect(shaped.predict(rows)).toEqual(flat.predict(rows));
  });

  test("goes through a file, with its name", () => {
    const network = new Network({ inputs: [2, 2], layers: [flatten({ name: "row" }), dense(1)] });
    const copy = Network.fromBytes(network.toBytes());
    expect(copy.summary()).toBe(network.summary());
    expect(copy.predict([1, 2, 3, 4])).toEqual(network.predict([1, 2, 3, 4]));
    expect(flattenKind.title(flatten())).toBe("flatten");
  });

  test.each<[string, () => unknown, string]>([
    ["two values", () => flatten()(input(1), input(1)), "flatten: got 2 values, need 1"],
    ["an unknown option", () => flatten({ units: 2 } as never), 'flatten option: got "units", need name'],
    ["a shape", () => flatten([2] as never), "flatten: got an array of 1, need an object of options"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
