/** Global pooling: one number for each channel, over all positions of a value. */

import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { checkArguments } from "../../errors.ts";
import { type Address, eachRow, op } from "../../kernels/operations.ts";
import type { Blocks, DescriptionBase, LayerKind, LayerTraining, Shape, UseShapes } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { matrixOf, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import { type Geometry, geometryOf } from "./window.ts";

export interface GlobalAveragePoolDescription extends DescriptionBase {
  readonly kind: "globalAveragePool";
}

export interface GlobalMaxPoolDescription extends DescriptionBase {
  readonly kind: "globalMaxPool";
}

/**
 * Averages each channel over all positions: [height, width, channels], [steps, channels] or any other shape with channels at the end
 * becomes [channels].
 *
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function globalAveragePool(options: NameOption = {}): Layer<GlobalAveragePoolDescription> {
  checkArguments("globalAveragePool", arguments.length, 1);
  return callable(globalAveragePoolKind, { kind: "globalAveragePool", ...nameOption("globalAveragePool", options) });
}

/**
 * Takes the maximum of each channel over all positions: [height, width, channels], [steps, channels] or any other shape with channels at
 * the end becomes [channels]. NaN counts as largest. The gradient goes to the first of equal maxima, in row-major order.
 *
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function globalMaxPool(options: NameOption = {}): Layer<GlobalMaxPoolDescription> {
  checkArguments("globalMaxPool", arguments.length, 1);
  return callable(globalMaxPoolKind, { kind: "globalMaxPool", ...nameOption("globalMaxPool", options) });
}

function channelsOf({ kind }: DescriptionBase, inputShapes: readonly Shape[]): Shape {
  const shape = onlyShape(kind, inputShapes);
  if (shape.length > 1) return [shape[shape.length - 1]];
  throw new RangeError(`${kind}: got a value ${shownShape(shape)}, need positions before the channels, such as [4, 3]`);
}

/** Returns the only window, which has all positions. @param sequences the table of windows, if sequences differ in length */
function windowOf({ kind }: DescriptionBase, shape: Shape, sequences: Address): Geometry {
  const [positions, channels] = matrixOf(shape);
  const windows = { size: [positions], stride: [positions], dilation: [1], padding: "valid" } as const;
  return geometryOf(kind, windows, [positions, channels], sequences);
}

/** Returns the block with the only window of each sequence, if they differ in length. */
function blocksOf(_: DescriptionBase, { isRagged }: UseShapes): Blocks {
  if (!isRagged) return {};
  return { windows: { per: "sequence", windowsOn: () => ({ padLeft: 0, outputWidth: 1, firstOutput: 0 }) } };
}

export const globalAveragePoolKind: LayerKind<GlobalAveragePoolDescription> = {
  keepsRange: true,

  family: convolution,

  sequences: (_, [shape]) => (shape.length === 2 ? "ended" : undefined),

  outputShape: channelsOf,

  blocks: blocksOf,

  forward: (description, { inputs: [input], output, inputShapes: [shape], blocks: { windows } }) => [
    op("sumWindows", eachRow(), { ...windowOf(description, shape, windows), image: input, sums: output, isMean: 1 }),
  ],

  title: () => "global average pool",

  fromJSON: (options) => globalAveragePool(options),
};

export const globalAveragePoolTraining: LayerTraining<GlobalAveragePoolDescription> = {
  backward(description, { outputGrad, inputGrads: [inputGrad], inputShapes: [shape], blocks: { windows } }) {
    if (inputGrad === undefined) return [];
    const values = { image: inputGrad, sums: outputGrad, isMean: 1 };
    return [op("spreadWindows", eachRow(), { ...windowOf(description, shape, windows), ...values })];
  },
};

export const globalMaxPoolKind: LayerKind<GlobalMaxPoolDescription> = {
  keepsRange: true,

  family: convolution,

  sequences: (_, [shape]) => (shape.length === 2 ? "ended" : undefined),

  outputShape: channelsOf,

  blocks: blocksOf,

  forward: (description, { inputs: [input], output, inputShapes: [shape], blocks: { windows } }) => [
    op("maxPoolForward", eachRow(), { ...windowOf(description, shape, windows), input, output }),
  ],

  title: () => "global max pool",

  fromJSON: (options) => globalMaxPool(options),
};

export const globalMaxPoolTraining: LayerTraining<GlobalMaxPoolDescription> = {
  family: convolutionTraining,

  backward(
    description,
    { inputs: [input], output, outputGrad, inputGrads: [inputGrad], inputShapes: [shape], blocks: { windows } },
  ) {
    if (inputGrad === undefined) return [];
    const values = { input, output, outputGrad, inputGrad };
    return [op("maxPoolBackward", eachRow(), { ...windowOf(description, shape, windows), ...values })];
  },
};
