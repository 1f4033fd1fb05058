/**
 * What the gradients are checked on: every activation and every loss, with targets that fit it, and every kind of layer in a
 * small network. Each says where its kinks are, as a difference across one says nothing.
 */
import {
  type Activation,
  type ActivationName,
  activation as activationLayer,
  add,
  attention,
  averagePool1d,
  averagePool2d,
  batchNorm,
  bidirectional,
  binaryCrossEntropyWithLogits,
  concatenate,
  contrastive,
  conv1d,
  conv2d,
  convTranspose2d,
  crop2d,
  dense,
  depthwiseConv2d,
  distance,
  dot,
  dropout,
  elu,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  huber,
  input,
  layerNorm,
  leakyRelu,
  lstm,
  maxPool1d,
  maxPool2d,
  multiply,
  permute,
  positionalEncoding,
  positionEmbedding,
  reshape,
  rmsNorm,
  type Shape,
  simpleRnn,
  slice,
  softmaxCrossEntropy,
  split,
  squaredError,
  subtract,
  type Targets,
  type TrainerOptions,
  triplet,
  uniform,
  unitNorm,
  upsample2d,
  type Value,
  zeroPad2d,
} from "../src/index.ts";

type Draw = () => number;

export const examples = 5;
export const outputs = 3;
const hidden = 4;

export interface ActivationCase {
  name: string;
  activation: ActivationName | Activation;
  kinks: number[];
}

const named = (name: ActivationName, kinks: number[] = []): ActivationCase => ({ name, activation: name, kinks });

export const activations: ActivationCase[] = [
  ...(["linear", "sigmoid", "tanh", "gelu", "geluTanh", "silu", "mish", "softplus"] as const).map((name) =>
    named(name),
  ),
  ...(["softsign", "softmax", "logSoftmax"] as const).map((name) => named(name)),
  ...(["relu", "leakyRelu", "elu", "selu"] as const).map((name) => named(name, [0])),
  ...(["hardSigmoid", "hardSwish"] as const).map((name) => named(name, [-3, 3])),
  { name: "leakyRelu of slope 0.2", activation: leakyRelu({ slope: 0.2 }), kinks: [0] },
  { name: "elu of alpha 1.3", activation: elu({ alpha: 1.3 }), kinks: [0] },
];

export interface LossCase extends Pick<TrainerOptions, "loss" | "classWeights"> {
  name: string;
  exampleWeights?: number[];
  /** The activation of the last layer; without it, the one under test stands there too. */
  output?: ActivationName;
  targets: (draw: Draw) => number[][] | number[] | null;
  /** Makes the network's outputs of the last layer's, if the loss is not of those. */
  end?: (value: Value) => Value | readonly Value[];
  /** How far a row of outputs and its targets are from a kink of the loss. */
  kinkDistance?: (outputs: number[], targets: number[]) => number;
}

export const fill = <Element>(length: number, element: () => Element) => Array.from({ length }, element);
const rows = (element: Draw): number[][] => fill(examples, () => fill(outputs, element));
const values = (draw: Draw) => rows(() => 2 * draw() - 1);
const bits = (draw: Draw) => rows(() => Number(draw() < 0.5));
const signs = (draw: Draw) => rows(() => (draw() < 0.5 ? -1 : 1));
const counts = (draw: Draw) => rows(() => Math.floor(4 * draw()));
const classNumbers = (draw: Draw) => fill(examples, () => Math.floor(outputs * draw()));
const oneHot = (draw: Draw) => classNumbers(draw).map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
const distributions = (draw: Draw) =>
  rows(() => 0.1 + draw()).map((row) => row.map((share) => share / (row[0] + row[1] + row[2])));

const least = (distance: (output: number, target: number) => number) => (row: number[], target: number[]) =>
  Math.min(...row.map((output, column) => Math.abs(distance(output, target[column]))));
const apart = least((output, target) => output - target);
const fromMargin = least((output, target) => 1 - output * target);
/** The cosine has its kink where all outputs are 0, and is strongly curved long before. */
const fromOrigin = (row: number[]) => Math.hypot(...row) / 20;
const exampleWeights = [1, 0, 3, 0.5, 2];

/** The distance of two of three outputs from two others, for losses of distances. */
function twoApart(value: Value): Value {
  const [first, second, third] = split([1, 1, 1])(value);
  return distance()(concatenate(first, second), concatenate(second, third));
}
const pairBits = (draw: Draw) => fill(examples, () => [Number(draw() < 0.5)]);
const fromMarginOf = (margin: number) => least((output) => Math.min(output, Math.abs(output - margin)));

