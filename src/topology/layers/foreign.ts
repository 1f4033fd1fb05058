/**
 * The tensors of each kind of layer as PyTorch and Keras name them and lay them out. A kind that has tensors adds a row; the weight of a
 * convolution, [height, width, channels, filters] here, has the sides [3, 2, 0, 1] in PyTorch.
 */

import type { BidirectionalDescription } from "./bidirectional.ts";
import { type LayerDescription, type Shape, sizeOf } from "./layer.ts";

/** A tensor of another library. */
export interface ForeignTensor {
  readonly name: string;
  /** For each of its sides, which of ours it is. Default the same sides in the same order. */
  readonly sides?: readonly number[];
  /** Returns its shape, given ours, if some of its sides are one there, or it has others. Default its sides. */
  readonly shape?: (ours: Shape) => Shape;
  /**
   * Instead of sides, for tensors whose features come in another order or are only some of ours: returns which of the numbers of its
   * last side is at `index` of ours, or undefined for none, which counts as 0.
   *
   * @param size of our last side
   */
  readonly column?: (index: number, size: number) => number | undefined;
}

/** A tensor of ours elsewhere: one, or several whose sum it is. */
export type ForeignTensors = ForeignTensor | readonly ForeignTensor[];

/** A kind of layer in other libraries: their tensors by the names of ours. */
export interface ForeignLayer {
  readonly pytorch?: Readonly<Record<string, ForeignTensors>>;
  readonly keras?: Readonly<Record<string, ForeignTensors>>;
  /**
   * True of a kind whose output has its channels first in PyTorch, as convolutions have; false of one whose output has the sides that
   * it has here. Default that of its input: an image of a network's input is channels first.
   */
  readonly isChannelsFirst?: boolean;
}

const gainAndShift = {
  pytorch: { weight: { name: "weight" }, bias: { name: "bias" } },
  keras: { weight: { name: "gamma" }, bias: { name: "beta" } },
};

/** A convolution, whose weight has the sides `sides` in PyTorch, and this shape, if some are one there. */
const convolution = (sides: readonly number[], shape?: ForeignTensor["shape"]): ForeignLayer => ({
  pytorch: { weight: { name: "weight", sides, ...(shape && { shape }) }, bias: { name: "bias" } },
  keras: { weight: { name: "kernel" }, bias: { name: "bias" } },
  isChannelsFirst: true,
});

/** A recurrent layer: PyTorch's has two biases, of the input's part and of the hidden state's. */
const recurrent: ForeignLayer = {
  pytorch: {
    weight: { name: "weight_ih_l0", sides: [1, 0] },
    recurrentWeight: { name: "weight_hh_l0", sides: [1, 0] },
    bias: [{ name: "bias_ih_l0" }, { name: "bias_hh_l0" }],
  },
  keras: { weight: { name: "kernel" }, recurrentWeight: { name: "recurrent_kernel" }, bias: { name: "bias" } },
  isChannelsFirst: false,
};

/** Returns the place of a column of ours, whose gates are r z n, where they are z r n. */
function resetSecond(index: number, size: number): number {
  const units = size / 3;
  return index < units ? index + units : index < 2 * units ? index - units : index;
}

/** The candidate's part of the hidden state's bias is a tensor of its own here; the other parts are in the bias. */
const gru: ForeignLayer = {
  pytorch: {
    ...recurrent.pytorch,
    bias: [
      { name: "bias_ih_l0" },
      { name: "bias_hh_l0", column: (index, size) => (3 * index < 2 * size ? index : undefined) },
    ],
    candidateBias: { name: "bias_hh_l0", shape: ([units]) => [3 * units], column: (index, size) => 2 * size + index },
  },
  keras: {
    weight: { name: "kernel", column: resetSecond },
    recurrentWeight: { name: "recurrent_kernel", column: resetSecond },
    // Both biases are rows of one tensor.
    bias: [
      { name: "bias", shape: ([size]) => [2, size], column: resetSecond },
      {
        ...{ name: "bias", shape: ([size]) => [2, size] },
        column: (index, size) => (3 * index < 2 * size ? size + resetSecond(index, size) : undefined),
      },
    ],
    candidateBias: { name: "bias", shape: ([units]) => [2, 3 * units], column: (index, size) => 5 * size + index },
  },
  isChannelsFirst: false,
};
/** A table of rows. */
const table = { pytorch: { weight: { name: "weight" } }, keras: { weight: { name: "embeddings" } } };

