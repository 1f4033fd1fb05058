/** Convolutions of images and sequences: activation(input ∗ weight + bias), with the same kernel at every place. */

import { checkArguments, checkInteger } from "../../errors.ts";
import { inAll, none, op } from "../../kernels/operations.ts";
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
  fansOf,
  weightShapeOf,
} from "./convolution.ts";
import {
  type ConvolutionalDescription,
  type ConvolutionalOptions,
  checkChannels,
  convolutionalKind,
  convolutionalOptions,
  type GroupedDescription,
  type GroupsOption,
  groupedOptions,
  windowsOf,
} from "./convolutional.ts";
import { streamingOf } from "./convolutionalStream.ts";
import { convolutionalTraining } from "./convolutionalTraining.ts";
import { columnSums, type LayerKind, type LayerTraining, type Shape } from "./layer.ts";
import { callable, type Layer } from "./value.ts";
import { checkFileOptions, type MaxNormOption } from "./weighted.ts";
import { geometryOf, outputShapeOf, type Padding, type Size, type SpatialSides, type StepPadding } from "./window.ts";

export interface Conv2dOptions extends ConvolutionalOptions<Size, Padding>, GroupsOption, MaxNormOption {}
export interface Conv1dOptions extends ConvolutionalOptions<number, StepPadding>, GroupsOption, MaxNormOption {}

export interface DepthwiseConv2dOptions extends ConvolutionalOptions<Size, Padding>, MaxNormOption {
  /** The number of filters for each channel. Default 1. */
  readonly multiplier?: number | undefined;
}

export interface Conv2dDescription extends GroupedDescription {
  readonly kind: "conv2d";
}

export interface Conv1dDescription extends GroupedDescription {
  readonly kind: "conv1d";
}

export interface DepthwiseConv2dDescription extends ConvolutionalDescription {
  readonly kind: "depthwiseConv2d";
  readonly multiplier: number;
}

type ConvDescription = Conv1dDescription | Conv2dDescription | DepthwiseConv2dDescription;

const groupedNames = ["stride", "padding", "dilation", "groups", "maxNorm"] as const;
const depthwiseNames = ["stride", "padding", "dilation", "multiplier", "maxNorm"] as const;

/** Returns the description of a convolution in groups. */
function describeConvolution(
  who: string,
  sides: SpatialSides,
  filters: number,
  kernelSize: unknown,
  options: ConvolutionalOptions<unknown, unknown> & GroupsOption,
) {
  const common = convolutionalOptions(who, sides, kernelSize, options, groupedNames);
  return { ...groupedOptions(who, filters, options), ...common };
}

/**
 * Returns a convolution of images: activation(input ∗ weight + bias), [height, width, channels] to [height, width, filters].
 * weight [kernelHeight, kernelWidth, channels / groups, filters], bias [filters]. The kernel is not flipped (cross-correlation).
 *
 * Source  like PyTorch's Conv2d; "same" padding like Keras's.
 * @param filters the number of features of the output
 * @param kernelSize a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function conv2d(filters: number, kernelSize: Size, options: Conv2dOptions = {}): Layer<Conv2dDescription> {
  checkArguments("conv2d", arguments.length, 3);
  return callable(conv2dKind, { kind: "conv2d", ...describeConvolution("conv2d", 2, filters, kernelSize, options) });
}

/**
 * Returns a convolution of sequences: activation(input ∗ weight + bias), [steps, channels] to [steps, filters]. weight [kernelSize,
 * channels / groups, filters], bias [filters]. The kernel is not flipped (cross-correlation). Sequences may differ in length: each gives
 * the result that it gives alone. In a stream, the layer needs "causal" padding and a stride of 1.
 *
 * Source  like PyTorch's Conv1d; "same" and "causal" padding like Keras's.
 * @param filters the number of features of the output
 * @param kernelSize the number of steps in a window
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function conv1d(filters: number, kernelSize: number, options: Conv1dOptions = {}): Layer<Conv1dDescription> {
  checkArguments("conv1d", arguments.length, 3);
  return callable(conv1dKind, { kind: "conv1d", ...describeConvolution("conv1d", 1, filters, kernelSize, options) });
}

/**
 * Returns a depthwise convolution of images: each channel has `multiplier` filters of its own, [height, width, channels] to [height, width,
 * channels · multiplier]. weight [kernelHeight, kernelWidth, channels, multiplier], bias [channels · multiplier]. Feature channel ·
 * multiplier + j belongs to filter j of the channel. Followed by conv2d(filters, 1) it is a separable convolution.
 *
 * Source  like Keras's DepthwiseConv2D, and PyTorch's Conv2d with as many groups as channels.
 * @param kernelSize a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function depthwiseConv2d(
  kernelSize: Size,
  options: DepthwiseConv2dOptions = {},
): Layer<DepthwiseConv2dDescription> {
  checkArguments("depthwiseConv2d", arguments.length, 2);
  const who = "depthwiseConv2d";
  const common = convolutionalOptions(who, 2, kernelSize, options, depthwiseNames);
  const { multiplier = 1 } = options;
  checkInteger(`${who}: multiplier`, multiplier, 1, 2 ** 31 - 1);
  return callable(depthwiseConv2dKind, { kind: who, multiplier, ...common });
}

/** Returns the convolution of a layer for a value of this shape. */
function shapeOf(description: ConvDescription, shape: Shape, sequences = none): ConvolutionShape {
  const { kind } = description;
  const channels = shape[shape.length - 1];
  const isDepthwise = kind === "depthwiseConv2d";
  const [filters, groups] = isDepthwise
    ? [channels * description.multiplier, channels]
    : [description.filters, description.groups];
  checkChannels(kind, shape, groups);
  return { geometry: geometryOf(kind, windowsOf(description), shape, sequences), filters, groups };
}

