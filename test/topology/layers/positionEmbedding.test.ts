import { expect, test } from "vitest";
import { checkGradients, dense, flatten, Network, positionEmbedding, Trainer, zeros } from "../../../src/index.ts";
import { randomRows } from "../../training/problem.ts";

test("adds its weight, [steps, features], whose first values are N(0, 0.02)", () => {
  const network = new Network({ inputs: [40, 50], layers: [positionEmbedding()], dtype: "float64" });
  const [{ name, shape, values: view }] = network.parameters;
  const values = Array.from(view);
  expect([name, shape]).toEqual(["positionEmbedding1.weight", [40, 50]]);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(0.05);
  const row = randomRows(1, 2000, 1)[0];
  expect(network.predict(row)).toEqual(row.map((value, index) => value + values[index]));
});

test("a layer that is not trained keeps its weight, and lets the gradient through", () => {
  const layers = [dense(3), positionEmbedding({ trainable: false }), flatten(), dense(1)];
  const network = new Network({ inputs: [4, 2], layers, dtype: "float64", seed: 1 });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  const [rows, targets] = [randomRows(5, 8, 1), randomRows(5, 1, 2)];
  const before = network.parameters[2].values.slice();
  expect(checkGradients(trainer, rows, targets).worst.relativeError).toBeLessThan(1e-7);
  trainer.step(rows, targets);
  expect(network.parameters[2].values).toEqual(before);
});

test("goes through a file, and is refused for other steps by its name", () => {
  const options = { name: "places", learningRateFactor: 0.5, weightInitializer: zeros() };
  const network = new Network({ inputs: [3, 2], layers: [positionEmbedding(options)] });
  network.parameters[0].values.set([1, 2, 3, 4, 5, 6]);
  const copy = Network.fromBytes(network.toBytes());
  const { weightInitializer: _, ...description } = copy.layers[0].description as unknown as Record<string, unknown>;
  expect(description).toEqual({ kind: "positionEmbedding", name: "places", learningRateFactor: 0.5 });
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["position embedding", 6]);
  expect(copy.predict([0, 0, 0, 0, 0, 1])).toEqual([1, 2, 3, 4, 5, 7]);
  expect(() => network.withInputs([4, 2])).toThrow("places");
});

test("refuses options that it does not have", () => {
  expect(() => positionEmbedding({ steps: 10 } as never)).toThrow('positionEmbedding option: got "steps"');
});
