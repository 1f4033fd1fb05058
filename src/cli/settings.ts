/** What a training is asked to be; each has a default that suits the table. */

import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  batchNorm,
  cosineDecay,
  type DenseOptions,
  dense,
  dropout,
  type Layer,
  lion,
  Network,
  type NetworkOptions,
  nadam,
  reduceOnPlateau,
  rmsprop,
  sgd,
} from "../index.ts";
import type { Goal } from "./decide.ts";
import { within } from "./failure.ts";

export const optimizers = { adam, adamw: adamW, adagrad, adadelta, adamax, lion, nadam, rmsprop, sgd };

export type OptimizerName = keyof typeof optimizers;

/** All but those of whole rows, such as softmax. */
export const activations = [
  ...(["relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "silu", "mish", "softplus", "softsign"] as const),
  ...(["tanh", "sigmoid", "hardSigmoid", "hardSwish", "linear"] as const),
] satisfies DenseOptions["activation"][];

/** How the learning rate goes on from its first value; plateaus are those of the validation loss. */
const schedules = {
  constant: ({ learningRate }: Settings) => learningRate,
  cosine: ({ learningRate: initial, epochs }: Settings) => cosineDecay({ initial, steps: epochs, per: "epoch" }),
  plateau: ({ learningRate: initial, patience }: Settings) =>
    reduceOnPlateau({ initial, factor: 0.3, patience: Math.floor(patience / 2), monitor: "validation.loss" }),
};

export type ScheduleName = keyof typeof schedules;

export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** What a model's file remembers of how it was trained, so that the training can be gone on with. */
export interface Settings {
  readonly hidden: readonly number[];
  readonly activation: (typeof activations)[number];
  readonly dropout: number;
  readonly batchNorm: boolean;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  readonly weightDecay: number | null;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  readonly seed: number;
  readonly dtype: "float32" | "float64";
  readonly testFraction: number;
  readonly validationFraction: number;
}

/** The loss and the last activation for what is predicted. */
export interface Head {
  readonly units: number;
  readonly loss: "meanSquaredError" | "binaryCrossEntropyWithLogits" | "softmaxCrossEntropy";
  readonly activation: "linear" | "sigmoid" | "softmax";
  readonly why: string;
}

export function headOf(goal: Goal): Head {
  if (goal.kind === "number") {
    return {
      units: 1,
      loss: "meanSquaredError",
      activation: "linear",
      why: "a number: one linear output, squared error",
    };
  }
  const { length } = goal.classes;
  if (length === 2) {
    const why = "two classes: one sigmoid output, cross-entropy";
    return { units: 1, loss: "binaryCrossEntropyWithLogits", activation: "sigmoid", why };
  }
  const why = `${length} classes: a softmax output, cross-entropy`;
  return { units: length, loss: "softmaxCrossEntropy", activation: "softmax", why };
}

/**
 * The network for `features` inputs.
 *
 * @param last the activation of its outputs: linear in training, whose losses take logits
 */
export function networkOf(settings: Settings, features: number, { units }: Head, last: Head["activation"]): Network {
  const { activation } = settings;
  return within("the network", () => {
    const hidden = settings.hidden.flatMap((width): Layer[] => [
      dense(width, { activation }),
      ...(settings.batchNorm ? [batchNorm()] : []),
      ...(settings.dropout > 0 ? [dropout(settings.dropout)] : []),
    ]);
    const layers = [...hidden, dense(units, { activation: last })];
    const options: NetworkOptions = { inputs: features, layers, dtype: settings.dtype, seed: settings.seed };
    return new Network(options);
  });
}

export function optimizerOf(settings: Settings) {
  const { optimizer, schedule, weightDecay } = settings;
  return within("the optimizer", () => {
    const learningRate = schedules[schedule](settings);
    return optimizers[optimizer]({ learningRate, ...(weightDecay !== null && { weightDecay }) });
  });
}

/** Examples of one update: enough of them that an epoch of a large table takes few hundred to a few thousand updates. */
export function defaultBatchSize(rows: number): number {
  let size = rows < 10_000 ? 32 : rows < 100_000 ? 128 : 512;
  // No batch of one row is left over, of which batchNorm can learn nothing.
  while (rows % size === 1) size++;
  return size;
}

/** That of the optimizer itself. */
export const defaultLearningRate = (optimizer: OptimizerName): number => optimizers[optimizer]().learningRate as number;

/** How the updates are made, in words. */
export const updates = ({ optimizer, learningRate, schedule, batchSize }: Settings): string =>
  `${optimizer}, learning rate ${learningRate} (${schedule}), batches of ${batchSize}`;

/** Small tables are learned by heart where nothing is left out; large ones are not, and take longer if it is. */
export const defaultDropout = (rows: number): number => (rows < 10_000 ? 0.1 : 0);

/** Likewise, the fewer the more; null for the optimizer's. Of the others than adamw it is no decay, but a term of the gradient. */
export function defaultWeightDecay(rows: number, optimizer: OptimizerName): number | null {
  if (optimizer !== "adamw" || rows >= 10_000) return null;
  return rows < 1000 ? 0.5 : 0.3;
}
