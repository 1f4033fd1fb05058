/**
 * The names and layouts of each kind of layer's tensors in PyTorch and Keras, for reading and writing. A kind with tensors adds a row. The weight of a convolution,
 * [height, width, channels, filters] here, has the sides [3, 2, 0, 1] in PyTorch.
 */

import type { AttentionDescription } from "./attention.ts";
import type { BidirectionalDescription } from "./bidirectional.ts";
import { type DescriptionBase, type Shape, sizeOf } from "./layer.ts";

/** A tensor of another library. */
export interface ForeignTensor {
  readonly name: string;
  /** For each of its sides, the index of our side. Default the same sides in the same order. */
  readonly sides?: readonly number[] | undefined;
  /** Returns its shape, given ours, if it joins some sides or has others. Default its sides. */
  readonly shape?: ((ours: Shape) => Shape) | undefined;
  /** The part of it that is ours, if it holds several of our tensors along its first side. Default all of it. */
  readonly part?: { readonly index: number; readonly count: number };
  /**
   * The value of our tensor if the layer has no such tensor there. Tensors of a layer with the same number are either all there or none.
   */
  readonly absent?: number | undefined;
  /** True if it may be absent though other tensors with the same number are there. */
  readonly isAbsentAlone?: boolean;
  /**
   * Replaces `sides` for tensors whose features are in another order or are only some of ours. Returns the index in its last side for
   * `index` of ours; undefined means 0.
   *
   * @param size the length of our last side
   */
  readonly column?: (index: number, size: number) => number | undefined;
}

/** The tensors of another library by the names of ours: one tensor, or several whose sum is ours. */
type ForeignTensors = Readonly<Record<string, ForeignTensor | readonly ForeignTensor[]>>;

/** One of our layers with its tensors. */
interface OwnLayer {
  readonly description: DescriptionBase;
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
}

/** The tensors of a kind of layer in other libraries. Where a library has several forms, the first is written, and all are read. */
interface ForeignForms {
  readonly pytorch?: ForeignTensors | readonly ForeignTensors[] | undefined;
  readonly keras?: ForeignTensors | readonly ForeignTensors[] | undefined;
}

/** A kind of layer in other libraries: their tensors by the names of ours. */
export interface ForeignLayer extends ForeignForms {
  /** Returns them, if they depend on the layer. */
  readonly tensors?: ((layer: OwnLayer) => ForeignForms) | undefined;
  /**
   * True if PyTorch has the output's channels first, as for convolutions; false if the output has the same sides as here. Default as the
   * input: an image from a network's input has its channels first.
   */
  readonly isChannelsFirst?: boolean | undefined;
}

const bias: ForeignTensor = { name: "bias", absent: 0 };

const gainAndShift = {
  pytorch: { weight: { name: "weight", absent: 1 }, bias },
  keras: { weight: { name: "gamma", absent: 1 }, bias: { name: "beta", absent: 0 } },
};

/** A convolution. Its weight has the sides `sides` in PyTorch, and this shape, if it joins sides. */
const convolution = (sides: readonly number[], shape?: ForeignTensor["shape"]): ForeignLayer => ({
  pytorch: { weight: { name: "weight", sides, ...(shape && { shape }) }, bias },
  keras: { weight: { name: "kernel" }, bias },
  isChannelsFirst: true,
});

const inputBias: ForeignTensor = { name: "bias_ih_l0", absent: 0 };
const hiddenBias: ForeignTensor = { name: "bias_hh_l0", absent: 0 };

/** A recurrent layer, which has one form in each library. */
interface RecurrentForms {
  readonly pytorch: ForeignTensors;
  readonly keras: ForeignTensors;
  readonly isChannelsFirst: false;
}

/** PyTorch's has two biases, one for the input and one for the hidden state. */
const recurrent: RecurrentForms = {
  pytorch: {
    weight: { name: "weight_ih_l0", sides: [1, 0] },
    recurrentWeight: { name: "weight_hh_l0", sides: [1, 0] },
    bias: [inputBias, hiddenBias],
  },
  keras: { weight: { name: "kernel" }, recurrentWeight: { name: "recurrent_kernel" }, bias },
  isChannelsFirst: false,
};

/** Converts a column index from our order of gates, r z n, to z r n. */
function resetSecond(index: number, size: number): number {
  const units = size / 3;
  return index < units ? index + units : index < 2 * units ? index - units : index;
}

/** Keras has both biases as rows of one tensor. */
const biasRows: ForeignTensor = { ...bias, shape: ([size]) => [2, size] };

/** The part of the hidden state's bias for the candidate is a tensor of its own here. The other parts are in the bias. */
const gru: RecurrentForms = {
  pytorch: {
    ...recurrent.pytorch,
    bias: [inputBias, { ...hiddenBias, column: (index, size) => (3 * index < 2 * size ? index : undefined) }],
    candidateBias: { ...hiddenBias, shape: ([units]) => [3 * units], column: (index, size) => 2 * size + index },
  },
  keras: {
    weight: { name: "kernel", column: resetSecond },
    recurrentWeight: { name: "recurrent_kernel", column: resetSecond },
    bias: [
      { ...biasRows, column: resetSecond },
      {
        ...biasRows,
        column: (index, size) => (3 * index < 2 * size ? size + resetSecond(index, size) : undefined),
      },
    ],
    candidateBias: { ...bias, shape: ([units]) => [2, 3 * units], column: (index, size) => 5 * size + index },
  },
  isChannelsFirst: false,
};

