/** Upsampling: enlarges an image by whole factors. */

import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { checkArguments, checkOptions, isKnown, unknownName } from "../../errors.ts";
import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import type { DescriptionBase, LayerKind, LayerTraining, Shape } from "./layer.ts";
import { checkName, type NameOption } from "./options.ts";
import { callable, type Layer } from "./value.ts";
import { checkSize, geometryOf, type Size, spatialShape } from "./window.ts";

export interface Upsample2dOptions extends NameOption {
  /** "nearest" repeats each pixel; "bilinear" interpolates between their middles. Default "nearest". */
  readonly interpolation?: "nearest" | "bilinear" | undefined;
}

export interface Upsample2dDescription extends DescriptionBase {
  readonly kind: "upsample2d";
  /** The factors down and across. */
  readonly factor: readonly number[];
  readonly interpolation: "nearest" | "bilinear";
}

/** The passes of an interpolation: each overwrites one of the two images. */
interface Interpolation {
  enlarge(factor: readonly number[], small: Address, large: Address, smallShape: Shape): Operation;
  /** The transpose: each pixel gets the sum over the pixels that it went into. */
  gather(factor: readonly number[], small: Address, large: Address, smallShape: Shape): Operation;
}

/**
 * Enlarges an image: [height, width, channels] becomes [height · factor, width · factor, channels].
 *
 * Source  like Keras's UpSampling2D and PyTorch's Upsample. Bilinear: the centres of pixels are half a pixel from the edge
 *         (align_corners=False), and beyond the outer centres the image is constant.
 * @param factor a number, or [height, width]
 * @throws {RangeError | TypeError} if it is not a whole number from 1, or if an option is unknown or does not fit
 */
export function upsample2d(factor: Size = 2, options: Upsample2dOptions = {}): Layer<Upsample2dDescription> {
  checkArguments("upsample2d", arguments.length, 2);
  checkOptions("upsample2d", options, ["interpolation", "name"]);
  const { interpolation = "nearest" } = options;
  if (!isKnown(interpolations, interpolation)) {
    throw unknownName("upsample2d: interpolation", interpolation, Object.keys(interpolations));
  }
  const name = checkName("upsample2d", options.name);
  return callable(upsample2dKind, {
    kind: "upsample2d",
    factor: checkSize("upsample2d: factor", factor, 2),
    interpolation,
    ...(name !== undefined && { name }),
  });
}

const enlarged = ([down, across]: readonly number[], [height, width, channels]: Shape): Shape => [
  height * down,
  width * across,
  channels,
];

/** Returns windows on the large image, one for each pixel of the small one. */
const pixels = (factor: readonly number[], smallShape: Shape) =>
  geometryOf(
    "upsample2d",
    { size: factor, stride: factor, dilation: [1, 1], padding: "valid" },
    enlarged(factor, smallShape),
  );

const sizes = ([factorHeight, factorWidth]: readonly number[], [height, width, channels]: Shape) => {
  return { height, width, channels, factorHeight, factorWidth };
};

const interpolations: Readonly<Record<Upsample2dDescription["interpolation"], Interpolation>> = {
  nearest: {
    enlarge: (factor, small, large, shape) =>
      op("spreadWindows", eachRow(), { ...pixels(factor, shape), image: large, sums: small, isMean: 0 }),
    gather: (factor, small, large, shape) =>
      op("sumWindows", eachRow(), { ...pixels(factor, shape), image: large, sums: small, isMean: 0 }),
  },
  bilinear: {
    enlarge: (factor, small, large, shape) =>
      op("bilinearForward", eachRow(), { small, large, ...sizes(factor, shape) }),
    gather: (factor, small, large, shape) =>
      op("bilinearBackward", eachRow(), { small, large, ...sizes(factor, shape) }),
  },
};

export const upsample2dKind: LayerKind<Upsample2dDescription> = {
  keepsRange: true,

  family: convolution,

  outputShape: ({ factor }, inputShapes) => enlarged(factor, spatialShape("upsample2d", inputShapes, 2)),

  forward: ({ factor, interpolation }, { inputs: [input], output, inputShapes: [shape] }) => [
    interpolations[interpolation].enlarge(factor, input, output, shape),
  ],

  title: ({ factor, interpolation }) => `upsample ${factor.join(" × ")}, ${interpolation}`,

  fromJSON: ({ factor, ...options }) => upsample2d(factor as Size, options),
};

export const upsample2dTraining: LayerTraining<Upsample2dDescription> = {
  family: convolutionTraining,

  backward({ factor, interpolation }, { inputGrads: [inputGrad], outputGrad, inputShapes: [shape] }) {
    if (inputGrad === undefined) return [];
    return [interpolations[interpolation].gather(factor, inputGrad, outputGrad, shape)];
  },
};
