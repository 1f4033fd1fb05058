/**
 * Examples that are sequences of different lengths. They are nested arrays, where the first level below the batch has a part for each step;
 * or whole rows of all steps in a typed array, with separate lengths.
 */

import { plural, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import type { LeastSteps } from "./layers/lengths.ts";
import { shownShape } from "./layers/shape.ts";
import { type CountedRows, checkNesting, copyNested, depthOf, type Nested, nestedOf } from "./nesting.ts";
import {
  checkFinite,
  checkKept,
  checkTokens,
  countRows,
  type FlatRows,
  isFlat,
  type RowCopy,
  type Rows,
} from "./rows.ts";
import { type Lengths, stepsIn } from "./sequences.ts";

/** The number of steps of each example in a typed array: whole numbers from 1. For several inputs, an array for each. */
export type LengthsOption = ArrayLike<number> | readonly (ArrayLike<number> | undefined)[];

/** The smallest number of steps if no window needs more. */
const oneStep: LeastSteps = { steps: 1 };

/** Returns how many steps an example may have, with the reason for the minimum. @param hasUnit whether the text says "steps" */
function stepsNeeded({ steps, layer }: LeastSteps, most: number, hasUnit = false): string {
  const range = `${steps} to ${hasUnit ? plural(most, "step") : most}`;
  return layer === undefined ? range : `${range}: fewer have no window of ${layer}`;
}

/**
 * Counts sequences of a shape of k sides. At depth k they are one example, at depth k + 1 a batch.
 *
 * @param who begins the message of an error
 * @param lengths of the rows of a typed array; default all steps
 * @param least the smallest number of steps of an example
 * @throws {RangeError | TypeError} if there are none, or if an example differs from the shape in more than the number of steps
 */
export function countRagged(
  who: string,
  data: unknown,
  shape: Shape,
  lengths?: ArrayLike<number>,
  least = oneStep,
): CountedRows {
  if (isFlat(data)) {
    const rows = countRows(who, data, sizeOf(shape));
    return {
      data,
      rows,
      nesting: undefined,
      isSingle: false,
      lengths: checkLengths(who, lengths, rows, shape[0], least),
    };
  }
  if (!Array.isArray(data)) {
    throw new TypeError(`${who}: got ${shown(data)}, need one example, an array of examples, or a typed array`);
  }
  if (lengths !== undefined) {
    throw new RangeError(
      `${who}: got lengths for nested arrays, which have their own, need them for a typed array only`,
    );
  }
  const depth = depthOf(data, shape.length + 2);
  const isSingle = depth === shape.length;
  if (data.length === 0 || (!isSingle && depth !== shape.length + 1)) {
    const got = data.length === 0 ? "no rows" : `arrays nested ${depth} deep`;
    const range = `${least.steps} to ${plural(shape[0], "step")}`;
    const need = `one example nested as ${shownShape(shape)}, with ${range}, or an array of such examples`;
    throw new RangeError(`${who}: got ${got}, need ${need}`);
  }
  const examples = (isSingle ? [data] : data) as Rows & readonly unknown[];
  const counted: number[] = [];
  const rows = examples.length;
  for (let row = 0; row < rows; row++) counted.push(stepsOf(who, examples[row], shape, row, least));
  return { data: examples, rows, nesting: shape, isSingle, lengths: Uint32Array.from(counted) };
}

/** Returns the number of steps of an example. */
function stepsOf(who: string, example: unknown, shape: Shape, row: number, least: LeastSteps): number {
  const isList = Array.isArray(example) || (shape.length === 1 && isFlat(example));
  const { length } = Object(example) as ArrayLike<unknown>;
  if (!isList) {
    const need = `an array of ${stepsNeeded(least, shape[0], true)}`;
    throw new TypeError(`${who}: got ${shown(example)} for row ${row}, need ${need}`);
  }
  if (length < least.steps || length > shape[0]) {
    const got = `${plural(length, "step")} in row ${row}`;
    throw new RangeError(`${who}: got ${got}, need ${stepsNeeded(least, shape[0])}`);
  }
  checkNesting(who, example, shape.with(0, length), [row]);
  return length;
}

/** Returns a copy of lengths. @throws {RangeError | TypeError} if there is not one from `least` to `steps` for each row */
export function checkLengths(
  who: string,
  lengths: ArrayLike<number> | undefined,
  rows: number,
  steps: number,
  least = oneStep,
): Lengths {
  if (lengths === undefined) return new Uint32Array(rows).fill(steps);
  if (typeof lengths !== "object" || typeof Object(lengths).length !== "number") {
    throw new TypeError(`${who}: got lengths ${shown(lengths)}, need an array of one for each row`);
  }
  if (lengths.length !== rows) {
    throw new RangeError(
      `${who}: got ${plural(lengths.length, "length")} for ${plural(rows, "row")}, need one for each`,
    );
  }
  return Uint32Array.from({ length: rows }, (_, row) => {
    const length = lengths[row];
    if (Number.isInteger(length) && length >= least.steps && length <= steps) return length;
    const need = `a whole number from ${stepsNeeded(least, steps)}`;
    throw new RangeError(`${who}: got length ${shown(length)} for row ${row}, need ${need}`);
  });
}

/**
 * Copies counted sequences to the start of `destination`, one after the other.
 *
 * @throws {RangeError | TypeError} if a value is not a number; the message names row and place, and `destination` is partly written
 */
export function copyRagged(
  who: string,
  { data, nesting }: Pick<CountedRows, "data" | "nesting">,
  lengths: Lengths,
  destination: Values,
  { from = 0, count, width, validate, tokens, allowsMissing }: RowCopy,
  shape: Shape,
): void {
  const stepSize = sizeOf(shape.slice(1));
  if (!nesting) checkKept(who, data as FlatRows, (from + count) * width);
  let index = 0;
  for (let row = from; row < from + count; row++) {
    const size = lengths[row] * stepSize;
    const sides = shape.with(0, lengths[row]);
    if (nesting) copyNested(who, (data as readonly unknown[])[row], destination, sides, [row], index, allowsMissing);
    else destination.set((data as FlatRows).subarray(row * width, row * width + size), index);
    const copied = destination.subarray(index, index + size);
    const copy = { from: row, count: 1, width: size, shape: sides, data, dataWidth: width, allowsMissing };
    if (tokens) checkTokens(who, copied, tokens.subarray(0, size), copy);
    if (validate) checkFinite(who, copied, copy);
    index += size;
  }
}

/** Returns sequences from rows of all steps, nested by `shape` except for their lengths. */
export function raggedOf(rows: Values, lengths: Lengths, shape: Shape): Nested[] {
  const size = sizeOf(shape);
  return Array.from(lengths, (steps, row) => nestedOf(rows, shape.with(0, steps), row * size));
}

/** Copies sequences that are one after the other to rows of all steps, from row `row` on. The rest of each row does not change. */
export function spreadRagged(
  values: Values,
  lengths: Lengths,
  row: number,
  count: number,
  size: number,
  rows: Values,
): void {
  const stepSize = values.length / stepsIn(lengths, row, row + count);
  let index = 0;
  for (let each = row; each < row + count; each++) {
    const end = index + lengths[each] * stepSize;
    rows.set(values.subarray(index, end), each * size);
    index = end;
  }
}