const recurrentLayers: Readonly<Record<string, RecurrentForms>> = { simpleRnn: recurrent, lstm: recurrent, gru };

/** A table of rows. */
const table = { pytorch: { weight: { name: "weight" } }, keras: { weight: { name: "embeddings" } } };
/**
 * The projections of attention. PyTorch's MultiheadAttention has those of query, key and value in one tensor, but separate weights if query
 * and value have different numbers of features; its heads share the features. Other modules have a Linear for each projection. Keras has a
 * side for the heads.
 */
function attentionTensors({ description, parameters }: OwnLayer): ForeignForms {
  const { heads } = description as AttentionDescription;
  const [[queryFeatures, columns], [keyFeatures]] = parameters.map(({ shape }) => shape);
  const output = {
    outputWeight: { name: "out_proj.weight", sides: [1, 0] },
    outputBias: { name: "out_proj.bias", absent: 0 },
  };
  const packed: Record<string, ForeignTensor> = { ...output };
  const linear: Record<string, ForeignTensor> = {
    ...output,
    outputBias: { ...output.outputBias, isAbsentAlone: true },
  };
  const keras: Record<string, ForeignTensor> = {
    outputWeight: {
      name: "attention_output/kernel",
      shape: ([columns, features]) => [heads, columns / heads, features],
    },
    outputBias: { name: "attention_output/bias", absent: 0 },
  };
  ["query", "key", "value"].forEach((name, index) => {
    const part = { index, count: 3 };
    const [letter] = name;
    const own = { name: `${letter}_proj_weight`, sides: [1, 0] };
    packed[`${name}Weight`] = queryFeatures === keyFeatures ? { name: "in_proj_weight", sides: [1, 0], part } : own;
    packed[`${name}Bias`] = { name: "in_proj_bias", part, absent: 0 };
    linear[`${name}Weight`] = { name: `${letter}_proj.weight`, sides: [1, 0] };
    linear[`${name}Bias`] = { name: `${letter}_proj.bias`, absent: 0, isAbsentAlone: true };
    const ofHeads = (columns: number) => [heads, columns / heads];
    keras[`${name}Weight`] = {
      name: `${name}/kernel`,
      shape: ([features, columns]) => [features, ...ofHeads(columns)],
    };
    keras[`${name}Bias`] = { name: `${name}/bias`, shape: ([columns]) => ofHeads(columns), absent: 0 };
  });
  return { pytorch: columns === queryFeatures ? [packed, linear] : linear, keras };
}

export const foreignLayers: Readonly<Record<string, ForeignLayer>> = {
  dense: {
    pytorch: { weight: { name: "weight", sides: [1, 0] }, bias },
    keras: { weight: { name: "kernel" }, bias },
    isChannelsFirst: false,
  },
  batchNorm: {
    pytorch: {
      ...gainAndShift.pytorch,
      runningMean: { name: "running_mean" },
      runningVariance: { name: "running_var" },
    },
    keras: {
      ...gainAndShift.keras,
      runningMean: { name: "moving_mean" },
      runningVariance: { name: "moving_variance" },
    },
  },
  layerNorm: gainAndShift,
  groupNorm: gainAndShift,
  // Keras's RMSNormalization has a scale, its LayerNormalization with rms_scaling a gamma.
  rmsNorm: { ...gainAndShift, keras: [{ weight: { name: "scale" } }, gainAndShift.keras] },
  conv1d: convolution([2, 1, 0]),
  conv2d: convolution([3, 2, 0, 1]),
  // A filter of one channel.
  depthwiseConv2d: convolution([2, 3, 0, 1], ([height, width, channels, multiplier]) => {
    return [channels * multiplier, 1, height, width];
  }),
  convTranspose2d: convolution([3, 2, 0, 1]),
  ...recurrentLayers,
  embedding: { ...table, isChannelsFirst: false },
  // PyTorch has no such layer; its counterpart is the weight of an Embedding of positions. Keras's is that of KerasHub.
  positionEmbedding: table,
  attention: { tensors: attentionTensors, isChannelsFirst: false },
  bidirectional: { tensors: bidirectionalTensors, isChannelsFirst: false },
  permute: { isChannelsFirst: false },
  reshape: { isChannelsFirst: false },
};

/** Returns the tensors of both directions: those of the layer, under other names. */
function bidirectionalTensors({ description }: OwnLayer): ForeignForms {
  const { pytorch, keras } = recurrentLayers[(description as BidirectionalDescription).layer.kind];
  return {
    pytorch: ofBothDirections(pytorch, (name, half) => (half === "forward" ? name : `${name}_reverse`)),
    keras: ofBothDirections(keras, (name, half) => `${half}_${name}`),
  };
}

