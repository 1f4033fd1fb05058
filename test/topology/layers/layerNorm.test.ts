import { expect, test } from "vitest";
import { layerNorm, Network, Trainer } from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";

test("each row, or each place of a shape, has mean 0 and variance 1, whatever other rows hold", () => {
  for (const shape of [[4], [2, 4]]) {
    const network = new Network({ inputs: shape, layers: [layerNorm({ epsilon: 1e-12 })], dtype: "float64" });
    const row = shape.length === 1 ? [1, 2, 3, 6] : [1, 2, 3, 6, 10, 20, 30, 60];
    const [made] = network.predict([row, row.map(() => 5)]);
    const root = Math.sqrt(3.5);
    const expected = [-2 / root, -1 / root, 0, 3 / root];
    expectClose(made, shape.length === 1 ? expected : [...expected, ...expected], tolerances.golden.float64);
  }
});

test("is trained on one row, and a layer that is not trained keeps gain and shift at gradients 0", () => {
  for (const trainable of [true, false]) {
    const network = new Network({ inputs: 3, layers: [layerNorm({ trainable })] });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.step([[1, 2, 4]], [[1, 1, 1]]);
    const isMoved = network.parameters.map(({ gradients }) => gradients!.some((value) => value !== 0));
    expect(isMoved).toEqual([trainable, trainable]);
    expect(network.parameters[0].values.every((value) => value === 1)).toBe(!trainable);
  }
});

test("goes through a file", () => {
  const network = new Network({ inputs: 3, layers: [layerNorm({ epsilon: 0.1, name: "even" })] });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].description).toEqual({ kind: "layerNorm", epsilon: 0.1, name: "even" });
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["layer normalization", 6]);
});