const convolving = {
  shapeOf,
  bytes: convolveBytes,
  convolve: (...args: Parameters<typeof convolve>) => [convolve(...args)],
};

/** Returns the kind of grouped convolutions over one or two spatial sides. */
const groupedKind = <Description extends Conv1dDescription | Conv2dDescription>(
  kind: Description["kind"],
  sides: SpatialSides,
  layer: (filters: number, kernelSize: never, options: object) => Layer<Description>,
) =>
  convolutionalKind<Description>(kind, sides, {
    ...convolving,
    names: ["filters", ...groupedNames],
    outputShape: ({ geometry, filters }) => outputShapeOf(geometry, sides, filters),
    weightShape: (shape) => weightShapeOf(shape, sides === 1),
    said: ({ groups }) => [groups > 1 && `${groups} groups`],
    make({ filters, kernelSize, ...options }) {
      checkFileOptions(kind, options, groupedNames);
      return layer(filters, kernelSize, options);
    },
  });

export const conv2dKind = groupedKind<Conv2dDescription>("conv2d", 2, conv2d);
export const conv1dKind: LayerKind<Conv1dDescription> = {
  ...groupedKind<Conv1dDescription>("conv1d", 1, conv1d),
  streaming: (description) => streamingOf(convolving, description),
};

export const depthwiseConv2dKind = convolutionalKind<DepthwiseConv2dDescription>("depthwiseConv2d", 2, {
  ...convolving,
  names: depthwiseNames,
  outputShape: ({ geometry, filters }) => outputShapeOf(geometry, 2, filters),
  weightShape({ geometry: { kernelHeight, kernelWidth }, groups }, { multiplier }) {
    return [kernelHeight, kernelWidth, groups, multiplier];
  },
  said: ({ multiplier }) => [multiplier > 1 && `multiplier ${multiplier}`],
  make({ kernelSize, ...options }) {
    checkFileOptions("depthwiseConv2d", options, depthwiseNames);
    return depthwiseConv2d(kernelSize, options);
  },
});

/** Returns a training that also enforces maxNorm. */
const bounded = (training: LayerTraining<ConvDescription>): LayerTraining<ConvDescription> => ({
  ...training,

  blocks(description, shapes) {
    const hasSums = description.maxNorm !== undefined;
    const { filters } = shapeOf(description, shapes.inputs[0]);
    return { ...training.blocks!(description, shapes), ...(hasSums && { sums: columnSums(2, filters) }) };
  },

  afterUpdate(description, { inputShapes, blocks, parameters: [weights], isTrained }) {
    const { maxNorm } = description;
    if (maxNorm === undefined || !isTrained) return [];
    const shape = shapeOf(description, inputShapes[0]);
    const [rows, columns] = [fansOf(shape).fanIn, shape.filters];
    return [op("limitColumns", inAll(columns), { weights, rows, columns, sums: blocks.sums, limit: maxNorm })];
  },
});

/** The training of all convolutions: a sequence is an image of height 1. The marks let a bundler omit it in programs that do not train. */
export const convTraining = /* @__PURE__ */ bounded(
  /* @__PURE__ */ convolutionalTraining<ConvDescription>({
    shapeOf,
    bytes: convolveBackwardBytes,
    convolve: convolveBackward,
    isTransposed: false,
  }),
);
