/** Convolutions of images and of sequences: activation(input ∗ weight + bias), the same kernel at every place. */

import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { checkInteger } from "../../errors.ts";
import { inAll, none, op } from "../../kernels/operations.ts";
import { activationBackward, activationForward } from "../activations.ts";
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
  fansOf,
  weightGradient,
  weightGradientBytes,
  weightShapeOf,
} from "./convolution.ts";
import { columnSums, type LayerKind, type LayerTraining, perRow, type Shape, spaceOf } from "./layer.ts";
import { shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import {
  biasGradient,
  checkFileOptions,
  type MaxNormOption,
  type WeightedDescription,
  type WeightedOptions,
  weightAndBias,
  weightedOptions,
  weightedTitle,
} from "./weighted.ts";
import {
  checkPadding,
  checkSize,
  geometryOf,
  outputShapeOf,
  type Padding,
  type Size,
  type SpatialSides,
  type StepPadding,
  spatialShape,
  type Windows,
} from "./window.ts";

interface CommonOptions<Sizes, Paddings> extends WeightedOptions, MaxNormOption {
  /** Elements from one window to the next. Default 1. */
  readonly stride?: Sizes;
  /** Zeros around the input. Default "valid": none. */
  readonly padding?: Paddings;
  /** How far apart the elements of the input lie that a kernel sees. Default 1. */
  readonly dilation?: Sizes;
  /** Groups of channels, each convolved with a share of the filters. Default 1. */
  readonly groups?: number;
}

export interface Conv2dOptions extends CommonOptions<Size, Padding> {}
export interface Conv1dOptions extends CommonOptions<number, StepPadding> {}

interface ConvDescription extends WeightedDescription {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Windows["padding"];
  readonly dilation: readonly number[];
  readonly groups: number;
}

export interface Conv2dDescription extends ConvDescription {
  readonly kind: "conv2d";
}

export interface Conv1dDescription extends ConvDescription {
  readonly kind: "conv1d";
}

/** The layer's own options that a file keeps. */
const optionNames = ["stride", "padding", "dilation", "groups", "maxNorm"];

/** Returns the description of a convolution over so many sides. */
function described(
  who: string,
  sides: SpatialSides,
  filters: number,
  kernelSize: unknown,
  options: CommonOptions<unknown, unknown>,
): Omit<ConvDescription, "kind"> {
  checkInteger(`${who}: filters`, filters, 1, 2 ** 31 - 1);
  const size = checkSize(`${who}: kernelSize`, kernelSize, sides);
  const common = weightedOptions(who, options, optionNames);
  const { stride = 1, padding = "valid", dilation = 1, groups = 1 } = options;
  checkInteger(`${who}: groups`, groups, 1, filters);
  if (filters % groups !== 0) {
    throw new RangeError(`${who}: got ${filters} filters for ${groups} groups, need a multiple of the groups`);
  }
  return {
    ...{ filters, kernelSize: size, stride: checkSize(`${who}: stride`, stride, sides) },
    padding: checkPadding(who, padding, sides),
    ...{ dilation: checkSize(`${who}: dilation`, dilation, sides), groups },
    ...common,
  };
}

/**
 * Returns a convolution of images: activation(input ∗ weight + bias), [height, width, channels] to [height, width, filters].
 * weight [kernelHeight, kernelWidth, channels / groups, filters], bias [filters]. The kernel is not flipped (cross-correlation).
 *
 * Source  as PyTorch's Conv2d; "same" padding as Keras's.
 * @param filters features of the output
 * @param kernelSize a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function conv2d(filters: number, kernelSize: Size, options: Conv2dOptions = {}): Layer<Conv2dDescription> {
  return callable(conv2dKind, { kind: "conv2d", ...described("conv2d", 2, filters, kernelSize, options) });
}

/**
 * Returns a convolution of sequences: activation(input ∗ weight + bias), [steps, channels] to [steps, filters].
 * weight [kernelSize, channels / groups, filters], bias [filters]. The kernel is not flipped (cross-correlation).
 *
 * Source  as PyTorch's Conv1d; "same" and "causal" padding as Keras's.
 * @param filters features of the output
 * @param kernelSize steps that the kernel sees
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function conv1d(filters: number, kernelSize: number, options: Conv1dOptions = {}): Layer<Conv1dDescription> {
  return callable(conv1dKind, { kind: "conv1d", ...described("conv1d", 1, filters, kernelSize, options) });
}

/** Returns how a layer convolves a value of this shape. */
function shapeOf(who: string, description: ConvDescription, shape: Shape): ConvolutionShape {
  const { kernelSize: size, stride, dilation, padding, filters, groups } = description;
  const channels = shape[shape.length - 1];
  if (channels % groups !== 0) {
    const got = `a value ${shownShape(shape)} of ${channels} channels for ${groups} groups`;
    throw new RangeError(`${who}: got ${got}, need a multiple of the groups`);
  }
  return { geometry: geometryOf(who, { size, stride, dilation, padding }, shape), filters, groups };
}

const shownSize = (size: readonly number[]) => size.join("×");

/** Returns the kind of convolutions over so many sides. */
function kindOf<Description extends ConvDescription>(
  who: string,
  sides: SpatialSides,
  make: (filters: number, kernelSize: never, options: never) => Layer<Description>,
): LayerKind<Description> {
  return {
    family: convolution,

    outputShape(description, inputShapes) {
      const shape = shapeOf(who, description, spatialShape(who, inputShapes, sides));
      return outputShapeOf(shape.geometry, sides, description.filters);
    },

    parameters(description, [inputShape]) {
      const shape = shapeOf(who, description, inputShape);
      return weightAndBias(description, weightShapeOf(shape, sides === 1), description.filters, fansOf(shape));
    },

    blocks(description, { inputs: [inputShape], output, elementBytes }) {
      return {
        preactivation: description.activation.name === "linear" ? "output" : perRow(output),
        space: spaceOf(convolveBytes(shapeOf(who, description, inputShape), elementBytes)),
      };
    },

    forward(description, { elementBytes, inputShapes, inputs: [input], blocks, output, parameters, outputShape }) {
      const [weight, bias = none] = parameters;
      const { preactivation, space } = blocks;
      const addresses = { elementBytes, space, input, weight, bias, output: preactivation };
      return [
        convolve(shapeOf(who, description, inputShapes[0]), addresses),
        ...activationForward(description.activation, outputShape, { input: preactivation, output }),
      ];
    },

    title(description) {
      const { filters, kernelSize, stride, padding, dilation, groups } = description;
      const said = [
        `${who} ${filters}, ${shownSize(kernelSize)}`,
        ...(stride.some((step) => step > 1) ? [`stride ${shownSize(stride)}`] : []),
        ...(padding === "valid" ? [] : [typeof padding === "string" ? padding : `padding ${padding.join(" ")}`]),
        ...(dilation.some((step) => step > 1) ? [`dilation ${shownSize(dilation)}`] : []),
        ...(groups > 1 ? [`${groups} groups`] : []),
      ];
      return `${said.join(", ")}${weightedTitle(description)}`;
    },

    toJSON({ filters, kernelSize, stride, padding, dilation, groups, activation, bias, maxNorm }) {
      return { filters, kernelSize, stride, padding, dilation, groups, activation, bias, maxNorm };
    },

    fromJSON({ filters, kernelSize, ...options }) {
      checkFileOptions(who, options, optionNames);
      return make(filters as number, kernelSize as never, options as never);
    },
  };
}

export const conv2dKind: LayerKind<Conv2dDescription> = kindOf("conv2d", 2, conv2d);
export const conv1dKind: LayerKind<Conv1dDescription> = kindOf("conv1d", 1, conv1d);

/** The training of both: a sequence is an image of height 1. */
export const convTraining: LayerTraining<Conv1dDescription | Conv2dDescription> = {
  family: convolutionTraining,

  blocks(description, { inputs: [inputShape], elementBytes }) {
    const { filters, maxNorm } = description;
    const shape = shapeOf(description.kind, description, inputShape);
    const bytes = Math.max(convolveBackwardBytes(shape, elementBytes), weightGradientBytes(shape, elementBytes));
    return { backwardSpace: spaceOf(bytes), ...(maxNorm !== undefined && { sums: columnSums(2, filters) }) };
  },

  backward(description, site) {
    const { batch, output, outputGrad, outputShape, elementBytes } = site;
    const { preactivation, backwardSpace: space } = site.blocks;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [weightGrad, biasGrad] = site.parameterGrads;
    const [inputGrad] = site.inputGrads;
    const shape = shapeOf(description.kind, description, site.inputShapes[0]);
    const gradients = { preactivation, activation: output, outputGrad, inputGrad: outputGrad };
    const operations = activationBackward(description.activation, outputShape, gradients);
    if (weightGrad !== undefined) {
      operations.push(weightGradient(shape, { elementBytes, batch, input, outputGrad, space, weightGrad }));
    }
    if (biasGrad !== undefined) operations.push(biasGradient(outputShape, { batch, outputGrad, biasGrad }));
    if (inputGrad !== undefined) {
      const blocks = { elementBytes, space, input: outputGrad, weight, bias: none, output: inputGrad };
      operations.push(...convolveBackward(shape, blocks));
    }
    return operations;
  },

  afterUpdate(description, { inputShapes, blocks, parameters: [weights], isTrained }) {
    const { filters, maxNorm, kind } = description;
    if (maxNorm === undefined || !isTrained) return [];
    const { fanIn: rows } = fansOf(shapeOf(kind, description, inputShapes[0]));
    return [op("limitColumns", inAll(filters), { weights, rows, columns: filters, sums: blocks.sums, limit: maxNorm })];
  },
};