/** @param rename returns the name of a direction's tensor */
function ofBothDirections(tensors: ForeignTensors, rename: (name: string, half: string) => string): ForeignTensors {
  const ofHalf = (half: string) =>
    Object.entries(tensors).map(([ours, theirs]) => {
      return [`${half}.${ours}`, [theirs].flat().map((each) => ({ ...each, name: rename(each.name, half) }))];
    });
  return Object.fromEntries(["forward", "backward"].flatMap(ofHalf));
}

/**
 * Returns a name of Keras without the cell of a recurrent layer. Keras calls a tensor of a direction
 * "bidirectional/forward_lstm/lstm_cell/kernel"; this returns "bidirectional/forward_kernel".
 */
export const foreignName = (name: string): string => {
  // No layer has a name that long, and the search for a cell takes time with the square of the length.
  if (name.length > longestName) return name;
  return name
    .replace(/([./])(forward|backward)_\w+[./](?:simple_rnn|lstm|gru)_cell[./](\w+)$/, "$1$2_$3")
    .replace(/[./](?:simple_rnn|lstm|gru)_cell(?=[./]\w+$)/, "");
};

const longestName = 1000;

/**
 * Splits a name of PyTorch: returns the name for the first of stacked recurrent layers, `rnn.weight_ih_l0` for `rnn.weight_ih_l1`, and the
 * layer's number in the stack, from 0.
 */
export function splitStackedName(name: string): { readonly name: string; readonly level: number } {
  const [, start, level = "0", end] = /^((?:.*\.)?(?:weight|bias)_[ih]h_l)(\d+)(_reverse)?$/.exec(name) ?? [];
  return { name: start === undefined ? name : `${start}0${end ?? ""}`, level: Number(level) };
}

/** Returns PyTorch's name of a tensor at a level of the stack, from that at level 0: `weight_ih_l1` for `weight_ih_l0` at level 1. */
export const stackedName = (name: string, level: number): string =>
  name.replace(/^((?:weight|bias)_[ih]h_l)0/, `$1${level}`);

/** Foreign tensors that have no counterpart here. */
export const foreignCounters = ["num_batches_tracked"];

/**
 * Tells whether a tensor of PyTorch is a factor from which a parametrization such as weight_norm or spectral_norm computes a weight at each
 * call.
 */
export const isFactor = (name: string): boolean =>
  /(^|\.)(parametrizations\.[\w.]+|weight_(g|v|orig|u))$/.test(name.slice(-longestName));

/** Returns the forms of a layer's tensors in another library: none if its kind has none there. The first is written, all are read. */
export function foreignTensors(layer: OwnLayer, library: "pytorch" | "keras"): readonly ForeignTensors[] {
  const foreign = foreignLayers[layer.description.kind];
  return [(foreign?.tensors?.(layer) ?? foreign)?.[library] ?? []].flat();
}

/** Returns the shape of the foreign tensor for a tensor of ours; if ours is a part, the shape of the whole. */
export function foreignShape({ sides, shape, part }: ForeignTensor, ours: Shape): Shape {
  const theirs = shape?.(ours) ?? sides?.map((side) => ours[side]) ?? ours;
  return part ? theirs.with(0, theirs[0] * part.count) : theirs;
}

/**
 * Returns for each number of a value of `shape`, flattened here, its place when flattened with the channels first.
 *
 * @param shape [height, width, channels], or any positions before channels
 */
export function channelsFirstOrder(shape: Shape): readonly number[] {
  const channels = shape[shape.length - 1];
  const positions = sizeOf(shape) / channels;
  return Array.from({ length: positions * channels }, (_, index) => {
    const channel = index % channels;
    return channel * positions + (index - channel) / channels;
  });
}

/**
 * Returns for each number of ours, in our layout, its place in a foreign tensor, or -1 if it has none there.
 *
 * @param ours our shape
 * @param order for each place of our first side, the place in theirs; default the same
 */
export function foreignPlaces(
  { sides, part, column }: Pick<ForeignTensor, "sides" | "part" | "column">,
  ours: Shape,
  order: readonly number[] | undefined,
): Int32Array {
  const strides = ours.map(() => 1);
  let stride = 1;
  for (const side of (sides ?? [...ours.keys()]).toReversed()) {
    strides[side] = stride;
    stride *= ours[side];
  }
  const last = ours.length - 1;
  const placeOn = (side: number, index: number): number => {
    if (column && side === last) return column(index, ours[last]) ?? -1;
    return (side === 0 && order ? order[index] : index) * strides[side];
  };
  // The start of each row of our last side, then all places.
  let places = Int32Array.of(part ? part.index * sizeOf(ours) : 0);
  for (const [side, count] of ours.entries()) {
    const starts = places;
    const onSide = Int32Array.from({ length: count }, (_, index) => placeOn(side, index));
    places = new Int32Array(starts.length * count);
    let at = 0;
    for (const start of starts) for (const place of onSide) places[at++] = place < 0 ? -1 : start + place;
  }
  return places;
}
