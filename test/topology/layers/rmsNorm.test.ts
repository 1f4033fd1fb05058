import { expect, test } from "vitest";
import { checkGradients, dense, Network, rmsNorm, Trainer } from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { randomRows } from "../../training/problem.ts";

test("each row, or each place of a shape, has mean square 1, whatever other rows hold", () => {
  for (const shape of [[4], [2, 4]]) {
    const network = new Network({ inputs: shape, layers: [rmsNorm({ epsilon: 1e-12 })], dtype: "float64" });
    const row = shape.length === 1 ? [1, -1, 3, 5] : [1, -1, 3, 5, 10, -10, 30, 50];
    const [made] = network.predict([row, row.map(() => 5)]);
    const expected = [1, -1, 3, 5].map((x) => x / 3);
    expectClose(made, shape.length === 1 ? expected : [...expected, ...expected], tolerances.golden.float64);
  }
});

test("epsilon is 1e-6 unless it is given", () => {
  const network = new Network({ inputs: 1, layers: [rmsNorm()], dtype: "float64" });
  expectClose(network.predict([1e-3]), [1e-3 / Math.sqrt(2e-6)], tolerances.golden.float64);
});

test("has a gain of 1 at first and no shift; a layer that is not trained keeps it at gradients 0", () => {
  for (const trainable of [true, false]) {
    const network = new Network({ inputs: 3, layers: [rmsNorm({ trainable })] });
    expect(network.parameters.map(({ name, values }) => [name, ...values])).toEqual([["rmsNorm1.weight", 1, 1, 1]]);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.step([[1, 2, 4]], [[1, 1, 1]]);
    expect(network.parameters[0].gradients!.every((value) => value !== 0)).toBe(trainable);
    expect(network.parameters[0].values.every((value) => value === 1)).toBe(!trainable);
  }
});

test("a gain that is not trained lets the gradient through to the layers before it", () => {
  const layers = [dense(4), rmsNorm({ trainable: false }), dense(2)];
  const network = new Network({ inputs: 3, layers, dtype: "float64", seed: 2 });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  expect(checkGradients(trainer, randomRows(5, 3, 1), randomRows(5, 2, 2)).worst.relativeError).toBeLessThan(1e-7);
});

test("goes through a file", () => {
  const network = new Network({
    inputs: 3,
    layers: [rmsNorm({ epsilon: 0.1, name: "even", learningRateFactor: 0.5 })],
  });
  network.parameters[0].values.set([1, 2, 3]);
  const copy = Network.fromBytes(network.toBytes());
  const expected = { kind: "rmsNorm", epsilon: 0.1, name: "even", learningRateFactor: 0.5 };
  expect(copy.layers[0].description).toEqual(expected);
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["root mean square normalization", 3]);
  expect(copy.predict([3, -1, 2])).toEqual(network.predict([3, -1, 2]));
});