export const foreignLayers: Readonly<Record<string, ForeignLayer>> = {
  dense: {
    pytorch: { weight: { name: "weight", sides: [1, 0] }, bias: { name: "bias" } },
    keras: { weight: { name: "kernel" }, bias: { name: "bias" } },
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
  rmsNorm: gainAndShift,
  conv1d: convolution([2, 1, 0]),
  conv2d: convolution([3, 2, 0, 1]),
  // A filter of one channel.
  depthwiseConv2d: convolution([2, 3, 0, 1], ([height, width, channels, multiplier]) => {
    return [channels * multiplier, 1, height, width];
  }),
  convTranspose2d: convolution([3, 2, 0, 1]),
  simpleRnn: recurrent,
  lstm: recurrent,
  gru,
  embedding: { ...table, isChannelsFirst: false },
  // PyTorch has no such layer: the weight of an Embedding of positions. Keras's is KerasHub's.
  positionEmbedding: table,
  permute: { isChannelsFirst: false },
  reshape: { isChannelsFirst: false },
};

/** Returns what a layer's tensors are in other libraries; undefined if it has none, or they are not known. */
export function foreignLayerOf(description: LayerDescription): ForeignLayer | undefined {
  if (description.kind !== "bidirectional") return foreignLayers[description.kind];
  const { pytorch, keras, isChannelsFirst } = foreignLayers[(description as BidirectionalDescription).layer.kind];
  return {
    pytorch: ofBothDirections(pytorch!, (name, half) => (half === "forward" ? name : `${name}_reverse`)),
    keras: ofBothDirections(keras!, (name, half) => `${half}_${name}`),
    ...(isChannelsFirst !== undefined && { isChannelsFirst }),
  };
}

/** @param rename returns the name of a direction's tensor */
function ofBothDirections(
  tensors: Readonly<Record<string, ForeignTensors>>,
  rename: (name: string, half: string) => string,
): Readonly<Record<string, ForeignTensors>> {
  const ofHalf = (half: string) =>
    Object.entries(tensors).map(([ours, theirs]) => {
      return [`${half}.${ours}`, [theirs].flat().map((each) => ({ ...each, name: rename(each.name, half) }))];
    });
  return Object.fromEntries(["forward", "backward"].flatMap(ofHalf));
}

/**
 * Returns a name of Keras without the cell that recurrent layers have their tensors in. Those of a direction are
 * "bidirectional/forward_lstm/lstm_cell/kernel" there: "bidirectional/forward_kernel" is returned.
 */
export const foreignName = (name: string): string =>
  name
    .replace(/([./])(forward|backward)_\w+[./](?:simple_rnn|lstm|gru)_cell[./](\w+)$/, "$1$2_$3")
    .replace(/[./](?:simple_rnn|lstm|gru)_cell(?=[./]\w+$)/, "");

/** Tensors elsewhere that have no counterpart here. */
export const foreignCounters = ["num_batches_tracked"];

/** Returns the shape that a tensor of ours has elsewhere. */
export const foreignShape = ({ sides, shape }: ForeignTensor, ours: Shape): Shape =>
  shape?.(ours) ?? sides?.map((side) => ours[side]) ?? ours;

/**
 * Returns for each number of a value of `shape`, flattened here, its place if it is flattened with the channels first.
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
 * Writes the numbers of a foreign tensor as ours lie.
 *
 * @param ours the shape here
 * @param order for each place of our first side, which of theirs it is; default the same
 * @param to where they go, as many as `ours` has
 */
export function writeForeign(
  values: ArrayLike<number>,
  { sides, column }: Pick<ForeignTensor, "sides" | "column">,
  ours: Shape,
  order: readonly number[] | undefined,
  to: { [index: number]: number },
): void {
  const strides = ours.map(() => 1);
  let stride = 1;
  for (const side of (sides ?? [...ours.keys()]).toReversed()) {
    strides[side] = stride;
    stride *= ours[side];
  }
  const last = ours.length - 1;
  const place = (side: number, index: number): number => {
    if (column && side === last) return column(index, ours[last]) ?? Number.NaN;
    return (side === 0 && order ? order[index] : index) * strides[side];
  };
  // Where each row of our last side begins.
  let starts = [0];
  for (let side = 0; side < last; side++) {
    starts = starts.flatMap((start) => Array.from({ length: ours[side] }, (_, index) => start + place(side, index)));
  }
  let at = 0;
  for (const start of starts) {
    for (let index = 0; index < ours[last]; index++) {
      const from = start + place(last, index);
      to[at++] = Number.isNaN(from) ? 0 : values[from];
    }
  }
}