export const losses: LossCase[] = [
  { name: "meanSquaredError", loss: "meanSquaredError", targets: values },
  { name: "squaredError, summed", loss: squaredError({ reduction: "sum" }), targets: values },
  { name: "squaredError, averaged", loss: squaredError({ reduction: "mean" }), targets: values },
  { name: "meanAbsoluteError", loss: "meanAbsoluteError", targets: values, kinkDistance: apart },
  { name: "binaryCrossEntropyWithLogits", loss: "binaryCrossEntropyWithLogits", targets: bits },
  { name: "softmaxCrossEntropy of one-hot rows", loss: "softmaxCrossEntropy", targets: oneHot },
  { name: "softmaxCrossEntropy of distributions", loss: "softmaxCrossEntropy", targets: distributions },
  { name: "softmaxCrossEntropy of class numbers", loss: "softmaxCrossEntropy", targets: classNumbers },
  { name: "sparseSoftmaxCrossEntropy", loss: "sparseSoftmaxCrossEntropy", targets: classNumbers },
  { name: "binaryCrossEntropy after sigmoid", loss: "binaryCrossEntropy", output: "sigmoid", targets: bits },
  {
    name: "binaryCrossEntropy of shares after sigmoid",
    loss: "binaryCrossEntropy",
    output: "sigmoid",
    targets: distributions,
  },
  { name: "categoricalCrossEntropy", loss: "categoricalCrossEntropy", output: "softmax", targets: oneHot },
  {
    name: "categoricalCrossEntropy of distributions",
    loss: "categoricalCrossEntropy",
    output: "softmax",
    targets: distributions,
  },
  {
    name: "huber of delta 0.7",
    loss: huber({ delta: 0.7 }),
    targets: values,
    kinkDistance: least((output, target) => Math.abs(output - target) - 0.7),
  },
  { name: "hinge", loss: "hinge", targets: signs, kinkDistance: fromMargin },
  { name: "squaredHinge", loss: "squaredHinge", targets: signs, kinkDistance: fromMargin },
  { name: "logCosh", loss: "logCosh", targets: values },
  { name: "poisson", loss: "poisson", output: "linear", targets: counts },
  { name: "kullbackLeibler", loss: "kullbackLeibler", output: "logSoftmax", targets: distributions },
  { name: "cosineSimilarity", loss: "cosineSimilarity", targets: values, kinkDistance: fromOrigin },
  {
    name: "contrastive",
    loss: "contrastive",
    end: twoApart,
    targets: pairBits,
    kinkDistance: fromMarginOf(1),
  },
  {
    name: "contrastive of margin 2 and power 1, weighted",
    loss: contrastive({ margin: 2, power: 1 }),
    exampleWeights,
    end: twoApart,
    targets: pairBits,
    kinkDistance: fromMarginOf(2),
  },
  {
    name: "triplet, weighted",
    loss: triplet({ margin: 2 }),
    exampleWeights,
    end: (value) => [value, multiply(value, value), activationLayer("tanh")(value)],
    targets: () => null,
  },
  { name: "smoothed labels of rows", loss: softmaxCrossEntropy({ labelSmoothing: 0.2 }), targets: oneHot },
  {
    name: "smoothed labels of class numbers",
    loss: softmaxCrossEntropy({ labelSmoothing: 0.2 }),
    targets: classNumbers,
  },
  { name: "smoothed labels of outputs", loss: binaryCrossEntropyWithLogits({ labelSmoothing: 0.2 }), targets: bits },
  { name: "weights of classes", loss: "softmaxCrossEntropy", classWeights: [0.5, 2, 1], targets: classNumbers },
  {
    name: "weights of classes of outputs",
    loss: "binaryCrossEntropyWithLogits",
    classWeights: [0.5, 2],
    targets: bits,
  },
  { name: "weights of examples", loss: "meanSquaredError", exampleWeights, targets: values },
  {
    name: "weights of examples, one term each",
    loss: "cosineSimilarity",
    exampleWeights,
    targets: values,
    kinkDistance: fromOrigin,
  },
  {
    name: "weights of classes and of examples with smoothed labels",
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    classWeights: [0.5, 2, 1],
    exampleWeights,
    targets: oneHot,
  },
];

