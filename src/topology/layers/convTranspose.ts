/**
 * A transposed convolution: every element of the input adds the kernel to a window of the output, so a stride makes an image larger. It
 * computes the same as the gradient of a convolution's input.
 */

import { checkArguments } from "../../errors.ts";
import { none } from "../../kernels/operations.ts";
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
  weightShapeOf,
} from "./convolution.ts";
import {
  type ConvolutionalOptions,
  checkChannels,
  convolutionalKind,
  convolutionalOptions,
  type GroupedDescription,
  type GroupsOption,
  groupedOptions,
} from "./convolutional.ts";
import { convolutionalTraining } from "./convolutionalTraining.ts";
import type { Shape } from "./layer.ts";
import { shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import { checkFileOptions } from "./weighted.ts";
import { checkSize, type Padding, type Size } from "./window.ts";

export interface ConvTranspose2dOptions extends ConvolutionalOptions<Size, Padding>, GroupsOption {
  /** The elements of the output from one window to the next. Default 1. */
  readonly stride?: Size | undefined;
  /** The pixels cut off around the output. Default "valid": none; "same" leaves stride times the input's size. */
  readonly padding?: Padding | undefined;
  /** The distance between the output elements of a window. Default 1. */
  readonly dilation?: Size | undefined;
  /** The elements added at the end of each side; below the stride or the dilation. Default 0. */
  readonly outputPadding?: Size | undefined;
}

export interface ConvTranspose2dDescription extends GroupedDescription {
  readonly kind: "convTranspose2d";
  readonly outputPadding: readonly number[];
}

const who = "convTranspose2d";
const optionNames = ["stride", "padding", "dilation", "outputPadding", "groups"] as const;

/**
 * Returns a transposed convolution of images, [height, width, channels] to [height', width', filters]. A side of n elements becomes
 * (n − 1) · stride + dilation · (kernelSize − 1) + 1 + outputPadding, minus the elements that `padding` cuts off; with "same" it becomes n
 * · stride. weight [kernelHeight, kernelWidth, filters / groups, channels]: the kernel of the convolution that is transposed. bias
 * [filters].
 *
 * Source  like PyTorch's ConvTranspose2d; "same" padding like Keras's Conv2DTranspose.
 * @param filters the number of features of the output
 * @param kernelSize a number, or [height, width]
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function convTranspose2d(
  filters: number,
  kernelSize: Size,
  options: ConvTranspose2dOptions = {},
): Layer<ConvTranspose2dDescription> {
  checkArguments("convTranspose2d", arguments.length, 3);
  const common = convolutionalOptions(who, 2, kernelSize, options, optionNames);
  const { stride, padding, dilation } = common;
  const outputPadding = checkSize(`${who}: outputPadding`, options.outputPadding ?? 0, 2, 0);
  const most = outputPadding.map((_, side) => (padding === "same" ? 0 : Math.max(stride[side], dilation[side]) - 1));
  if (outputPadding.some((added, side) => added > most[side])) {
    const need =
      padding === "same" ? 'none with "same" padding' : `at most ${most.join(" × ")}: below the stride or the dilation`;
    throw new RangeError(`${who}: got outputPadding ${outputPadding.join(" × ")}, need ${need}`);
  }
  return callable(convTranspose2dKind, {
    kind: who,
    ...groupedOptions(who, filters, options),
    ...common,
    outputPadding,
  });
}

/** Returns the length of a side of the output, and the number of elements that are cut off before it. */
function outputSide(description: ConvTranspose2dDescription, side: number, length: number) {
  const { kernelSize, stride, padding, dilation, outputPadding } = description;
  const extent = dilation[side] * (kernelSize[side] - 1) + 1;
  if (padding === "same") {
    return { length: length * stride[side], before: Math.floor(Math.max(extent - stride[side], 0) / 2) };
  }
  const [before, after] = typeof padding === "string" ? [0, 0] : padding[side];
  return { length: (length - 1) * stride[side] + extent + outputPadding[side] - before - after, before };
}

/** Returns the convolution that the layer transposes, for a value of this shape. The convolution's input is the layer's output. */
function shapeOf(description: ConvTranspose2dDescription, shape: Shape): ConvolutionShape {
  const { kernelSize, stride, dilation, filters, groups } = description;
  const [outputHeight, outputWidth, channels] = shape;
  checkChannels(who, shape, groups);
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
    ...{ outputHeight, outputWidth, sequences: none },
  };
  return { geometry, filters: channels, groups };
}

export const convTranspose2dKind = convolutionalKind<ConvTranspose2dDescription>(who, 2, {
  names: ["filters", ...optionNames],
  shapeOf,
  outputShape: ({ geometry }) => [geometry.height, geometry.width, geometry.channels],
  weightShape: (shape) => weightShapeOf(shape, false),
  bytes: convolveBackwardBytes,
  convolve: convolveBackward,
  said: ({ outputPadding, groups }) => [
    outputPadding.some((added) => added > 0) && `output padding ${outputPadding.join("×")}`,
    groups > 1 && `${groups} groups`,
  ],
  make({ filters, kernelSize, ...options }) {
    checkFileOptions(who, options, optionNames);
    return convTranspose2d(filters, kernelSize, options);
  },
});

/** The mark lets a bundler omit it in programs that do not train. */
export const convTranspose2dTraining = /* @__PURE__ */ convolutionalTraining<ConvTranspose2dDescription>({
  shapeOf,
  bytes: convolveBytes,
  convolve: (shape, blocks) => [convolve(shape, blocks)],
  isTransposed: true,
});
