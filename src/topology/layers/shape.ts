/** The checks of shapes: those of a network's inputs, and those of the values that a layer takes. */

import { plural, shown } from "../../errors.ts";
import { type Shape, sizeOf } from "./layer.ts";

/** The most sides of a shape, because each use of a layer walks them. */
export const mostSides = 32;

/** Returns a shape for messages and tables. */
export const shownShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Returns a copy of `shape`; a number n becomes [n]. */
export function checkShape(who: string, what: string, shape: number | Shape): Shape {
  if (Array.isArray(shape) && shape.length > mostSides) {
    throw new RangeError(`${who}: got ${what} of ${shape.length} sides, need at most ${mostSides}`);
  }
  const sides = Array.isArray(shape) ? [...shape] : [shape as number];
  const isSide = (side: unknown) => Number.isInteger(side) && (side as number) >= 1;
  const got = Array.isArray(shape) ? `[${shape.map(shown).join(", ")}]` : shown(shape);
  if (sides.every(isSide) && sizeOf(sides) >= 2 ** 31) {
    throw new RangeError(`${who}: got ${what} ${got}, need fewer than 2³¹ numbers`);
  }
  if (sides.length === 0 || !sides.every(isSide)) {
    throw new RangeError(`${who}: got ${what} ${got}, need a number of features from 1, or a shape of such numbers`);
  }
  return sides;
}

/** Refuses several values for a layer that takes one. @returns the shape of the only one */
export function onlyShape(who: string, shapes: readonly Shape[]): Shape {
  if (shapes.length === 1) return shapes[0];
  throw new RangeError(`${who}: got ${shapes.length} values, need 1; join them by add, multiply or concatenate first`);
}

/**
 * Refuses anything but two or more values of one shape.
 *
 * @param sides returns the sides that must agree; default all
 * @param need the requirement, for the message
 * @returns the first shape
 */
export function commonShape(
  who: string,
  shapes: readonly Shape[],
  sides = (shape: Shape) => shape,
  need = "one shape",
): Shape {
  if (shapes.length < 2) throw new RangeError(`${who}: got ${plural(shapes.length, "value")}, need two or more`);
  const [first] = shapes;
  const other = shapes.find((shape) => sides(shape).join() !== sides(first).join());
  if (other === undefined) return first;
  throw new RangeError(`${who}: got values of shapes ${shownShape(first)} and ${shownShape(other)}, need ${need}`);
}

/** Refuses anything but two values of one shape. @returns that shape */
export function pairShape(who: string, shapes: readonly Shape[]): Shape {
  if (shapes.length === 2) return commonShape(who, shapes);
  throw new RangeError(`${who}: got ${plural(shapes.length, "value")}, need 2`);
}

/** Refuses anything but one value of [steps, features]. @returns its shape */
export function sequenceOf(who: string, inputShapes: readonly Shape[]): readonly [steps: number, features: number] {
  const shape = onlyShape(who, inputShapes);
  if (shape.length === 2) return [shape[0], shape[1]];
  throw new RangeError(`${who}: got a value ${shownShape(shape)}, need [steps, features]`);
}

/** Returns the size of an example's value as a matrix, with a row for each position and a column for each feature of the last side. */
export function matrixOf(shape: Shape): readonly [positions: number, columns: number] {
  const columns = shape[shape.length - 1];
  return [sizeOf(shape) / columns, columns];
}
