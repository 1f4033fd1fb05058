/** Split: cuts a value into parts along its last side. It reverses concatenate. */

import { checkArguments, checkInteger, shown } from "../../errors.ts";
import { putColumns, rangesOf, takeColumns } from "./copy.ts";
import type { DescriptionBase, LayerKind, LayerTraining } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { matrixOf, onlyShape, shownShape } from "./shape.ts";
import { applyAll, callable, type Value } from "./value.ts";

/** The most parts of one split, because each takes its own memory. */
const mostParts = 1024;

export interface SplitDescription extends DescriptionBase {
  readonly kind: "split";
  readonly sizes: readonly number[];
}

/** A layer that cuts a value: called on one value, it returns a value for each size. */
export type SplitLayer = SplitDescription & ((value: Value) => readonly Value[]);

/**
 * Cuts a value along its last side: split([2, 3]) of [4, 5] gives two values, [4, 2] and [4, 3].
 *
 * @param sizes the features of each part, at least 1, for up to 1024 parts; their sum is the number of features of the value
 * @throws {RangeError | TypeError} if it is not such a list
 */
export function split(sizes: readonly number[], options: NameOption = {}): SplitLayer {
  checkArguments("split", arguments.length, 2);
  if (!Array.isArray(sizes) || sizes.length === 0) {
    throw new TypeError(`split: got sizes ${shown(sizes)}, need an array of the features of each part`);
  }
  if (sizes.length > mostParts) {
    throw new RangeError(`split: got ${sizes.length} sizes, need at most ${mostParts}`);
  }
  for (const size of sizes) checkInteger("split: a size", size, 1, 2 ** 31 - 1);
  const description = {
    kind: "split",
    sizes: [...(sizes as readonly number[])],
    ...nameOption("split", options),
  } as const;
  return callable(splitKind, description, applyAll) as unknown as SplitLayer;
}

export const splitKind: LayerKind<SplitDescription> = {
  sequences: () => "steps",

  isRearrangement: true,

  outputShapes({ sizes }, inputShapes) {
    const shape = onlyShape("split", inputShapes);
    const [, columns] = matrixOf(shape);
    const sum = sizes.reduce((total, size) => total + size, 0);
    if (sum === columns) return sizes.map((size) => shape.with(-1, size));
    const got = `sizes that add up to ${sum} for a value ${shownShape(shape)}`;
    throw new RangeError(`split: got ${got}, need ${columns} in all`);
  },

  forward: (_, { inputs: [input], outputs, outputShapes, elementBytes }) =>
    rangesOf(outputShapes).map((range, index) => takeColumns(input, range, outputs[index], elementBytes)),

  title: ({ sizes }) => `split ${shownShape(sizes)}`,

  fromJSON: ({ sizes, ...options }) => split(sizes as readonly number[], options),
};

export const splitTraining: LayerTraining<SplitDescription> = {
  backward(_, { inputGrads: [inputGrad], outputGrads, outputShapes, elementBytes }) {
    if (inputGrad === undefined) return [];
    return rangesOf(outputShapes).map((range, index) => putColumns(outputGrads[index], inputGrad, range, elementBytes));
  },
};
