/** Networks of several kinds of layers that PyTorch has trained (fixtures/layers.py), and the same training here. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { adam, type Examples, type Network, Trainer } from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";

interface Case {
  name: string;
  inputs: number[][];
  targets: number[][];
  /** Parameters and running statistics by name. */
  start: Record<string, number[]>;
  losses: number[];
  trained: Record<string, number[]>;
  predictions: number[];
}

const golden: { learningRate: number; cases: Case[] } = JSON.parse(readFileSync("test/fixtures/layers.json", "utf8"));

/**
 * Fails unless `network`, of float64, trains as PyTorch's of that name: losses, parameters, statistics, predictions.
 *
 * @param inputsOf what the network's inputs are made of the golden's
 */
export function expectGolden(
  name: string,
  network: Network,
  inputsOf: (rows: number[][]) => Examples["inputs"] = (rows) => rows,
): void {
  const { inputs, targets, start, losses, trained, predictions } = golden.cases.find((each) => each.name === name)!;
  const tensors = [...network.parameters, ...network.statistics];
  expect(tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(start).sort());
  for (const tensor of tensors) tensor.values.set(start[tensor.name]);
  const optimizer = adam({ learningRate: golden.learningRate });
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
  losses.forEach((expected, step) => {
    const [from, to] = step % 2 === 0 ? [0, 5] : [5, 12];
    const loss = trainer.step(inputsOf(inputs.slice(from, to)), targets.slice(from, to));
    expectClose([loss], [expected], tolerances.network.float64, `loss ${step}`);
  });
  for (const tensor of tensors)
    expectClose(tensor.values, trained[tensor.name], tolerances.network.float64, tensor.name);
  expectClose(
    (network.predict(inputsOf(inputs) as number[][]) as number[][]).flat(),
    predictions,
    tolerances.network.float64,
    "predictions",
  );
}
