/** PyTorch's numbers for missing targets and for weights of targets, and trainers of the network that they are of. */
import { readFileSync } from "node:fs";
import { activation, dense, input, Network, Trainer, type TrainerOptions } from "../../src/index.ts";

type Step = Parameters<Trainer["step"]>;
export type Weights = NonNullable<Step[2]>["exampleWeights"];

export interface Case {
  name: string;
  options: TrainerOptions;
  targets: Step[1];
  exampleWeights: Weights | null;
  value: number;
  gradients: number[][];
}

export const golden: { inputs: number[][]; weight: number[][]; bias: number[]; cases: Case[]; heads: Case[] } =
  JSON.parse(readFileSync("test/fixtures/targets.json", "utf8"));
export const { inputs } = golden;
export const rows = inputs.length;

export function goldenTrainer(options: TrainerOptions, outputs = 1): Trainer {
  const row = input(4);
  const scores = dense(3)(row);
  const heads = Array.from({ length: outputs }, () => activation("linear")(scores));
  const network = new Network({ inputs: row, outputs: outputs === 1 ? scores : heads, dtype: "float64" });
  network.parameters[0].values.set(golden.weight.flat());
  network.parameters[1].values.set(golden.bias);
  return new Trainer(network, options);
}
