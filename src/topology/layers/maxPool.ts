/** Max pooling: the maximum of each window, channel by channel. */

import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { checkArguments } from "../../errors.ts";
import { eachRow, op } from "../../kernels/operations.ts";
import type { LayerKind, LayerTraining } from "./layer.ts";
import {
  type Pool1dOptions,
  type Pool2dOptions,
  type PoolDescription,
  poolBlocks,
  pooledLengths,
  pooledShape,
  poolGeometry,
  poolOptions,
  poolTitle,
} from "./pooling.ts";
import { callable, type Layer } from "./value.ts";
import type { Size } from "./window.ts";

export interface MaxPool2dDescription extends PoolDescription {
  readonly kind: "maxPool2d";
}

export interface MaxPool1dDescription extends PoolDescription {
  readonly kind: "maxPool1d";
}

/**
 * Takes the maximum of each window of an image [height, width, channels], channel by channel: [windows down, windows across, channels].
 * Padding is never a maximum. NaN counts as largest. The gradient goes to the first of equal maxima, row by row.
 *
 * Source  like PyTorch's MaxPool2d without ceil_mode; "same" is Keras's.
 * @param size the pixels of a window: a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function maxPool2d(size: Size = 2, options: Pool2dOptions = {}): Layer<MaxPool2dDescription> {
  checkArguments("maxPool2d", arguments.length, 2);
  return callable(maxPool2dKind, { kind: "maxPool2d", ...poolOptions("maxPool2d", size, options, 2) });
}

/**
 * Takes the maximum of each window of a sequence [steps, channels], channel by channel: [windows, channels]. See `maxPool2d`. Sequences may
 * differ in length: each gives the result that it gives alone.
 *
 * @param size the steps of a window
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function maxPool1d(size = 2, options: Pool1dOptions = {}): Layer<MaxPool1dDescription> {
  checkArguments("maxPool1d", arguments.length, 2);
  return callable(maxPool1dKind, { kind: "maxPool1d", ...poolOptions("maxPool1d", size, options, 1) });
}

/** The parts that both kinds share. */
const maxPool = {
  family: convolution,

  sequences: pooledLengths,

  outputShape: pooledShape,

  blocks: poolBlocks,

  forward: (description, { inputs: [input], output, inputShapes: [shape], blocks: { windows } }) => [
    op("maxPoolForward", eachRow(), { ...poolGeometry(description, shape, windows), input, output }),
  ],

  title: (description) => poolTitle("max pool", description),
} satisfies Omit<LayerKind<PoolDescription>, "fromJSON">;

export const maxPool2dKind: LayerKind<MaxPool2dDescription> = {
  keepsRange: true,
  ...maxPool,
  fromJSON: ({ size, ...options }) => maxPool2d(size as Size, options),
};

export const maxPool1dKind: LayerKind<MaxPool1dDescription> = {
  keepsRange: true,
  ...maxPool,
  fromJSON: ({ size, ...options }) => maxPool1d(size as number, options),
};

export const maxPoolTraining: LayerTraining<PoolDescription> = {
  family: convolutionTraining,

  backward(description, { inputs: [input], output, outputGrad, inputGrads: [inputGrad], inputShapes, blocks }) {
    if (inputGrad === undefined) return [];
    const geometry = poolGeometry(description, inputShapes[0], blocks.windows);
    return [op("maxPoolBackward", eachRow(), { ...geometry, input, output, outputGrad, inputGrad })];
  },
};
