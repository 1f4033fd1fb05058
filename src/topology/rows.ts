/** Examples from users: checked, and copied into rows of a typed array. */

import { finiteFor, plural, shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../kernels/dtype.ts";
import type { Shape } from "./layers/layer.ts";
import { changedWhileRead } from "./reader.ts";

/** A flat array of whole rows. */
export type FlatRows =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A flat row of an example's numbers, row-major; or an example nested by its shape. */
export type Row = readonly number[] | FlatRows | readonly Row[];

/** Rows; or whole rows one after the other in a typed array. */
export type Rows = readonly Row[] | FlatRows;

/** The most rows that run at once: enough to fill the tiles of a product, few enough to stay in the cache. */
export const partRows = 128;

/** Tells whether `data` is a typed array of numbers. An array of 64-bit integers is not. */
export const isFlat = (data: unknown): data is FlatRows =>
  ArrayBuffer.isView(data) && !(data instanceof DataView) && typeof (data as FlatRows)[0] !== "bigint";

/**
 * Returns the number of rows in `data`.
 *
 * @param who begins the message of an error
 * @param width numbers in each row
 * @throws {RangeError | TypeError} if there are no rows, or not whole rows of that width
 */
export function countRows(who: string, data: Rows, width: number): number {
  if (isFlat(data)) {
    if (data.length === 0) throw new RangeError(`${who}: got no numbers, need at least one row of ${width}`);
    if (data.length % width !== 0) {
      throw new RangeError(`${who}: got ${plural(data.length, "number")}, need whole rows of ${width}`);
    }
    return data.length / width;
  }
  if (!Array.isArray(data)) throw new TypeError(`${who}: got ${shown(data)}, need rows of ${plural(width, "number")}`);
  // The length is read once, because a proxy may return another one each time.
  const rows = data.length;
  if (!(rows > 0)) throw new RangeError(`${who}: got no rows, need at least one of ${plural(width, "number")}`);
  for (let row = 0; row < rows; row++) {
    const values = data[row];
    const { length } = Object(values) as ArrayLike<number>;
    if (typeof values !== "object" || typeof length !== "number") {
      throw new TypeError(`${who}: got ${shown(values)} for row ${row}, need ${plural(width, "number")}`);
    }
    if (length !== width) throw new RangeError(`${who}: got ${plural(length, "number")} in row ${row}, need ${width}`);
  }
  return rows;
}

/** The rows to copy, of those that `countRows` has counted, and how to check them. */
export interface RowCopy {
  /** The first row. Default 0. */
  readonly from?: number | undefined;
  readonly count: number;
  readonly width: number;
  /** If true, NaN, infinities and numbers that become infinite in the destination's type are refused. */
  readonly validate: boolean;
  /** If true, numbers may be missing: NaN, or null in lists, which becomes NaN. Default false. */
  readonly allowsMissing?: boolean;
  /** The tokens among the numbers of a row, if there are any. Invalid tokens are refused, whatever `validate` is. */
  readonly tokens?: TokenCounts | undefined;
}

/** For each number of an example, the number of possible tokens, or 0 if it is not a token. */
export type TokenCounts = Uint32Array;

/**
 * Copies rows to the start of `destination`.
 *
 * @throws {RangeError | TypeError} naming row and column; then `destination` is partly written
 */
export function copyRows(who: string, data: Rows, destination: Values, copy: RowCopy): void {
  const { from = 0, count, width, validate, tokens, allowsMissing } = copy;
  if (isFlat(data)) {
    checkKept(who, data, (from + count) * width);
    const isAll = from === 0 && count * width === data.length;
    destination.set(isAll ? data : data.subarray(from * width, (from + count) * width));
  } else {
    copyLists(who, data, destination, copy);
  }
  if (tokens) checkTokens(who, destination, tokens, { from, count, width, data });
  if (validate) checkFinite(who, destination, { from, count, width, data, allowsMissing });
}

/** Refuses a typed array that has become shorter since it was counted, for instance because its buffer has been transferred to a thread. */
export function checkKept(who: string, data: FlatRows, length: number): void {
  if (data.length < length) throw changedWhileRead(who, "a typed array");
}

/**
 * A typed array outside the network's memory, where rows are checked before anything of the network changes. Two calls with the same length
 * return the same array.
 */
export class Staging {
  #values: Values = new Float32Array(0);

  take(dtype: Dtype, length: number): Values {
    if (this.#values.length !== length) this.#values = valuesOf(dtype, length);
    return this.#values;
  }
}

/** Returns the place of element `index` of a value on each side. */
export function placeIn(shape: Shape, index: number): number[] {
  let rest = index;
  const place: number[] = [];
  for (const side of shape.toReversed()) {
    place.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return place;
}

function copyLists(who: string, data: Exclude<Rows, FlatRows>, destination: Values, copy: RowCopy): void {
  const { from = 0, count, width, allowsMissing } = copy;
  let index = 0;
  for (let row = from; row < from + count; row++) {
    const values = data[row];
    if (Object(values).length !== width) throw changedWhileRead(who, `row ${row}`);
    for (let column = 0; column < width; column++) {
      const value = values[column];
      if (typeof value === "number") destination[index++] = value;
      else if (allowsMissing && value === null) destination[index++] = Number.NaN;
      else throw new TypeError(`${who}: got ${shown(value)} at row ${row}, column ${column}, need a number`);
    }
  }
}

/** Copied rows, with their source, for messages. */
export interface CopiedRows {
  /** The number that messages give to the first row. Default 0. */
  readonly from?: number | undefined;
  readonly count: number;
  readonly width: number;
  /** The shape of one row, if it was nested. */
  readonly shape?: Shape | undefined;
  /** The source of the values, from its first row on; default the values themselves. */
  readonly data?: unknown;
  /** The numbers of a row of the source, if it is a typed array of longer rows. Default `width`. */
  readonly dataWidth?: number | undefined;
  /** If true, NaN means a missing number. Default false. */
  readonly allowsMissing?: boolean | undefined;
}

/**
 * Refuses NaN and infinities in copied rows, but not NaN if numbers may be missing.
 *
 * @throws {RangeError} naming row and column, or the place in the shape
 */
export function checkFinite(who: string, values: FlatRows, rows: CopiedRows): void {
  const { count, width, allowsMissing } = rows;
  const length = count * width;
  // A number times zero is zero only if it is finite. Two independent sums can run in parallel; more are slower, not faster.
  let even = 0;
  let odd = 0;
  for (let index = 1; index < length; index += 2) {
    even += values[index - 1] * 0;
    odd += values[index] * 0;
  }
  if (even + odd + values[length - 1] * 0 === 0) return;
  const bad = values.findIndex((value: number) => !(Number.isFinite(value) || (allowsMissing && Number.isNaN(value))));
  if (bad < 0) return;
  const given = givenOf(values, bad, rows);
  throw new RangeError(`${who}: got ${shown(given)} at ${placeOf(bad, rows)}, need ${finiteFor(given)}`);
}

/** Returns number `index` of copied rows as it was given, before rounding. */
export function givenOf(
  values: FlatRows,
  index: number,
  { from = 0, width, data, dataWidth = width }: CopiedRows,
): unknown {
  return data === undefined ? values[index] : givenAt(data, from + Math.floor(index / width), index % width, dataWidth);
}

/**
 * Returns a number as it was given, before rounding.
 *
 * @param column the place among all numbers of the row, whatever its nesting
 * @param width numbers of a row in a typed array
 */
function givenAt(data: unknown, row: number, column: number, width: number): unknown {
  if (isFlat(data)) return data[row * width + column];
  let numbers: unknown[] = [(data as readonly unknown[])[row]];
  while (numbers.some((part) => Array.isArray(part) || isFlat(part))) {
    numbers = numbers.flatMap((part) => (isFlat(part) ? [...part] : part));
  }
  return numbers[column];
}

/** Returns the place of number `index` of rows: its row and its column, or its place in the shape. */
function placeOf(index: number, { from = 0, width, shape }: CopiedRows): string {
  const column = index % width;
  const place = shape ? `place [${placeIn(shape, column).join(", ")}]` : `column ${column}`;
  return `row ${from + Math.floor(index / width)}, ${place}`;
}

/**
 * Refuses values that must be tokens and are not.
 *
 * @throws {RangeError} naming row and column, or the place in the shape
 */
export function checkTokens(who: string, values: FlatRows, tokens: TokenCounts, rows: CopiedRows): void {
  const { count, width } = rows;
  for (let index = 0, column = 0; index < count * width; index++) {
    const value = values[index];
    const limit = tokens[column];
    // Fractions and numbers beyond 32 bits change by this; NaN becomes 0.
    const isToken = (value | 0) === value && value >= 0 && value < limit;
    if (limit > 0 && !isToken) {
      const need = `a whole number from 0 to ${limit - 1}`;
      const given = givenOf(values, index, rows);
      throw new RangeError(`${who}: got ${shown(given)} at ${placeOf(index, rows)}, need ${need}`);
    }
    column = column + 1 === width ? 0 : column + 1;
  }
}
