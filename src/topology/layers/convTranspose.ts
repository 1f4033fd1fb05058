/**
 * A transposed convolution: every element of the input adds the kernel to a window of the output, so that a stride makes an image larger. It
 * is what the gradient of a convolution's input does.
 */

import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { checkInteger } from "../../errors.ts";
import { none } from "../../kernels/operations.ts";
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
import { type LayerKind, type LayerTraining, perRow, type Shape, spaceOf } from "./layer.ts";
import { shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import {
  biasGradient,
  checkFileOptions,
  type WeightedDescription,
  type WeightedOptions,
  weightAndBias,
  weightedOptions,
  weightedTitle,
} from "./weighted.ts";
import { checkPadding, checkSize, type Padding, type Size, spatialShape, type Windows } from "./window.ts";

export interface ConvTranspose2dOptions extends WeightedOptions {
  /** Elements of the output from one window to the next. Default 1. */
  readonly stride?: Size;
  /** What is cut off around the output. Default "valid": nothing; "same" leaves stride times the input's size. */
  readonly padding?: Padding;
  /** How far apart the elements of the output lie that a kernel is added to. Default 1. */
  readonly dilation?: Size;
  /** Elements added at the end of each side; below the stride or the dilation. Default 0. */
  readonly outputPadding?: Size;
  /** Groups of channels, each with a share of the filters. Default 1. */
  readonly groups?: number;
}

export interface ConvTranspose2dDescription extends WeightedDescription {
  readonly kind: "convTranspose2d";
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Windows["padding"];
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly groups: number;
}

const who = "convTranspose2d";
const optionNames = ["stride", "padding", "dilation", "outputPadding", "groups"];

/**
 * Returns a transposed convolution of images, [height, width, channels] to [height', width', filters]. A side of n elements becomes
 * (n − 1) · stride + dilation · (kernelSize − 1) + 1 + outputPadding, less what `padding` cuts off; with "same" it becomes n · stride.
 * weight [kernelHeight, kernelWidth, filters / groups, channels]: the kernel of the convolution whose transpose it is. bias [filters].
 *
 * Source  as PyTorch's ConvTranspose2d; "same" padding as Keras's Conv2DTranspose.
 * @param filters features of the output
 * @param kernelSize a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function convTranspose2d(
  filters: number,
  kernelSize: Size,
  options: ConvTranspose2dOptions = {},
): Layer<ConvTranspose2dDescription> {
  checkInteger(`${who}: filters`, filters, 1, 2 ** 31 - 1);
  const size = checkSize(`${who}: kernelSize`, kernelSize, 2);
  const common = weightedOptions(who, options, optionNames);
  const { groups = 1 } = options;
  checkInteger(`${who}: groups`, groups, 1, filters);
  if (filters % groups !== 0) {
    throw new RangeError(`${who}: got ${filters} filters for ${groups} groups, need a multiple of the groups`);
  }
  const stride = checkSize(`${who}: stride`, options.stride ?? 1, 2);
  const dilation = checkSize(`${who}: dilation`, options.dilation ?? 1, 2);
  const padding = checkPadding(who, options.padding ?? "valid", 2);
  const outputPadding = checkSize(`${who}: outputPadding`, options.outputPadding ?? 0, 2, 0);
  const most = outputPadding.map((_, side) => (padding === "same" ? 0 : Math.max(stride[side], dilation[side]) - 1));
  if (outputPadding.some((added, side) => added > most[side])) {
    const need =
      padding === "same" ? 'none with "same" padding' : `at most ${most.join(" × ")}: below the stride or the dilation`;
    throw new RangeError(`${who}: got outputPadding ${outputPadding.join(" × ")}, need ${need}`);
  }
  const description = { filters, kernelSize: size, stride, padding, dilation, outputPadding, groups, ...common };
  return callable(convTranspose2dKind, { kind: who, ...description });
}

/** A side of the output, and how many elements are cut off before it. */
function outputSide(description: ConvTranspose2dDescription, side: number, length: number) {
  const { kernelSize, stride, padding, dilation, outputPadding } = description;
  const extent = dilation[side] * (kernelSize[side] - 1) + 1;
  if (padding === "same") {
    return { length: length * stride[side], before: Math.floor(Math.max(extent - stride[side], 0) / 2) };
  }
  const [before, after] = typeof padding === "string" ? [0, 0] : padding[side];
  return { length: (length - 1) * stride[side] + extent + outputPadding[side] - before - after, before };
}

/** Returns the convolution whose transpose the layer is, on a value of this shape: its input is the layer's output. */
function shapeOf(description: ConvTranspose2dDescription, shape: Shape): ConvolutionShape {
  const { kernelSize, stride, dilation, filters, groups } = description;
  const [outputHeight, outputWidth, channels] = shape;
  if (channels % groups !== 0) {
    const got = `a value ${shownShape(shape)} of ${channels} channels for ${groups} groups`;
    throw new RangeError(`${who}: got ${got}, need a multiple of the groups`);
  }
  const rows = outputSide(description, 0, outputHeight);
  const columns = outputSide(description, 1, outputWidth);
  if (rows.length < 1 || columns.length < 1) {
    const got = `padding that cuts off all of the output of a value ${shownShape(shape)}`;
    throw new RangeError(`${who}: got ${got}, need less`);
  }
  const geometry = {
    ...{ height: rows.length, width: columns.length, channels: filters },
    ...{ kernelHeight: kernelSize[0], kernelWidth: kernelSize[1], strideHeight: stride[0], strideWidth: stride[1] },
    ...{ dilationHeight: dilation[0], dilationWidth: dilation[1], padTop: rows.before, padLeft: columns.before },
    ...{ outputHeight, outputWidth },
  };
  return { geometry, filters: channels, groups };
}

export const convTranspose2dKind: LayerKind<ConvTranspose2dDescription> = {
  family: convolution,

  outputShape(description, inputShapes) {
    const { geometry } = shapeOf(description, spatialShape(who, inputShapes, 2));
    return [geometry.height, geometry.width, description.filters];
  },

  parameters(description, [inputShape]) {
    const shape = shapeOf(description, inputShape);
    return weightAndBias(description, weightShapeOf(shape, false), description.filters, fansOf(shape));
  },

  blocks(description, { inputs: [inputShape], output, elementBytes }) {
    return {
      preactivation: description.activation.name === "linear" ? "output" : perRow(output),
      space: spaceOf(convolveBackwardBytes(shapeOf(description, inputShape), elementBytes)),
    };
  },

  forward(description, { elementBytes, inputShapes, inputs: [input], blocks, output, parameters, outputShape }) {
    const [weight, bias = none] = parameters;
    const { preactivation, space } = blocks;
    const addresses = { elementBytes, space, input, weight, bias, output: preactivation };
    return [
      ...convolveBackward(shapeOf(description, inputShapes[0]), addresses),
      ...activationForward(description.activation, outputShape, { input: preactivation, output }),
    ];
  },

  title(description) {
    const { filters, kernelSize, stride, padding, dilation, outputPadding, groups } = description;
    const said = [
      `${who} ${filters}, ${kernelSize.join("×")}`,
      ...(stride.some((step) => step > 1) ? [`stride ${stride.join("×")}`] : []),
      ...(padding === "valid" ? [] : [typeof padding === "string" ? padding : `padding ${padding.join(" ")}`]),
      ...(dilation.some((step) => step > 1) ? [`dilation ${dilation.join("×")}`] : []),
      ...(outputPadding.some((added) => added > 0) ? [`output padding ${outputPadding.join("×")}`] : []),
      ...(groups > 1 ? [`${groups} groups`] : []),
    ];
    return `${said.join(", ")}${weightedTitle(description)}`;
  },

  toJSON({ filters, kernelSize, stride, padding, dilation, outputPadding, groups, activation, bias }) {
    return { filters, kernelSize, stride, padding, dilation, outputPadding, groups, activation, bias };
  },

  fromJSON({ filters, kernelSize, ...options }) {
    checkFileOptions(who, options, optionNames);
    return convTranspose2d(filters as number, kernelSize as Size, options);
  },
};

export const convTranspose2dTraining: LayerTraining<ConvTranspose2dDescription> = {
  family: convolutionTraining,

  blocks(description, { inputs: [inputShape], elementBytes }) {
    const shape = shapeOf(description, inputShape);
    const bytes = Math.max(convolveBytes(shape, elementBytes), weightGradientBytes(shape, elementBytes));
    return { backwardSpace: spaceOf(bytes) };
  },

  backward(description, site) {
    const { batch, output, outputGrad, outputShape, elementBytes } = site;
    const { preactivation, backwardSpace: space } = site.blocks;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [weightGrad, biasGrad] = site.parameterGrads;
    const [inputGrad] = site.inputGrads;
    const shape = shapeOf(description, site.inputShapes[0]);
    const gradients = { preactivation, activation: output, outputGrad, inputGrad: outputGrad };
    const operations = activationBackward(description.activation, outputShape, gradients);
    if (weightGrad !== undefined) {
      // The convolution reads the output and makes the input.
      const blocks = { elementBytes, batch, input: outputGrad, outputGrad: input, space, weightGrad };
      operations.push(weightGradient(shape, blocks));
    }
    if (biasGrad !== undefined) operations.push(biasGradient(outputShape, { batch, outputGrad, biasGrad }));
    if (inputGrad !== undefined) {
      const blocks = { elementBytes, space, input: outputGrad, weight, bias: none, output: inputGrad };
      operations.push(convolve(shape, blocks));
    }
    return operations;
  },
};
