/** Slice: a range of one side of a value. */

import { checkArguments, checkInteger } from "../../errors.ts";
import { eachRow, op } from "../../kernels/operations.ts";
import { type ColumnRange, putColumns, takeColumns } from "./copy.ts";
import { type DescriptionBase, type LayerKind, type LayerTraining, type Site, sizeOf } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { mostSides, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface SliceDescription extends DescriptionBase {
  readonly kind: "slice";
  readonly side: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Takes a range of one side: slice(0, 2, 5) of [10, 3] is [3, 3], its rows 2, 3 and 4.
 *
 * @param side counted from 0, without the batch
 * @param start the first place of the range, counted from 0
 * @param end the first place after the range
 * @throws {RangeError | TypeError} if they are not whole numbers from 0, or `end` is not above `start`
 */
export function slice(side: number, start: number, end: number, options: NameOption = {}): Layer<SliceDescription> {
  checkArguments("slice", arguments.length, 4);
  checkInteger("slice: side", side, 0, mostSides - 1);
  checkInteger("slice: start", start, 0, 2 ** 31 - 2);
  checkInteger("slice: end", end, start + 1, 2 ** 31 - 1);
  return callable(sliceKind, { kind: "slice", side, start, end, ...nameOption("slice", options) });
}

/** Returns the input as a matrix whose columns are the side and all later ones, with the range of columns. */
function rangeOf(description: SliceDescription, { inputShapes: [shape], actsOnSteps }: Site): ColumnRange {
  const { start, end } = description;
  const side = description.side - Number(actsOnSteps);
  const behind = sizeOf(shape.slice(side + 1));
  return {
    positions: sizeOf(shape.slice(0, side)),
    width: shape[side] * behind,
    from: start * behind,
    columns: (end - start) * behind,
  };
}

export const sliceKind: LayerKind<SliceDescription> = {
  isRearrangement: true,

  sequences: ({ side }) => (side > 0 ? "steps" : undefined),

  oneLength: "it takes steps that shorter sequences may lack",

  outputShape({ side, start, end }, inputShapes) {
    const shape = onlyShape("slice", inputShapes);
    if (side >= shape.length) {
      const need = `a side from 0 to ${shape.length - 1}`;
      throw new RangeError(`slice: got side ${side} of a value ${shownShape(shape)}, need ${need}`);
    }
    if (end > shape[side]) {
      const got = `end ${end} on side ${side} of a value ${shownShape(shape)}`;
      throw new RangeError(`slice: got ${got}, need one of at most ${shape[side]}`);
    }
    return shape.with(side, end - start);
  },

  forward: (description, site) => [
    takeColumns(site.inputs[0], rangeOf(description, site), site.output, site.elementBytes),
  ],

  title: ({ side, start, end }) => `slice ${start} to ${end} of side ${side}`,

  fromJSON: ({ side, start, end, ...options }) => slice(side as number, start as number, end as number, options),
};

export const sliceTraining: LayerTraining<SliceDescription> = {
  backward(description, site) {
    const [inputGrad] = site.inputGrads;
    if (inputGrad === undefined) return [];
    const range = rangeOf(description, site);
    const copy = putColumns(site.outputGrad, inputGrad, range, site.elementBytes);
    const clear = op("clear", eachRow(sizeOf(site.inputShapes[0])), { output: inputGrad });
    return range.columns === range.width ? [copy] : [clear, copy];
  },
};
