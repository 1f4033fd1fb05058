/** A small regression and a small classification to train on, and what tells whether a training has changed anything. */

import { expect } from "vitest";
import {
  type ActivationName,
  adam,
  dense,
  fromValues,
  type Metric,
  mt19937,
  Network,
  pcg32,
  type RandomGenerator,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import type { Dtype, Values } from "../../src/kernels/dtype.ts";

/** `count` rows of numbers from -1 to 1. */
export function randomRows(count: number, columns: number, seed: number): number[][] {
  const generator = pcg32(seed);
  return Array.from({ length: count }, () => Array.from({ length: columns }, () => 2 * generator.next() - 1));
}

/** 3 features, two values to be learned from them. */
export function regression(count: number): { inputs: number[][]; targets: number[][] } {
  const inputs = randomRows(count, 3, 5);
  return { inputs, targets: inputs.map(([a, b, c]) => [a * b - c, a + b * c]) };
}

/** 3 features, class numbers 0 to 2: which of them is largest. */
export function classification(count: number): { inputs: number[][]; targets: number[] } {
  const inputs = randomRows(count, 3, 6);
  return { inputs, targets: inputs.map((row) => row.indexOf(Math.max(...row))) };
}

/** A 3-5-`outputs` network. */
export function smallNetwork(outputs = 2, dtype: Dtype = "float64", activation: ActivationName = "linear"): Network {
  const layers = [dense(5, { activation: "tanh" }), dense(outputs, { activation })];
  return new Network({ inputs: 3, layers, dtype, seed: 3 });
}

/** A network that gives back its inputs, so that the loss is one of the numbers given. */
export function identity(inputs = 3): Network {
  const weights = Array.from({ length: inputs ** 2 }, (_, index) => Number(index % (inputs + 1) === 0));
  const layers = [dense(inputs, { weightInitializer: fromValues(weights) })];
  return new Network({ inputs, layers, dtype: "float64" });
}

/** A trainer of a new small network; whatever is not said is Adam on the mean squared error. */
export function smallTrainer<Asked extends Metric = never>(
  options: Partial<TrainerOptions<Asked>> = {},
  outputs = 2,
  dtype: Dtype = "float64",
): Trainer<Asked> {
  const endings = { binaryCrossEntropy: "sigmoid", categoricalCrossEntropy: "softmax" } as const;
  const ending = endings[options.loss as keyof typeof endings] ?? "linear";
  const network = smallNetwork(outputs, dtype, ending);
  return new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ learningRate: 0.01 }), ...options });
}

/** Every bit of the parameters. */
export function parameterBits({ parameters }: Network): string {
  return parameters.map(({ values }) => hex(values)).join(" ");
}

/** Every bit of the gradients. */
export function gradientBits({ parameters }: Network): string {
  return parameters.map(({ gradients }) => hex(gradients!)).join(" ");
}

function hex({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("hex");
}

/** The error that `act` throws or its promise rejects with. */
export async function refusal(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return expect.fail("nothing was refused");
}

/** Views of what the last forward pass has left, and of the parameters. */
function lastValues(network: Network): Values[] {
  const { layers, parameters } = network;
  return [...layers.flatMap((layer) => [layer.preactivation, layer.activation]), ...parameters.map((p) => p.values)];
}

/**
 * Fails unless `act` is refused with this kind of error and message and leaves everything as it was: the parameters, and,
 * as a twin shows that has not been asked, the optimizer's state, the count of steps and the generator.
 */
export async function expectRefusal(
  act: (trainer: Trainer) => unknown,
  error: Error,
  options: Partial<TrainerOptions> = {},
  data: { inputs: number[][]; targets: number[][] | number[] } = regression(7),
): Promise<void> {
  const outputs = Array.isArray(data.targets[0]) ? data.targets[0].length : 3;
  const make = (): { trainer: Trainer; generator: RandomGenerator } => {
    const generator = mt19937(9);
    const trainer = smallTrainer({ batchSize: 2, seed: generator, ...options }, outputs, "float32");
    for (const _ of trainer.epochs(data.inputs, data.targets, { epochs: 2 }));
    return { trainer, generator };
  };
  const [asked, twin] = [make(), make()];
  const values = lastValues(asked.trainer.network);

  const got = await refusal(() => act(asked.trainer));
  expect(`${got.name}: ${got.message}`).toBe(`${error.name}: ${error.message}`);

  // The very views: a memory that had grown would have detached them.
  expect(lastValues(asked.trainer.network)).toEqual(lastValues(twin.trainer.network));
  expect(values.map((view) => view.length)).toEqual(lastValues(twin.trainer.network).map((view) => view.length));
  expect(parameterBits(asked.trainer.network)).toBe(parameterBits(twin.trainer.network));
  expect(asked.generator.state).toEqual(twin.generator.state);
  for (const { trainer } of [asked, twin]) {
    const records = [...trainer.epochs(data.inputs, data.targets, { epochs: 1 })];
    expect(records[0].step).toBe(3 * Math.ceil(data.inputs.length / 2));
  }
  expect(parameterBits(asked.trainer.network)).toBe(parameterBits(twin.trainer.network));
  expect(asked.generator.state).toEqual(twin.generator.state);
}
