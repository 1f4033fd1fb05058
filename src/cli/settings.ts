/** The settings of a training, their defaults, and the network and optimizer that they describe. */

import type { RecordEncoding } from "../data/index.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  batchNorm,
  concatenate,
  conv2d,
  cosineDecay,
  type DenseOptions,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  input,
  lion,
  lstm,
  maxPool2d,
  Network,
  nadam,
  reduceOnPlateau,
  rmsprop,
  sgd,
  uniform,
  type Value,
} from "../index.ts";
import type { Goal } from "./decide.ts";
import type { PictureSettings } from "./decidePictures.ts";
import { guard } from "./failure.ts";
import { squeezeNetFeatures } from "./squeezenet.ts";

export const optimizers = { adam, adamw: adamW, adagrad, adadelta, adamax, lion, nadam, rmsprop, sgd };

export type OptimizerName = keyof typeof optimizers;

/** All activations except those of whole rows, such as softmax. */
export const activations = [
  ...(["relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "silu", "mish", "softplus", "softsign"] as const),
  ...(["tanh", "sigmoid", "hardSigmoid", "hardSwish", "linear"] as const),
] satisfies DenseOptions["activation"][];

/** Schedules of the learning rate. "plateau" monitors the validation loss. */
const schedules = {
  constant: ({ learningRate }: Settings) => learningRate,
  cosine: ({ learningRate: initial, epochs }: Settings) => cosineDecay({ initial, steps: epochs, per: "epoch" }),
  plateau: ({ learningRate: initial, patience }: Settings) =>
    reduceOnPlateau({ initial, factor: 0.3, patience: Math.floor(patience / 2), monitor: "validation.loss" }),
};

export type ScheduleName = keyof typeof schedules;

export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/**
 * The layers that turn the words of a text into one row: the mean of the words' rows, which ignores their order, or the last state of an
 * LSTM. `mostWords` is the number of words that are read, from the end of the text.
 */
export const textLayers = { mean: { mostWords: 400 }, lstm: { mostWords: 100 } };

export type TextLayer = keyof typeof textLayers;

/** The width of a word's row and of a text's row. */
export const textUnits = 32;

/** The settings that a model's file keeps, so that its training can be resumed. */
export interface Settings {
  /** Undefined if no column is a text. */
  readonly text?: TextLayer;
  /** Undefined for a table. */
  readonly pictures?: PictureSettings;
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
  /** True if every class counts as much as any other in the loss. */
  readonly balance: boolean;
  /** The probability from which the second of two classes is predicted, or how the validation rows choose it; null for the greater one. */
  readonly threshold: Threshold | null;
  /** True if the network learns the logarithm of its target; null if that is not decided yet. */
  readonly logarithm: boolean | null;
}

/** The ways to choose a threshold by the validation rows: the greatest F1 of the rarer class, or the greatest mean of both recalls. */
export const thresholdChoices = ["f1", "balanced"] as const;

export type Threshold = (typeof thresholdChoices)[number] | number;

/** The units, the loss and the last activation for a kind of prediction. */
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
 * Makes the network for encoded records.
 *
 * @param last the activation of the outputs: linear for training, as the losses take logits
 */
export function networkOf(
  settings: Settings,
  { inputs, vocabularies }: Pick<RecordEncoding<unknown, unknown>, "inputs" | "vocabularies">,
  { units }: Head,
  last: Head["activation"],
): Network {
  const { activation, batchNorm: hasNorm, dtype, seed } = settings;
  const withDropout = (value: Value) => (settings.dropout > 0 ? dropout(settings.dropout)(value) : value);
  return guard("the network", () => {
    const networkInputs = inputs.map(({ shape, variableLength }) => input(shape, { variableLength }));
    const rows = inputs.map(({ columns: [name], shape, variableLength }, index) => {
      if (settings.pictures && shape.length === 3) return pictureRow(networkInputs[index], settings);
      if (!variableLength) return networkInputs[index];
      // Small first values, as in Keras, because the rows of rare words change little.
      const options = { padding: 0, weightInitializer: uniform(-0.05, 0.05) };
      const words = embedding(vocabularies[name].size, textUnits, options)(networkInputs[index]);
      return withDropout(settings.text === "lstm" ? lstm(textUnits)(words) : globalAveragePool()(words));
    });
    const [first, second, ...others] = rows;
    let value = second ? concatenate(first, second, ...others) : first;
    for (const width of settings.hidden) {
      const hidden = dense(width, { activation })(value);
      value = withDropout(hasNorm ? batchNorm()(hidden) : hidden);
    }
    return new Network({ inputs: networkInputs, outputs: dense(units, { activation: last })(value), dtype, seed });
  });
}

/** The layer that standardizes features of another network. */
export const standardizeName = "standardize";

/** Turns an image into a row: by convolutions, each followed by a pooling, or by SqueezeNet's features. */
function pictureRow(image: Value, { pictures, activation, batchNorm: hasNorm, dropout: rate }: Settings): Value {
  if (pictures!.from !== undefined) {
    return batchNorm({ trainable: false, name: standardizeName })(squeezeNetFeatures(image));
  }
  let value = image;
  for (const filters of pictures!.filters) {
    value = conv2d(filters, 3, { padding: "same", activation })(value);
    if (hasNorm) value = batchNorm()(value);
    value = maxPool2d()(value);
  }
  const row = flatten()(value);
  return rate > 0 ? dropout(rate)(row) : row;
}

export function optimizerOf(settings: Settings) {
  const { optimizer, schedule, weightDecay } = settings;
  return guard("the optimizer", () => {
    const learningRate = schedules[schedule](settings);
    return optimizers[optimizer]({ learningRate, ...(weightDecay !== null && { weightDecay }) });
  });
}

/** Returns the batch size. An epoch of a large table has a few hundred to a few thousand steps. */
export function defaultBatchSize(rows: number): number {
  let size = rows < 10_000 ? 32 : rows < 100_000 ? 128 : 512;
  // A last batch of one row is avoided: batchNorm needs at least two.
  while (rows % size === 1) size++;
  return size;
}

/** Returns the optimizer's own default. */
export const defaultLearningRate = (optimizer: OptimizerName): number => optimizers[optimizer]().learningRate as number;

/** Describes the optimizer, its schedule and the batches in words. */
export const updatesText = ({ optimizer, learningRate, schedule, batchSize }: Settings): string =>
  `${optimizer}, learning rate ${learningRate} (${schedule}), batches of ${batchSize}`;

/** Returns the dropout rate. Without dropout, small tables overfit, and pictures even more. Large tables do not, and dropout slows them. */
export function defaultDropout(rows: number, pictures?: PictureSettings): number {
  if (pictures) return rows < 10_000 ? 0.3 : 0.1;
  return rows < 10_000 ? 0.1 : 0;
}

/** Returns fewer epochs for pictures: they take longer and gain more. Epochs on SqueezeNet's features are as fast as those of a table. */
export const defaultEpochs = (pictures?: PictureSettings): Pick<Settings, "epochs" | "patience"> =>
  pictures && pictures.from === undefined ? { epochs: 100, patience: 12 } : { epochs: 200, patience: 20 };

/** Returns more decay for fewer rows, against overfitting; null for the optimizer's default. Only adamw keeps decay out of the gradient. */
export function defaultWeightDecay(rows: number, optimizer: OptimizerName): number | null {
  if (optimizer !== "adamw" || rows >= 10_000) return null;
  return rows < 1000 ? 0.5 : 0.3;
}
