/** What the tests of layers on images share. */
import { expect } from "vitest";
import { checkGradients, dense, flatten, input, Network, type Shape, Trainer, type Value } from "../../../src/index.ts";
import { randomRows } from "../../training/problem.ts";

/**
 * Fails unless the gradients through a layer on a value of `shape` differ from central differences by less than 1e-7.
 *
 * @param layer called on what a dense layer has made at each position
 */
export function expectGradients(shape: Shape, layer: (value: Value) => Value): void {
  const first = input(shape);
  const outputs = dense(2)(flatten()(layer(dense(shape.at(-1)!, { activation: "tanh" })(first))));
  const network = new Network({ inputs: first, outputs, dtype: "float64", seed: 2 });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  // Twice, as what a pass leaves in the memory must not show in the next.
  for (const seed of [1, 2]) {
    const { worst } = checkGradients(trainer, randomRows(3, network.inputs, seed), randomRows(3, 2, 3));
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  }
}

/** Fails unless a network goes through a file: the same table, the same options of all layers, the same outputs. */
export function expectFile(network: Network): void {
  const copy = Network.fromBytes(network.toBytes());
  const rows = randomRows(3, network.inputs, 1);
  const optionsOf = ({ layers }: Network) => layers.map(({ description }) => ({ ...description, name: undefined }));
  expect(copy.summary()).toBe(network.summary());
  expect(optionsOf(copy)).toEqual(optionsOf(network));
  expect(copy.predict(rows)).toEqual(network.predict(rows));
}
