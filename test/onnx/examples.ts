/** Networks and examples for tests of ONNX files: the cases of all layers, and whole networks of images and sequences. */

import {
  add,
  attention,
  averagePool1d,
  averagePool2d,
  batchNorm,
  bidirectional,
  concatenate,
  conv1d,
  conv2d,
  convTranspose2d,
  type Dtype,
  dense,
  depthwiseConv2d,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  input,
  layerNorm,
  lstm,
  maxPool1d,
  maxPool2d,
  Network,
  pcg32,
  permute,
  positionalEncoding,
  positionEmbedding,
  reshape,
  rmsNorm,
  type Shape,
  Trainer,
  upsample2d,
  type Value,
} from "../../src/index.ts";
import { denseCase, graphOf, layers } from "../cases.ts";

export interface Example {
  readonly name: string;
  readonly network: (dtype: Dtype) => Network;
  /** Draws a number of an example; default from -1.5 to 1.5. */
  readonly element?: ((draw: () => number) => number) | undefined;
}

const chain = (value: Value, ...all: readonly ((value: Value) => Value)[]) =>
  all.reduce((made, layer) => layer(made), value);

/** A network of one input, with other statistics than the first. */
const whole = (
  name: string,
  shape: Shape,
  hidden: (value: Value) => Value | readonly Value[],
  element?: Example["element"],
): Example => ({
  name,
  element,
  network(dtype) {
    const inputs = input(shape);
    const network = new Network({ inputs, outputs: hidden(inputs), dtype, seed: 5 });
    const generator = pcg32(2);
    for (const { values } of network.statistics)
      for (const index of values.keys()) values[index] = 0.5 + generator.next();
    return network;
  },
});

const tokens = (count: number) => (draw: () => number) => Math.floor(count * draw());

/** Networks as people make them. */
export const networks: readonly Example[] = [
  whole("an image classifier", [12, 10, 3], (value) =>
    chain(
      value,
      conv2d(8, 3, { activation: "relu", padding: "same" }),
      batchNorm(),
      maxPool2d(2),
      conv2d(12, 3, { activation: "leakyRelu", stride: 2, padding: "same" }),
      flatten(),
      dropout(0.5),
      dense(16, { activation: "gelu" }),
      dense(4, { activation: "softmax" }),
    ),
  ),
  whole("a residual network", [8, 8, 4], (value) => {
    const block = (from: Value) =>
      add(
        from,
        chain(from, conv2d(4, 3, { padding: 1 }), batchNorm(), conv2d(4, 3, { padding: 1, activation: "silu" })),
      );
    return chain(block(block(value)), averagePool2d(2), globalAveragePool(), dense(3));
  }),
  whole("separable convolutions", [9, 9, 3], (value) =>
    chain(
      value,
      depthwiseConv2d(3, { stride: 2, padding: "same", multiplier: 2, activation: "hardSwish" }),
      conv2d(8, 1, { activation: "relu" }),
      groupNorm(4),
      layerNorm(),
      rmsNorm(),
      dense(5),
      globalAveragePool(),
    ),
  ),
  whole("an image to an image", [6, 8, 2], (value) => {
    const small = chain(value, conv2d(4, 3, { padding: "same", activation: "elu" }), maxPool2d(2));
    const large = chain(small, upsample2d(2, { interpolation: "bilinear" }), conv2d(2, 3, { padding: "same" }));
    const other = chain(small, convTranspose2d(2, 3, { stride: 2, padding: "same" }), upsample2d(1));
    return concatenate(large, other, value);
  }),
  whole("a decoder of images", [6], (value) =>
    chain(
      value,
      dense(3 * 4 * 5, { activation: "relu" }),
      reshape([4, 5, 3]),
      convTranspose2d(2, 4, { stride: 2, padding: 1 }),
    ),
  ),
  whole("an image whose lines are steps", [6, 5, 2], (value) =>
    chain(value, conv2d(3, 3, { padding: "same" }), reshape([6, 15]), lstm(7), dense(2)),
  ),
  whole("convolutions of sequences before an LSTM", [12, 3], (value) =>
    chain(
      value,
      conv1d(5, 3, { padding: "causal", activation: "tanh" }),
      maxPool1d(2),
      lstm(6, { returnSequences: true }),
      gru(4),
      dense(2),
    ),
  ),
  whole(
    "a tagger",
    [7],
    (value) =>
      chain(
        value,
        embedding(11, 6),
        bidirectional(lstm(5, { returnSequences: true })),
        dense(3, { activation: "softmax" }),
      ),
    tokens(11),
  ),
  whole(
    "a transformer",
    [6],
    (value) => {
      const placed = chain(value, embedding(9, 8), positionalEncoding(), positionEmbedding());
      const attended = add(placed, chain(placed, layerNorm(), attention({ heads: 2 })));
      const fed = add(attended, chain(attended, layerNorm(), dense(16, { activation: "gelu" }), dense(8)));
      return chain(fed, globalAveragePool(), dense(4, { activation: "logSoftmax" }));
    },
    tokens(9),
  ),
  whole("sides in another order", [4, 5], (value) =>
    chain(value, permute([1, 0]), dense(3), permute([1, 0]), flatten(), dense(2)),
  ),
  whole("two outputs", [5], (value) => {
    const shared = dense(6, { activation: "tanh" })(value);
    return [dense(2)(shared), dense(3, { activation: "softmax" })(shared)];
  }),
];

