/** Average pooling: the mean of each window, channel by channel. */

import { convolution } from "../../../build/convolution.js";
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

export interface AveragePool2dDescription extends PoolDescription {
  readonly kind: "averagePool2d";
}

export interface AveragePool1dDescription extends PoolDescription {
  readonly kind: "averagePool1d";
}

/**
 * Averages each window of an image [height, width, channels], channel by channel: [windows down, windows across, channels]. Padding does
 * not count: the mean is over the window's pixels within the image.
 *
 * Source  like Keras's AveragePooling2D, and PyTorch's AvgPool2d with count_include_pad=False.
 * @param size the pixels of a window: a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function averagePool2d(size: Size = 2, options: Pool2dOptions = {}): Layer<AveragePool2dDescription> {
  checkArguments("averagePool2d", arguments.length, 2);
  return callable(averagePool2dKind, { kind: "averagePool2d", ...poolOptions("averagePool2d", size, options, 2) });
}

/**
 * Averages each window of a sequence [steps, channels], channel by channel: [windows, channels]. See `averagePool2d`. Sequences may differ
 * in length: each gives the result that it gives alone.
 *
 * @param size the steps of a window
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function averagePool1d(size = 2, options: Pool1dOptions = {}): Layer<AveragePool1dDescription> {
  checkArguments("averagePool1d", arguments.length, 2);
  return callable(averagePool1dKind, { kind: "averagePool1d", ...poolOptions("averagePool1d", size, options, 1) });
}

/** The parts that both kinds share. */
const averagePool = {
  family: convolution,

  sequences: pooledLengths,

  outputShape: pooledShape,

  blocks: poolBlocks,

  forward: (description, { inputs: [input], output, inputShapes: [shape], blocks: { windows } }) => [
    op("sumWindows", eachRow(), {
      ...poolGeometry(description, shape, windows),
      image: input,
      sums: output,
      isMean: 1,
    }),
  ],

  title: (description) => poolTitle("average pool", description),
} satisfies Omit<LayerKind<PoolDescription>, "fromJSON">;

export const averagePool2dKind: LayerKind<AveragePool2dDescription> = {
  keepsRange: true,
  ...averagePool,
  fromJSON: ({ size, ...options }) => averagePool2d(size as Size, options),
};

export const averagePool1dKind: LayerKind<AveragePool1dDescription> = {
  keepsRange: true,
  ...averagePool,
  fromJSON: ({ size, ...options }) => averagePool1d(size as number, options),
};

export const averagePoolTraining: LayerTraining<PoolDescription> = {
  backward(description, { outputGrad, inputGrads: [inputGrad], inputShapes: [shape], blocks: { windows } }) {
    if (inputGrad === undefined) return [];
    const values = { image: inputGrad, sums: outputGrad, isMean: 1 };
    return [op("spreadWindows", eachRow(), { ...poolGeometry(description, shape, windows), ...values })];
  },
};
