/** The parts that pooling layers share: options, windows, shapes and titles. */

import { checkOptions } from "../../errors.ts";
import { none } from "../../kernels/operations.ts";
import type { Blocks, DescriptionBase, Shape, UseShapes } from "./layer.ts";
import type { StepRule } from "./lengths.ts";
import { checkName, type NameOption } from "./options.ts";
import {
  checkPadding,
  checkSize,
  type Geometry,
  geometryOf,
  outputShapeOf,
  type Padding,
  type Size,
  type SpatialSides,
  type StepPadding,
  spatialShape,
  type Windows,
  windowBlocks,
  windowRule,
  windowsOn,
} from "./window.ts";

export interface Pool2dOptions extends NameOption {
  /** The pixels from one window to the next: a number, or [height, width]. Default the size. */
  readonly stride?: Size | undefined;
  /** Default "valid": windows are within the image. */
  readonly padding?: Padding | undefined;
}

export interface Pool1dOptions extends NameOption {
  /** The steps from one window to the next. Default the size. */
  readonly stride?: number | undefined;
  /** Default "valid": windows are within the sequence. */
  readonly padding?: StepPadding | undefined;
}

/** A pooling layer as plain data. */
export interface PoolDescription extends DescriptionBase, Omit<Windows, "dilation"> {}

/** Returns the description of a pooling layer, with defaults. @throws {RangeError | TypeError} if an option does not fit */
export function poolOptions(
  who: string,
  size: unknown,
  options: Pool1dOptions | Pool2dOptions,
  sides: SpatialSides,
): Omit<PoolDescription, "kind"> {
  checkOptions(who, options, ["stride", "padding", "name"]);
  const sizes = checkSize(`${who}: size`, size, sides);
  const { stride = sizes, padding = "valid" } = options;
  const name = checkName(who, options.name);
  return {
    size: sizes,
    stride: checkSize(`${who}: stride`, stride, sides),
    padding: checkPadding(who, padding, sides),
    ...(name !== undefined && { name }),
  };
}

const sidesOf = ({ size }: PoolDescription) => size.length as SpatialSides;

const windowsOf = ({ size, stride, padding }: PoolDescription): Windows => ({
  ...{ size, stride, padding, dilation: size.map(() => 1) },
});

/** Returns the error for a window that has only padding. */
function emptyWindow({ kind, size }: PoolDescription): RangeError {
  const got = `padding that holds a whole window of ${size.join(" × ")}`;
  return new RangeError(`${kind}: got ${got}, need less padding than that on every side`);
}

/**
 * Returns the rule for the lengths after pooling, or undefined for images.
 *
 * @throws {RangeError} if a window may have only padding
 */
export function pooledLengths(description: PoolDescription): StepRule | undefined {
  const { size, padding } = description;
  if (size.length > 1) return undefined;
  // The length of a sequence decides whether its last window has a step.
  if (typeof padding !== "string" && padding[0][1] >= size[0]) throw emptyWindow(description);
  return windowRule(windowsOf(description));
}

/** Returns the blocks of pooling: its windows on sequences of different lengths. */
export const poolBlocks = (description: PoolDescription, { isRagged }: UseShapes): Blocks =>
  windowBlocks(windowsOf(description), isRagged);

/**
 * Returns the windows of pooling on a value of `shape`.
 *
 * @param sequences the table of windows, if sequences differ in length
 * @throws {RangeError} if they do not fit into it, or if one has only padding
 */
export function poolGeometry(description: PoolDescription, shape: Shape, sequences = none): Geometry {
  const { kind, size, stride } = description;
  const windows = windowsOf(description);
  const geometry = geometryOf(kind, windows, shape, sequences);
  const isEmpty = size.some((length, side) => {
    const { count, before } = windowsOn(windows, side, shape[side]);
    return before >= length || (count - 1) * stride[side] - before >= shape[side];
  });
  if (isEmpty) throw emptyWindow(description);
  return geometry;
}

/** Returns the shape after pooling of the only value. */
export function pooledShape(description: PoolDescription, inputShapes: readonly Shape[]): Shape {
  const sides = sidesOf(description);
  const shape = spatialShape(description.kind, inputShapes, sides);
  return outputShapeOf(poolGeometry(description, shape), sides, shape[sides]);
}

/** Describes pooling: the stride if it is not the size, and the padding if there may be some. */
export function poolTitle(what: string, { size, stride, padding }: PoolDescription): string {
  const shownStride = stride.join() === size.join() ? "" : `, stride ${stride.join(" × ")}`;
  const zeros = typeof padding === "string" ? padding : padding.map((pair) => `[${pair.join(", ")}]`).join(" × ");
  return `${what} ${size.join(" × ")}${shownStride}${padding === "valid" ? "" : `, padding ${zeros}`}`;
}
