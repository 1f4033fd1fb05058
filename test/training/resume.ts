/**
 * A training that uses all that has a state: float32, dropout, batch normalization, Adam, a schedule, shuffling, weights,
 * metrics, early stopping.
 */
import {
  adam,
  batchNorm,
  cosineDecay,
  dense,
  dropout,
  earlyStopping,
  type FitOptions,
  mt19937,
  Network,
  pcg32,
  Trainer,
} from "../../src/index.ts";

const generator = pcg32(11);
const rows = Array.from({ length: 50 }, () => Array.from({ length: 4 }, () => 2 * generator.next() - 1));
export const examples = {
  inputs: rows,
  targets: rows.map(([a, b, c]) => (a * b > c ? 1 : 0) + (c > 0.5 ? 1 : 0)),
  exampleWeights: rows.map(() => 0.5 + generator.next()),
};

export function makeTrainer(): Trainer<"accuracy" | "f1"> {
  const layers = [
    dense(8, { activation: "tanh" }),
    dropout(0.3),
    dense(6),
    batchNorm(),
    dense(3, { learningRateFactor: 0.5 }),
  ];
  const network = new Network({ inputs: 4, layers, seed: 2 });
  return new Trainer(network, {
    loss: "softmaxCrossEntropy",
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.05, minimum: 0.001, steps: 200 }) }),
    batchSize: 8,
    seed: mt19937(3),
    metrics: ["accuracy", "f1"],
    classWeights: [1, 2, 3],
    clipNorm: 1,
    l2: 1e-4,
  });
}

/** The options of the training, which early stopping ends after some epochs. */
export function fitOptions(more: Partial<FitOptions> = {}): FitOptions {
  const { exampleWeights } = examples;
  const validation = { inputs: rows.slice(0, 10), targets: examples.targets.slice(0, 10) };
  return { epochs: 40, validation, exampleWeights, callbacks: [earlyStopping({ patience: 4 })], ...more };
}

/** Every bit of the parameters and statistics. */
export function bitsOf({ parameters, statistics }: Network): string {
  return [...parameters, ...statistics]
    .map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex"))
    .join();
}
