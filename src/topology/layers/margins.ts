/** Margins of images: adds zeros around them, or cuts pixels off. */

import { convolution } from "../../../build/convolution.js";
import { checkArguments, shown } from "../../errors.ts";
import { type Address, eachRow, op } from "../../kernels/operations.ts";
import { type DescriptionBase, type LayerKind, type LayerTraining, type Shape, sizeOf } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import { aroundSides, spatialShape } from "./window.ts";

/** The pixels on every side of an image: one number, or one for each side. */
export type Margins =
  | number
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

/** Margins in a description. */
export type MarginPairs = readonly (readonly [before: number, after: number])[];

export interface ZeroPad2dDescription extends DescriptionBase {
  readonly kind: "zeroPad2d";
  readonly padding: MarginPairs;
}

export interface Crop2dDescription extends DescriptionBase {
  readonly kind: "crop2d";
  readonly margins: MarginPairs;
}

/**
 * Adds zeros around an image: [height, width, channels] becomes [top + height + bottom, left + width + right, channels].
 *
 * @param padding the pixels on every side, or [[top, bottom], [left, right]]
 * @throws {RangeError | TypeError} if they are not whole numbers from 0, or if an option is unknown or does not fit
 */
export function zeroPad2d(padding: Margins, options: NameOption = {}): Layer<ZeroPad2dDescription> {
  checkArguments("zeroPad2d", arguments.length, 2);
  const pairs = checkMargins("zeroPad2d", "padding", padding);
  return callable(zeroPad2dKind, { kind: "zeroPad2d", padding: pairs, ...nameOption("zeroPad2d", options) });
}

/**
 * Cuts pixels off an image: [height, width, channels] becomes [height - top - bottom, width - left - right, channels].
 *
 * @param margins the pixels on every side, or [[top, bottom], [left, right]]
 * @throws {RangeError | TypeError} if they are not whole numbers from 0, or if an option is unknown or does not fit
 */
export function crop2d(margins: Margins, options: NameOption = {}): Layer<Crop2dDescription> {
  checkArguments("crop2d", arguments.length, 2);
  const pairs = checkMargins("crop2d", "margins", margins);
  return callable(crop2dKind, { kind: "crop2d", margins: pairs, ...nameOption("crop2d", options) });
}

function checkMargins(who: string, what: string, value: unknown): MarginPairs {
  const pairs = aroundSides(value, 2);
  if (pairs) return pairs;
  const need = "a whole number from 0, or [[top, bottom], [left, right]] of such numbers";
  throw new RangeError(`${who}: got ${what} ${shown(value)}, need ${need}`);
}

const shownPairs = (pairs: MarginPairs) => `[${pairs.map((pair) => shownShape(pair)).join(", ")}]`;

/** Returns the shape with added margins, or with margins removed if `sign` is -1. */
const withMargins = (
  [height, width, channels]: Shape,
  [[top, bottom], [left, right]]: MarginPairs,
  sign: 1 | -1,
): Shape => [height + sign * (top + bottom), width + sign * (left + right), channels];

/** Copies between an image and the same image with margins around it. @param shape of the inner image */
function copyMargins(
  name: "addMargins" | "removeMargins",
  pairs: MarginPairs,
  inner: Address,
  outer: Address,
  shape: Shape,
) {
  const [lines, width, channels] = shape;
  const [[top], [left]] = pairs;
  const outerShape = withMargins(shape, pairs, 1);
  const stride = outerShape[1] * channels;
  const before = top * stride + left * channels;
  const sizes = { lines, columns: width * channels, before, stride, size: sizeOf(outerShape) };
  return op(name, eachRow(), { inner, outer, ...sizes });
}

export const zeroPad2dKind: LayerKind<ZeroPad2dDescription> = {
  family: convolution,

  isRearrangement: true,

  outputShape: ({ padding }, inputShapes) => withMargins(spatialShape("zeroPad2d", inputShapes, 2), padding, 1),

  forward: ({ padding }, { inputs: [input], output, inputShapes: [shape] }) => [
    copyMargins("addMargins", padding, input, output, shape),
  ],

  title: ({ padding }) => `zeros around, ${shownPairs(padding)}`,

  fromJSON: ({ padding, ...options }) => zeroPad2d(padding as Margins, options),
};

export const zeroPad2dTraining: LayerTraining<ZeroPad2dDescription> = {
  backward: ({ padding }, { inputGrads: [inputGrad], outputGrad, inputShapes: [shape] }) =>
    inputGrad === undefined ? [] : [copyMargins("removeMargins", padding, inputGrad, outputGrad, shape)],
};

export const crop2dKind: LayerKind<Crop2dDescription> = {
  family: convolution,

  isRearrangement: true,

  outputShape({ margins }, inputShapes) {
    const shape = spatialShape("crop2d", inputShapes, 2);
    const cropped = withMargins(shape, margins, -1);
    if (cropped[0] > 0 && cropped[1] > 0) return cropped;
    throw new RangeError(
      `crop2d: got margins ${shownPairs(margins)} of a value ${shownShape(shape)}, need some that leave a pixel`,
    );
  },

  forward: ({ margins }, { inputs: [input], output, outputShape }) => [
    copyMargins("removeMargins", margins, output, input, outputShape),
  ],

  title: ({ margins }) => `crop ${shownPairs(margins)}`,

  fromJSON: ({ margins, ...options }) => crop2d(margins as Margins, options),
};

export const crop2dTraining: LayerTraining<Crop2dDescription> = {
  backward: ({ margins }, { inputGrads: [inputGrad], outputGrad, outputShape }) =>
    inputGrad === undefined ? [] : [copyMargins("addMargins", margins, outputGrad, inputGrad, outputShape)],
};
