/** Windows that slide over images or sequences: the options and sizes that convolutions and pooling share. */

import { shown } from "../../errors.ts";
import { type Address, none } from "../../kernels/operations.ts";
import type { SequenceWindows, Shape, WindowTable } from "./layer.ts";
import { type StepRule, stepsBy } from "./lengths.ts";
import { onlyShape, shownShape } from "./shape.ts";

/** A number for both sides, or [height, width]. */
export type Size = number | readonly [height: number, width: number];

/** The zeros around an image: none, as many as give ⌈side / stride⌉ windows, or a number on every side. */
export type Padding =
  | "valid"
  | "same"
  | number
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

/** The zeros around a sequence. "causal" puts all of them before it, so no window sees a later step. */
export type StepPadding = "valid" | "same" | "causal" | number | readonly [before: number, after: number];

/** Windows in a description. The lists have a number for each spatial side: two for an image, one for a sequence. */
export interface Windows {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** The padding by name, or the numbers before and after each side. */
  readonly padding: "valid" | "same" | "causal" | readonly (readonly [before: number, after: number])[];
}

/** The number of spatial sides of a value: [height, width, channels] has two, [steps, channels] one. */
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
  const need = sides === 2 ? ", or [height, width] of such numbers" : "";
  throw new RangeError(`${who}: got ${got}, need a whole number from ${least} to ${mostElements}${need}`);
}

/**
 * Returns pairs of numbers, before and after each spatial side.
 *
 * @param value one number for all, or the pairs
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

/** Returns padding in the form of a description. @throws {RangeError} if it has none of the allowed forms */
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

/** The windows along one side: their number, and the padding that they need before the first element and after the last. */
export interface SideWindows {
  readonly count: number;
  readonly before: number;
  readonly after: number;
}

/** Returns the number of elements from the first of a window to its last, both included. */
export const extentOf = ({ size, dilation }: Windows, side = 0): number => dilation[side] * (size[side] - 1) + 1;

/** Returns the rule for the number of windows along a spatial side, by its length. */
export function windowRule(windows: Windows, side = 0): StepRule {
  const { padding, stride: strides } = windows;
  const stride = strides[side];
  if (padding === "same" || padding === "causal") return { shift: stride - 1, stride };
  const [before, after] = padding === "valid" ? [0, 0] : padding[side];
  return { shift: before + after - extentOf(windows, side) + stride, stride };
}

/**
 * Returns the windows along a spatial side of `length` elements. Their count is below 1 if the kernel is larger than the padded side.
 *
 * Source  "same" is as in Keras and TensorFlow, where the odd zero comes after; a number is as in PyTorch.
 */
export function windowsOn(windows: Windows, side: number, length: number): SideWindows {
  const { stride, padding } = windows;
  const extent = extentOf(windows, side);
  const count = stepsBy(windowRule(windows, side), length);
  if (padding === "same") {
    const total = Math.max((count - 1) * stride[side] + extent - length, 0);
    return { count, before: Math.floor(total / 2), after: Math.ceil(total / 2) };
  }
  if (padding === "causal") return { count, before: extent - 1, after: 0 };
  const [before, after] = padding === "valid" ? [0, 0] : padding[side];
  return { count, before, after };
}

/** Returns the windows on a sequence of `steps` steps. */
function onSequence(windows: Windows, steps: number): SequenceWindows {
  const { count, before } = windowsOn(windows, 0, steps);
  return { padLeft: before, outputWidth: count, firstOutput: 0 };
}

/** Returns the block of windows on sequences, if they differ in length. */
export function windowBlocks(windows: Windows, isRagged = false): { readonly windows?: WindowTable } {
  return isRagged ? { windows: { per: "sequence", windowsOn: (steps) => onSequence(windows, steps) } } : {};
}

/** The fields about windows on an image in the records of kernels (assembly/convolution/geometry.ts). */
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
  /** The table of windows on sequences of different lengths; width and number of windows are then those of the longest. */
  readonly sequences: Address;
}

/** Returns the shape of the only value, which must be an image, or a sequence if there is one spatial side. */
export function spatialShape(who: string, shapes: readonly Shape[], sides: SpatialSides): Shape {
  const shape = onlyShape(who, shapes);
  if (shape.length === sides + 1) return shape;
  const need = sides === 2 ? "[height, width, channels]" : "[steps, channels]";
  const hint = shape.length === 2 && sides === 2 ? "; reshape([height, width, 1]) makes an image of one channel" : "";
  throw new RangeError(`${who}: got a value ${shownShape(shape)}, need ${need}${hint}`);
}

/**
 * Returns the windows on a value of `shape`, a result of `spatialShape`. A sequence is an image of height 1.
 *
 * @param sequences the table of windows, if sequences differ in length
 * @throws {RangeError} if the windows are larger than the padded value
 */
export function geometryOf(who: string, windows: Windows, shape: Shape, sequences = none): Geometry {
  const along = windows.size.map((_, side) => windowsOn(windows, side, shape[side]));
  if (along.some(({ count }) => count < 1)) {
    const extents = windows.size.map((_, side) => extentOf(windows, side));
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
    ...{ dilationHeight, dilationWidth, padTop, padLeft, outputHeight, outputWidth, sequences },
  };
}

/** Returns the shape of a value with `channels` features for every window. */
export function outputShapeOf({ outputHeight, outputWidth }: Geometry, sides: SpatialSides, channels: number): Shape {
  return sides === 2 ? [outputHeight, outputWidth, channels] : [outputWidth, channels];
}
