/** The forms in which targets and their weights may be given: lists of numbers, flat rows, nested arrays, sequences. */

import type { Shape } from "../topology/layers/layer.ts";
import type { LeastSteps } from "../topology/layers/lengths.ts";
import { mostSides, shownShape } from "../topology/layers/shape.ts";
import type { CountedRows } from "../topology/nesting.ts";
import { countRagged } from "../topology/ragged.ts";
import { isFlat, type Rows } from "../topology/rows.ts";
import type { Lengths } from "../topology/sequences.ts";
import type { ExampleFormat, Targets } from "./format.ts";

/** Returns the numbers an example, if the form of `targets` tells them. @param allowsNull true if null stands for a number */
export function widthOf(targets: Targets, rows: number, allowsNull = false): number | undefined {
  if (isFlat(targets)) return targets.length / rows;
  let value: unknown = Array.isArray(targets) ? targets[0] : undefined;
  if (isNumber(value, allowsNull)) return 1;
  if (typeof value !== "object") return undefined;
  // An object that only looks like a row is refused later, as one or for its length.
  if (!Array.isArray(value) && !isFlat(value)) return (Object(value) as ArrayLike<number>).length;
  let width = 1;
  // The depth has a limit, because an array may contain itself.
  for (let depth = 0; Array.isArray(value) && depth < mostSides; depth++) {
    width *= value.length;
    value = value[0];
  }
  return isFlat(value) ? width * value.length : width;
}

const isNumber = (value: unknown, allowsNull: boolean) => typeof value === "number" || (allowsNull && value === null);

/** Returns targets as rows: those of one number an example may be a plain list. @param allowsNull true if null stands for a number */
export function asRows(targets: Targets, width: number, allowsNull = false): Rows {
  const isList = !isFlat(targets) && isNumber(targets[0], allowsNull);
  if (!isList || width !== 1) return targets as Rows;
  return (targets as readonly number[]).map((target) => [target]);
}

/** Counts a batch of sequences. @throws {RangeError} if it is one example without a batch */
export function countRaggedBatch(
  who: string,
  data: unknown,
  shape: Shape,
  lengths?: ArrayLike<number>,
  least?: LeastSteps,
): CountedRows {
  const counted = countRagged(who, data, shape, lengths, least);
  if (!counted.isSingle) return counted;
  throw new RangeError(`${who}: got one example nested as ${shownShape(shape)}, need a batch: an array of examples`);
}

/** Counts sequences of a shape. A typed array has these lengths. */
export const countRaggedLike = (who: string, data: unknown, shape: Shape, lengths: Lengths): CountedRows =>
  countRaggedBatch(who, data, shape, isFlat(data) ? lengths : undefined);

/** Returns the name of the targets of an output in messages. */
export const nameOf = ({ targets }: ExampleFormat, index: number): string =>
  targets.length === 1 ? "targets" : `targets ${index}`;