/** Every kind of layer. */
export const kinds: readonly Example[] = [denseCase, ...layers].map((layerCase) => ({
  name: layerCase.name,
  element: layerCase.element,
  network(dtype) {
    const network = new Network({ ...graphOf(layerCase, "tanh", "sigmoid"), dtype, seed: 3 });
    return network;
  },
}));

/** Draws a batch of examples of a network of one input. */
export function examplesOf(network: Network, { element }: Pick<Example, "element">, rows: number): Float32Array {
  const generator = pcg32(7);
  const draw = () => generator.next();
  return Float32Array.from({ length: rows * network.inputs }, () => (element ? element(draw) : 3 * draw() - 1.5));
}

/** Trains a network for one step, so that no parameter is as it was. */
export function stepped(network: Network): Network {
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  const rows = 4;
  const generator = pcg32(3);
  const inputs = Float32Array.from({ length: rows * network.inputs }, () => generator.next());
  const targets = Float32Array.from({ length: rows * network.outputs }, () => generator.next());
  trainer.step(inputs, targets);
  return network;
}

const steps = 7;

/** Networks of sequences of up to seven steps that differ in length, with two features. */
const ragged = (name: string, hidden: (value: Value) => Value): Example => ({
  name,
  network(dtype) {
    const inputs = input([steps, 2], { variableLength: true });
    return new Network({ inputs, outputs: hidden(inputs), dtype, seed: 3 });
  },
});

/** The networks of such sequences: each layer whose nodes know the lengths. */
export const raggedNetworks: readonly Example[] = [
  ragged("recurrent layers", (value) =>
    chain(value, lstm(3, { returnSequences: true }), gru(3, { returnSequences: true, reverse: true }), dense(2)),
  ),
  ragged("both directions", (value) => chain(value, bidirectional(lstm(2)), dense(1))),
  ragged("both directions at each step", (value) =>
    chain(value, bidirectional(gru(2, { returnSequences: true })), bidirectional(lstm(2, { returnSequences: true }))),
  ),
  ragged("a mean", (value) => chain(value, dense(3, { activation: "tanh" }), globalAveragePool(), dense(1))),
  ragged("a maximum", (value) => chain(value, layerNorm(), globalMaxPool())),
  ragged("convolutions", (value) =>
    chain(
      value,
      conv1d(3, 3, { padding: "same", activation: "relu" }),
      conv1d(2, 2, { padding: "causal", dilation: 2 }),
    ),
  ),
  ragged("a stride, then a recurrent layer", (value) =>
    chain(value, conv1d(3, 3, { padding: 1, stride: 2 }), gru(2, { returnSequences: true })),
  ),
  ragged("a convolution and its maximum", (value) => chain(value, conv1d(3, 3, { padding: 1 }), globalMaxPool())),
  ragged("a convolution and its mean", (value) => chain(value, conv1d(3, 3, { padding: 1 }), globalAveragePool())),
  ragged("pools", (value) =>
    chain(value, maxPool1d(3, { stride: 2, padding: 1 }), averagePool1d(2, { stride: 1, padding: 1 })),
  ),
  ragged("groups of steps", (value) => chain(value, dense(6), groupNorm(3), dense(2), groupNorm(1))),
  ragged("attention", (value) => chain(value, positionalEncoding(), attention({ heads: 2 }), globalAveragePool())),
  ragged("causal attention", (value) => attention({ heads: 1, causal: true })(value)),
  ragged("attention to other sequences", (value) =>
    attention({ heads: 1 })(dense(2)(value), conv1d(2, 3, { padding: 1, stride: 2 })(value)),
  ),
];
/** The lengths of examples for them. */
export const raggedLengths = [steps, 1, 4, 6];
