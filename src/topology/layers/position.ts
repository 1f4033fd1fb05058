/** Layers that add to each step of a sequence a row of a table, by its place. */

import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { copyOf } from "./copy.ts";
import type { BackwardSite, Shape, Site } from "./layer.ts";
import { onlyShape, shownShape } from "./shape.ts";

/** Refuses anything but one value of [steps, features]. @returns its shape */
export function sequenceShape(who: string, inputShapes: readonly Shape[]): readonly [steps: number, features: number] {
  const shape = onlyShape(who, inputShapes);
  if (shape.length !== 2) throw new RangeError(`${who}: got a value ${shownShape(shape)}, need [steps, features]`);
  return [shape[0], shape[1]];
}

/** Adds a table of the shape of the value. */
export function addTable(table: Address, { inputs: [input], offsets, output, outputShape }: Site): Operation {
  const [steps, columns] = outputShape;
  return op("positionForward", eachRow(), { input, table, output, offsets: offsets[0], steps, columns });
}

/** The gradient goes through as it is. */
export const throughTable = ({ inputGrads: [inputGrad], outputGrad, outputShape }: BackwardSite): Operation[] =>
  inputGrad === undefined ? [] : [copyOf(outputGrad, inputGrad, outputShape)];
