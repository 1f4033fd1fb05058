/** A network of two inputs and two outputs: two numbers, and three classes. */
import { adam, dense, input, Network, Trainer, type TrainerOptions } from "../../src/index.ts";
import { randomRows } from "./problem.ts";

export const rows = 7;
export const [left, right] = [randomRows(rows, 3, 1), randomRows(rows, 2, 2)];
export const numbers = randomRows(rows, 2, 3);
export const classes = Array.from({ length: rows }, (_, row) => row % 3);
export const weights = Array.from({ length: rows }, (_, row) => 1 + (row % 2));

/** Two inputs; two outputs, two numbers and three classes. */
export function make(options: Partial<TrainerOptions> = {}): Trainer {
  const inputs = [input(3), input(2)];
  const hidden = dense(5, { activation: "tanh" })(dense(4)(inputs[0]));
  const other = dense(5, { activation: "tanh" })(inputs[1]);
  const network = new Network({ inputs, outputs: [dense(2)(hidden), dense(3)(other)], dtype: "float64", seed: 3 });
  const loss = ["meanSquaredError", "softmaxCrossEntropy"] as const;
  return new Trainer(network, { loss, optimizer: adam({ learningRate: 0.05 }), batchSize: 3, ...options });
}

export const inputs = [left, right];
export const targets = [numbers, classes];
