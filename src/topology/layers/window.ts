/** Windows that slide over images or sequences: the options and sizes that convolutions and pooling have in common. */

import { shown } from "../../errors.ts";
import type { Shape } from "./layer.ts";
import { onlyShape, shownShape } from "./shape.ts";

/** A number for both sides, or [height, width]. */
export type Size = number | readonly [height: number, width: number];

/** Zeros around an image: none, as many as keep ⌈side / stride⌉ windows, or a number on every side. */
export type Padding =
  | "valid"
  | "same"
  | number
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

/** The same for a sequence; "causal" puts all zeros before it, so that no window sees a later step. */
export type StepPadding = "valid" | "same" | "causal" | number | readonly [before: number, after: number];

/** Windows as a description keeps them: a number for each spatial side, which are two of an image and one of a sequence. */
export interface Windows {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Or what lies before and after each side. */
  readonly padding: "valid" | "same" | "causal" | readonly (readonly [before: number, after: number])[];
}

/** The spatial sides of a value: [height, width, channels] has two, [steps, channels] one. */
export type SpatialSides = 1 | 2;

/** The largest size, stride, dilation or padding. */
const mostElements = 2 ** 20;

/** Returns a number for each spatial side. @throws {RangeError} if `value` is neither a whole number from `least` nor a list of such */
export function checkSize(who: string, value: unknown, sides: SpatialSides, least = 1): readonly number[] {
  const isSide = (side: unknown) =>
    Number.isInteger(side) && (side as number) >= least && (side as number) <= mostElements;
  if (isSide(value)) return new Array(sides).fill(value);
  if (Array.isArray(value) && value.length === sides && value.every(isSide)) return [...value];
  const got = Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : shown(value);
  const need = sides === 2 ? ", or [height, width] of such" : "";
  throw new RangeError(`${who}: got ${got}, need a whole number from ${least} to ${mostElements}${need}`);
}

/**
 * Returns pairs of numbers, before and after each spatial side.
 *
 * @param value a number for all of them, or the pairs
 * @returns undefined if it is neither
 */
export function aroundSides(value: unknown, sides: SpatialSides): (readonly [number, number])[] | undefined {
  const isCount = (count: unknown) =>
    Number.isInteger(count) && (count as number) >= 0 && (count as number) <= mostElements;
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount);
  if (isCount(value)) return Array.from({ length: sides }, () => [value as number, value as number]);
  if (!Array.isArray(value) || value.length !== sides || !value.every(isPair)) return undefined;
  return (value as [number, number][]).map(([before, after]) => [before, after]);
}

/** Returns padding as a description keeps it. @throws {RangeError} if it is none of the forms */
export function checkPadding(who: string, padding: unknown, sides: SpatialSides): Windows["padding"] {
  if (padding === "valid" || padding === "same" || (padding === "causal" && sides === 1)) return padding;
  const pairs = aroundSides(padding, sides) ?? (sides === 1 ? aroundSides([padding], sides) : undefined);
  if (pairs) return pairs;
  const forms =
    sides === 2
      ? '"valid", "same", a number of zeros, or [[top, bottom], [left, right]]'
      : '"valid", "same", "causal", a number of zeros, or [before, after]';
  throw new RangeError(`${who}: got padding ${shown(padding)}, need ${forms}`);
}

/** The windows along one side: how many there are, and how much padding they need before the first element and after the last. */
export interface SideWindows {
  readonly count: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Returns the windows along a spatial side of `length` elements; their count is below 1 where the kernel is larger than the padded side.
 *
 * Source  "same" is Keras's and TensorFlow's, the odd zero comes after; a number is PyTorch's.
 */
export function windowsOn({ size, stride, dilation, padding }: Windows, side: number, length: number): SideWindows {
  const extent = dilation[side] * (size[side] - 1) + 1;
  if (padding === "same") {
    const count = Math.ceil(length / stride[side]);
    const total = Math.max((count - 1) * stride[side] + extent - length, 0);
    return { count, before: Math.floor(total / 2), after: Math.ceil(total / 2) };
  }
  if (padding === "causal") return { count: Math.ceil(length / stride[side]), before: extent - 1, after: 0 };
  const [before, after] = padding === "valid" ? [0, 0] : padding[side];
  return { count: Math.floor((length + before + after - extent) / stride[side]) + 1, before, after };
}

/** The fields that kernels have of windows on an image (assembly/convolution/geometry.ts). */
export interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/** Returns the shape of the only value, which must be an image or, of one spatial side, a sequence. */
export function spatialShape(who: string, shapes: readonly Shape[], sides: SpatialSides): Shape {
  const shape = onlyShape(who, shapes);
  if (shape.length === sides + 1) return shape;
  const need = sides === 2 ? "[height, width, channels]" : "[steps, channels]";
  const hint = shape.length === 2 && sides === 2 ? "; reshape([height, width, 1]) makes an image of one channel" : "";
  throw new RangeError(`${who}: got a value ${shownShape(shape)}, need ${need}${hint}`);
}

/**
 * Returns how windows lie on a value of `shape`, which `spatialShape` has returned. A sequence is an image of height 1.
 *
 * @throws {RangeError} if the windows are larger than the padded value
 */
export function geometryOf(who: string, windows: Windows, shape: Shape): Geometry {
  const along = windows.size.map((_, side) => windowsOn(windows, side, shape[side]));
  if (along.some(({ count }) => count < 1)) {
    const extents = windows.size.map((size, side) => windows.dilation[side] * (size - 1) + 1);
    const padded = along.map(({ before, after }, side) => before + shape[side] + after);
    const got = `windows of ${extents.join(" × ")} elements for a value ${shownShape(shape)}`;
    const isPadded = along.some(({ before, after }) => before + after > 0);
    throw new RangeError(
      `${who}: got ${got}${isPadded ? `, with padding ${padded.join(" × ")}` : ""}, need windows that fit into it`,
    );
  }
  const isSequence = windows.size.length === 1;
  const pair = (values: readonly number[], one: number) => (isSequence ? [one, values[0]] : values);
  const [height, width] = pair(shape, 1);
  const [kernelHeight, kernelWidth] = pair(windows.size, 1);
  const [strideHeight, strideWidth] = pair(windows.stride, 1);
  const [dilationHeight, dilationWidth] = pair(windows.dilation, 1);
  const [padTop, padLeft] = pair(
    along.map(({ before }) => before),
    0,
  );
  const [outputHeight, outputWidth] = pair(
    along.map(({ count }) => count),
    1,
  );
  return {
    ...{ height, width, channels: shape[shape.length - 1], kernelHeight, kernelWidth, strideHeight, strideWidth },
    ...{ dilationHeight, dilationWidth, padTop, padLeft, outputHeight, outputWidth },
  };
}

/** Returns the shape of a value with a feature for each of `channels` at every window. */
export function outputShapeOf({ outputHeight, outputWidth }: Geometry, sides: SpatialSides, channels: number): Shape {
  return sides === 2 ? [outputHeight, outputWidth, channels] : [outputWidth, channels];
}
