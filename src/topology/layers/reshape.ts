/** Reshape: the same numbers in the same order, in another shape. */

import { checkArguments, plural } from "../../errors.ts";
import { copyForward } from "./copy.ts";
import { type DescriptionBase, type LayerKind, type Shape, sizeOf } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { checkShape, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface ReshapeDescription extends DescriptionBase {
  readonly kind: "reshape";
  readonly shape: Shape;
}

/**
 * Gives a value another shape, with the same numbers in the same row-major order.
 *
 * @param shape a number of features, or a shape, without the batch; it has as many numbers as the value
 * @throws {RangeError | TypeError} if it is neither
 */
export function reshape(shape: number | Shape, options: NameOption = {}): Layer<ReshapeDescription> {
  checkArguments("reshape", arguments.length, 2);
  const checked = checkShape("reshape", "shape", shape);
  return callable(reshapeKind, { kind: "reshape", shape: checked, ...nameOption("reshape", options) });
}

export const reshapeKind: LayerKind<ReshapeDescription> = {
  isRearrangement: true,

  oneLength: "it makes a shape of all numbers of an example",

  outputShape({ shape }, inputShapes) {
    const given = onlyShape("reshape", inputShapes);
    if (sizeOf(given) === sizeOf(shape)) return shape;
    const got = `a value ${shownShape(given)} of ${plural(sizeOf(given), "number")}`;
    throw new RangeError(
      `reshape: got ${got}, need ${plural(sizeOf(shape), "number")} for the shape ${shownShape(shape)}`,
    );
  },

  forward: copyForward,

  title: ({ shape }) => `reshape ${shownShape(shape)}`,

  fromJSON: ({ shape, ...options }) => reshape(shape as Shape, options),
};
