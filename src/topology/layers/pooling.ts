/** The common parts of pooling: options, windows, shapes and titles. */

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
  /** Pixels from one window to the next: a number, or [height, width]. Default the size. */
  readonly stride?: Size | undefined;
  /** Default "valid": windows lie within the image. */
  readonly padding?: Padding | undefined;
}

export interface Pool1dOptions extends NameOption {
  /** Steps from one window to the next. Default the size. */
  readonly stride?: number | undefined;
  /** Default "valid": windows lie within the sequence. */
  readonly padding?: StepPadding | undefined;
}

/** A pooling layer as plain data. */
export interface PoolDescription extends DescriptionBase, Omit<Windows, "dilation"> {}

/** Returns what describes pooling, every option given. @throws {RangeError | TypeError} if one does not fit */
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

/** Returns the error of windows of which one has nothing but padding. */
function emptyWindow({ kind, size }: PoolDescription): RangeError {
  const got = `padding that holds a whole window of ${size.join(" × ")}`;
  return new RangeError(`${kind}: got ${got}, need less padding than that on every side`);
}

/**
 * Returns the lengths that pooling makes of sequences that differ in length; undefined for images.
 *
 * @throws {RangeError} if a window may have nothing but padding
 */
export function pooledLengths(description: PoolDescription): StepRule | undefined {
  const { size, padding } = description;
  if (size.length > 1) return undefined;
  // Whether the last window has a step depends on the length.
  if (typeof padding !== "string" && padding[0][1] >= size[0]) throw emptyWindow(description);
  return windowRule(windowsOf(description));
}

/** Returns the blocks of pooling: how its windows lie on sequences that differ in length. */
export const poolBlocks = (description: PoolDescription, { isRagged }: UseShapes): Blocks =>
  windowBlocks(windowsOf(description), isRagged);

/**
 * Returns how the windows of pooling lie on a value of `shape`.
 *
 * @param sequences the table of windows, where sequences differ in length
 * @throws {RangeError} if they do not fit into it, or one has nothing but padding
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

/** Returns the shape of what pooling makes of the only value. */
export function pooledShape(description: PoolDescription, inputShapes: readonly Shape[]): Shape {
  const sides = sidesOf(description);
  const shape = spatialShape(description.kind, inputShapes, sides);
  return outputShapeOf(poolGeometry(description, shape), sides, shape[sides]);
}

/** Says what pooling does, the stride if it is not the size, and the padding if there may be some. */
export function poolTitle(what: string, { size, stride, padding }: PoolDescription): string {
  const shownStride = stride.join() === size.join() ? "" : `, stride ${stride.join(" × ")}`;
  const zeros = typeof padding === "string" ? padding : padding.map((pair) => `[${pair.join(", ")}]`).join(" × ");
  return `${what} ${size.join(" × ")}${shownStride}${padding === "valid" ? "" : `, padding ${zeros}`}`;
}
