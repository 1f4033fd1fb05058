/** Flatten: one row of all numbers of an example. */

import { checkArguments } from "../../errors.ts";
import { copyForward } from "./copy.ts";
import { type DescriptionBase, type LayerKind, sizeOf } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface FlattenDescription extends DescriptionBase {
  readonly kind: "flatten";
}

/**
 * Returns a layer that turns an example into one row of all its numbers, row-major: [height, width, channels] becomes [height · width ·
 * channels].
 *
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function flatten(options: NameOption = {}): Layer<FlattenDescription> {
  checkArguments("flatten", arguments.length, 1);
  return callable(flattenKind, { kind: "flatten", ...nameOption("flatten", options) });
}

export const flattenKind: LayerKind<FlattenDescription> = {
  isRearrangement: true,

  oneLength: "it makes one row of all steps",

  outputShape: (_, inputShapes) => [sizeOf(onlyShape("flatten", inputShapes))],

  forward: copyForward,

  title: () => "flatten",

  fromJSON: (options) => flatten(options),
};
