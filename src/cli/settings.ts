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
  reshape,
  rmsprop,
  sgd,
  uniform,
  type Value,
  type Values,
} from "../index.ts";
import { binsName } from "./bins.ts";
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
  /** The number of networks that are trained side by side, whose logits are averaged; for numbers their outputs. Default 1. */
  readonly ensemble?: number | undefined;
  /** The most ranges into which each number is divided; see bins.ts. Default 0, which is none. */
  readonly bins?: number | undefined;
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
 * An ensemble shares the inputs and the rows of texts; each of its networks has hidden layers and outputs of its own. In training, the
 * output has a row of logits for each network. For prediction, a layer of all hidden rows gives the mean of these logits: `copyTensors`
 * sets its parameters.
 *
 * @param use training, whose outputs are logits, as the losses take them; or prediction, with the head's activation
 * @param bins the number of all ranges of numbers, whose layer `setBins` fills in
 */
export function networkOf(
  settings: Settings,
  { inputs, vocabularies }: Pick<RecordEncoding<unknown, unknown>, "inputs" | "vocabularies">,
  { units, activation: last }: Head,
  use: "training" | "prediction",
  bins = 0,
): Network {
  const { activation, batchNorm: hasNorm, dtype, seed, ensemble = 1 } = settings;
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
    const row = second ? concatenate(first, second, ...others) : first;
    const wide = bins === 0 ? row : concatenate(row, binsLayer(bins)(networkInputs[0]));
    const prefixes = ensemble === 1 ? [""] : Array.from({ length: ensemble }, (_, index) => memberPrefix(index));
    // A single network keeps the library's layer names.
    const named = (name: string) => (ensemble === 1 ? {} : { name });
    const ends = prefixes.map((prefix, index) =>
      settings.hidden.reduce(
        (value, width, place) => {
          const hidden = dense(width, { activation, ...named(`${prefix}dense${place + 1}`) })(value);
          return withDropout(hasNorm ? batchNorm(named(`${prefix}batchNorm${place + 1}`))(hidden) : hidden);
        },
        // Every second one reads the bins, which help in most tables and harm in few: the mean of both is good everywhere.
        ensemble === 1 || index % 2 === 1 ? wide : row,
      ),
    );
    const makeOutputs = (): Value => {
      if (use === "prediction") return dense(units, { activation: last, ...named(headName) })(joined(ends));
      const heads = ends.map((end, index) => dense(units, named(`${prefixes[index]}${headName}`))(end));
      return ensemble === 1 || units === 1 ? joined(heads) : reshape([ensemble, units])(joined(heads));
    };
    return new Network({ inputs: networkInputs, outputs: makeOutputs(), dtype, seed });
  });
}

/** The name of the layer that makes the outputs of an ensemble, and the beginning of the names of one network's layers. */
const headName = "output";
const memberPrefix = (index: number) => `network${index + 1}.`;

/** Returns the layer that says how far numbers reach into each of their ranges. */
const binsLayer = (bins: number) => dense(bins, { activation: "hardSigmoid", trainable: false, name: binsName });

const joined = ([first, second, ...others]: readonly Value[]): Value =>
  second ? concatenate(first, second, ...others) : first;

/** Tells whether a report shows a layer: of an ensemble it shows the first two networks, one without and one with bins, and the output layer. */
export const isShown = (name: string): boolean => name !== binsName && !/^network(?!1\.|2\.)\d+\./.test(name);

/**
 * Copies parameters and statistics to a network for prediction.
 *
 * @param from a network of `networkOf` for training or for prediction, and networks of other layers; between them they have all layers
 */
export function copyTensors(from: readonly Network[], to: Network): void {
  const tensorsOf = ({ parameters, statistics }: Network) => [...parameters, ...statistics];
  const known = new Map(from.flatMap(tensorsOf).map(({ name, values }) => [name, values]));
  for (const { name, values } of tensorsOf(to)) values.set(known.get(name) ?? joinedHeads(known, name));
}

/**
 * Returns the parameter of the layer that gives the mean of the logits of all networks: their weights, one after the other, and the sum of
 * their biases, over their number.
 */
function joinedHeads(known: ReadonlyMap<string, Values>, name: string): Float64Array {
  const heads: Values[] = [];
  for (let head = known.get(memberPrefix(0) + name); head; head = known.get(memberPrefix(heads.length) + name)) {
    heads.push(head);
  }
  const isBias = name.endsWith(".bias");
  const sums = isBias
    ? heads[0].map((_, unit) => heads.reduce((sum, head) => sum + head[unit], 0))
    : heads.flatMap((head) => [...head]);
  return Float64Array.from(sums, (value) => value / heads.length);
}

/** Returns the targets of all networks of an ensemble: each target as often as there are networks. */
export function targetsOfAll(targets: Float64Array, { ensemble = 1 }: Pick<Settings, "ensemble">): Float64Array {
  if (ensemble === 1) return targets;
  const all = new Float64Array(targets.length * ensemble);
  for (let row = 0; row < targets.length; row++) all.fill(targets[row], row * ensemble, (row + 1) * ensemble);
  return all;
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

/**
 * Returns the number of networks: several for tables on which they train in a few seconds.
 *
 * @param features the numbers of a row
 */
export function defaultEnsemble(rows: number, features: number): number {
  if (rows >= 10_000) return 1;
  return rows * features < 300_000 ? 4 : 2;
}

/** Returns the most ranges of each number, for tables of so few rows. */
export const defaultBins = (rows: number, { kind }: Pick<Goal, "kind">): number =>
  rows >= 10_000 ? 0 : kind === "number" ? 12 : 6;

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