export interface LayerCase {
  name: string;
  inputs: Shape;
  /** Positions of the output; 1 unless it says more. */
  positions?: number;
  /** Draws a number of an example; default from -1.5 to 1.5. */
  element?: (draw: Draw) => number;
  /** What comes before the last layer: made of the input, with the activation under test somewhere in it. */
  hidden: (value: Value, activation: ActivationName | Activation) => Value;
}

/** First parameters so large that no gradient is mere rounding. */
const start = { weightInitializer: uniform(-1.5, 1.5), biasInitializer: uniform(-0.5, 0.5) };
const plain = (options: { bias?: boolean; trainable?: boolean } = {}) => dense(hidden, { ...start, ...options });
const units = (activation: ActivationName | Activation) => dense(hidden, { ...start, activation });

/** The layer that every network here ends with. */
export const last = (activation: ActivationName | Activation) => dense(outputs, { ...start, activation });

export const denseCase: LayerCase = { name: "dense", inputs: [3], hidden: (value, kind) => units(kind)(value) };

export const layers: LayerCase[] = [
  {
    name: "activation, before and behind a dense layer",
    inputs: [3],
    hidden: (value, kind) => activationLayer(kind)(plain()(activationLayer("tanh")(plain()(value)))),
  },
  {
    name: "dropout, with one mask for all passes",
    inputs: [3],
    hidden: (value, kind) => dropout(0.3)(units(kind)(value)),
  },
  {
    // No bias stands before it: its gradient would be 0, and the check one of rounding.
    name: "batchNorm",
    inputs: [3],
    hidden: (value, kind) => activationLayer(kind)(batchNorm()(plain({ bias: false })(value))),
  },
  {
    name: "batchNorm over positions, of what no parameter stands before, and flatten",
    inputs: [2, 3],
    hidden: (value, kind) => units(kind)(flatten()(batchNorm()(value))),
  },
  {
    name: "layerNorm",
    inputs: [3],
    hidden: (value, kind) => activationLayer(kind)(layerNorm()(plain()(value))),
  },
  {
    name: "layerNorm over positions, of what no parameter stands before, and flatten",
    inputs: [2, 3],
    hidden: (value, kind) => units(kind)(flatten()(layerNorm()(value))),
  },
  {
    name: "rmsNorm",
    inputs: [3],
    hidden: (value, kind) => activationLayer(kind)(rmsNorm()(plain()(value))),
  },
  {
    name: "rmsNorm over positions, of what no parameter stands before, and flatten",
    inputs: [2, 3],
    hidden: (value, kind) => units(kind)(flatten()(rmsNorm()(value))),
  },
  {
    name: "groupNorm of features",
    inputs: [3],
    hidden: (value, kind) => activationLayer(kind)(groupNorm(1)(plain()(value))),
  },
  {
    name: "groupNorm over positions, of what no parameter stands before, and flatten",
    inputs: [2, 3],
    hidden: (value, kind) => units(kind)(flatten()(groupNorm(3)(value))),
  },
  {
    name: "dropout of whole channels, with one mask for all passes, and flatten",
    inputs: [2, 3],
    hidden: (value, kind) => units(kind)(flatten()(dropout(0.3, { wholeChannels: true })(plain()(value)))),
  },
  {
    name: "add, around a dense layer",
    inputs: [3],
    hidden(value, kind) {
      const first = units("tanh")(value);
      return add(first, units(kind)(first), first);
    },
  },
  {
    name: "multiply, of three values of which two are one",
    inputs: [3],
    hidden(value, kind) {
      const first = units(kind)(value);
      return multiply(first, plain()(value), first);
    },
  },
  {
    name: "concatenate, of an input, a layer and what is made of it",
    inputs: [3],
    hidden(value, kind) {
      const first = units(kind)(value);
      return concatenate(value, plain()(first), first);
    },
  },
  {
    // The activations are layers apart, as one that is used twice shows the values of its last use only.
    name: "dense, used twice",
    inputs: [hidden],
    hidden(value, kind) {
      const shared = plain();
      return activationLayer(kind)(shared(activationLayer(kind)(shared(value))));
    },
  },
  {
    name: "dense that is not trained, between two that are",
    inputs: [3],
    hidden: (value, kind) => plain({ trainable: false })(units(kind)(value)),
  },
  {
    name: "permute, slice and reshape, between dense layers at positions",
    inputs: [2, 3],
    hidden: (value, kind) => reshape(12)(slice(0, 1, 4)(units(kind)(permute([1, 0])(plain()(value))))),
  },
  {
    name: "split, of which one part is used, one twice and one not at all",
    inputs: [3],
    hidden(value, kind) {
      const [first, second] = split([2, 2, 1])(dense(5)(value));
      return units(kind)(concatenate(first, second, second));
    },
  },
  {
    name: "maxPool2d and globalMaxPool of overlapping windows",
    inputs: [3, 4, 2],
    hidden: (value, kind) => globalMaxPool()(maxPool2d(2, { stride: 1, padding: "same" })(units(kind)(value))),
  },
  {
    name: "averagePool2d, upsample2d, zeroPad2d, crop2d and globalAveragePool",
    inputs: [3, 3, 2],
    hidden(value, kind) {
      const padded = zeroPad2d([
        [1, 0],
        [0, 2],
      ])(upsample2d(2, { interpolation: "bilinear" })(averagePool2d(2, { padding: "same" })(plain()(value))));
      return globalAveragePool()(units(kind)(crop2d(1)(padded)));
    },
  },
  {
    name: "maxPool1d, averagePool1d and flatten",
    inputs: [5, 2],
    hidden: (value, kind) => flatten()(averagePool1d(2, { stride: 1 })(maxPool1d(2)(units(kind)(value)))),
  },
  {
    name: "subtract, distance and dot, of two values of which one is used thrice",
    inputs: [3],
    hidden(value, kind) {
      const [first, second] = [units(kind)(value), plain()(value)];
      return concatenate(distance()(first, second), subtract(second, first), dot()(plain()(first), second));
    },
  },
  {
    name: "unitNorm and the cosine at positions, to an output of positions",
    inputs: [2, 3],
    positions: 2,
    hidden(value, kind) {
      const [first, second] = [units(kind)(value), plain()(value)];
      return concatenate(unitNorm()(second), dot({ normalize: true })(first, second));
    },
  },
  {
    name: "dense at positions, to an output of positions",
    inputs: [2, 3],
    positions: 2,
    hidden: (value, kind) => units(kind)(plain()(value)),
  },
  {
    name: "layerNorm and activation at positions, to an output of positions",
    inputs: [2, 3],
    positions: 2,
    hidden: (value, kind) => activationLayer(kind)(layerNorm()(plain()(value))),
  },
  {
    name: "groupNorm and activation at positions, to an output of positions",
    inputs: [2, 3],
    positions: 2,
    hidden: (value, kind) => activationLayer(kind)(groupNorm(2)(plain()(value))),
  },
  {
    name: "batchNorm over positions, to an output of positions",
    inputs: [2, 3],
    positions: 2,
    hidden: (value, kind) => activationLayer(kind)(batchNorm()(plain({ bias: false })(value))),
  },
  {
    name: "conv2d with same padding and groups, then with a stride and zeros by side",
    inputs: [4, 3, 2],
    hidden(value, kind) {
      const first = conv2d(4, [3, 2], { ...start, padding: "same", groups: 2, activation: "tanh" })(value);
      const second = conv2d(2, 2, {
        ...start,
        stride: 2,
        padding: [
          [1, 0],
          [0, 1],
        ],
        activation: kind,
      });
      return flatten()(second(first));
    },
  },
  {
    name: "conv2d with dilation, after one of Winograd's sizes",
    inputs: [4, 4, 8],
    hidden(value, kind) {
      const first = conv2d(8, 3, { ...start, padding: "same", activation: "tanh" });
      return flatten()(conv2d(2, 2, { ...start, dilation: [3, 2], activation: kind })(first(first(value))));
    },
  },
  {
    name: "depthwiseConv2d with several filters a channel, then with a stride, then several channels a filter",
    inputs: [4, 5, 3],
    hidden(value, kind) {
      const first = depthwiseConv2d(3, { ...start, multiplier: 2, padding: "same", activation: "tanh" })(value);
      const second = depthwiseConv2d([3, 2], { ...start, stride: 2, activation: kind, maxNorm: 100 })(first);
      return flatten()(conv2d(3, 1, { ...start, groups: 3 })(second));
    },
  },
  {
    name: "convTranspose2d with a stride and output padding, then with same padding and groups",
    inputs: [2, 3, 2],
    hidden(value, kind) {
      const first = convTranspose2d(4, 3, {
        ...start,
        stride: 2,
        padding: 1,
        outputPadding: [1, 0],
        activation: "tanh",
      });
      const second = convTranspose2d(2, 2, { ...start, padding: "same", groups: 2, activation: kind });
      return flatten()(second(first(value)));
    },
  },
  {
    name: "simpleRnn with all steps, then in reverse, to an output of positions",
    inputs: [4, 2],
    positions: 4,
    hidden(value, kind) {
      const first = simpleRnn(3, { ...start, returnSequences: true })(units(kind)(value));
      return simpleRnn(hidden, { ...start, returnSequences: true, reverse: true })(first);
    },
  },
  {
    name: "lstm with all steps, used twice, then its last state in reverse",
    inputs: [4, 3],
    hidden(value, kind) {
      const first = lstm(3, { ...start, returnSequences: true });
      return units(kind)(lstm(hidden, { ...start, reverse: true })(first(first(value))));
    },
  },
  {
    name: "gru in reverse with all steps, of what no parameter stands before, then its last state",
    inputs: [4, 3],
    hidden(value, kind) {
      const first = gru(3, { ...start, returnSequences: true, reverse: true })(value);
      return gru(hidden, start)(units(kind)(first));
    },
  },
  {
    name: "bidirectional gru and simpleRnn with all steps, concatenated and multiplied, to an output of positions",
    inputs: [3, 2],
    positions: 3,
    hidden(value, kind) {
      const first = bidirectional(gru(2, { ...start, returnSequences: true }))(value);
      const second = bidirectional(simpleRnn(hidden, { ...start, returnSequences: true }), { merge: "multiply" })(
        first,
      );
      return add(first, second, units(kind)(second));
    },
  },
  {
    name: "bidirectional gru and simpleRnn, averaged and summed, then concatenated after the whole sequence",
    inputs: [3, 2],
    hidden(value, kind) {
      const first = bidirectional(gru(3, { ...start, returnSequences: true }), { merge: "average" })(value);
      const second = bidirectional(simpleRnn(3, { ...start, returnSequences: true }), { merge: "sum" })(first);
      return units(kind)(bidirectional(lstm(2, start))(second));
    },
  },
  {
    name: "conv1d, causal and with a stride, to an output of positions",
    inputs: [5, 2],
    positions: 3,
    hidden(value, kind) {
      const first = conv1d(3, 2, { ...start, padding: "causal", activation: kind })(value);
      return conv1d(hidden, 2, { ...start, padding: "same", stride: 2, maxNorm: 100 })(first);
    },
  },
  {
    name: "embedding with a padding, used twice, positionEmbedding and positionalEncoding",
    inputs: [5],
    element: (draw) => Math.floor(4 * draw()),
    hidden(value, kind) {
      const table = embedding(4, 3, { padding: 1 });
      const placed = positionalEncoding()(
        positionEmbedding({ weightInitializer: start.weightInitializer })(table(value)),
      );
      return units(kind)(concatenate(flatten()(placed), flatten()(table(slice(0, 1, 3)(value)))));
    },
  },
  {
    // A bias of keys has the gradient 0, and the check would be one of rounding.
    name: "attention to itself, causal, with dropout, then to a value of other steps and features, to an output of positions",
    inputs: [3, 2],
    positions: 3,
    hidden(value, kind) {
      const { weightInitializer } = start;
      const query = attention({ heads: 2, causal: true, dropout: 0.2, bias: false, weightInitializer })(plain()(value));
      const other = dense(3, { ...start, activation: kind })(slice(0, 1, 3)(value));
      return attention({ heads: 1, keyUnits: 2, bias: false, weightInitializer })(query, other);
    },
  },
];

/** Targets of the loss for the output of a network of the layers: of several positions, those of one after the other. */
export function targetsOf({ positions = 1 }: LayerCase, { targets }: LossCase, draw: Draw): Targets | null {
  if (positions === 1) return targets(draw);
  const drawn = fill(positions, () => targets(draw));
  if (drawn.includes(null)) return null;
  return fill(examples, () => 0).map((_, example) => drawn.map((each) => each![example])) as Targets;
}

/** A network's input and outputs: the case's layers with an activation, a last layer with another, and what a loss makes of that. */
export function graphOf(
  layerCase: LayerCase,
  kind: ActivationCase["activation"],
  output: ActivationCase["activation"],
  end: NonNullable<LossCase["end"]> = (value) => value,
) {
  const first = input(layerCase.inputs);
  return { inputs: first, outputs: end(last(output)(layerCase.hidden(first, kind))) };
}
