/** Examples as people have them, checked and copied into rows of a typed array. */

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

/** A flat row of an example's numbers, row-major; or an example nested as its shape is. */
export type Row = readonly number[] | FlatRows | readonly Row[];

/** Rows; or whole rows one after the other in a typed array. */
export type Rows = readonly Row[] | FlatRows;

/** Rows that are run at once at most: enough to fill the tiles of a product, few enough to stay in the cache. */
export const partRows = 128;

/** Returns whether `data` is a typed array of numbers; one of 64-bit integers is not. */
export const isFlat = (data: unknown): data is FlatRows =>
  ArrayBuffer.isView(data) && !(data instanceof DataView) && typeof (data as FlatRows)[0] !== "bigint";

/**
 * Returns the number of rows that `data` holds.
 *
 * @param who begins the message of an error
 * @param width numbers in each row
 * @throws {RangeError | TypeError} if it holds none, or not whole rows of that width
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
  // Read once, as a proxy may say another each time.
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

/** Some of the rows that `countRows` has counted, and where they go. */
export interface RowCopy {
  /** The first row. Default 0. */
  readonly from?: number | undefined;
  readonly count: number;
  readonly width: number;
  /** True if NaN, infinities and numbers that become infinite in the destination's type are refused. */
  readonly validate: boolean;
  /** Whether a number may be missing: NaN, or null in lists, which becomes NaN. Default false. */
  readonly allowsMissing?: boolean;
  /** The tokens among the numbers of a row, if there are some: what is none is refused, whatever `validate` says. */
  readonly tokens?: TokenCounts | undefined;
}

/** For each number of an example how many tokens there are, if it is one, else 0. */
export type TokenCounts = Uint32Array;

/**
 * Copies rows to the start of `destination`.
 *
 * @throws {RangeError | TypeError} naming row and column; `destination` is then partly written
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

/** Refuses a typed array that has lost numbers since it was counted, as when its buffer has been given to another thread. */
export function checkKept(who: string, data: FlatRows, length: number): void {
  if (data.length < length) throw changedWhileRead(who, "a typed array");
}

/**
 * A typed array outside the network's memory, in which rows are checked before anything of the network changes. Asked for
 * the same length again, it gives the same array.
 */
export class Staging {
  #values: Values = new Float32Array(0);

  take(dtype: Dtype, length: number): Values {
    if (this.#values.length !== length) this.#values = valuesOf(dtype, length);
    return this.#values;
  }
}

/** Returns where element `index` of a value lies: its place on each side. */
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

/** Copied rows, and what they were copied from, for messages. */
export interface CopiedRows {
  /** What row the first is called. Default 0. */
  readonly from?: number | undefined;
  readonly count: number;
  readonly width: number;
  /** Of one row, if it was nested. */
  readonly shape?: Shape | undefined;
  /** What the values were copied from, from its first row on; default themselves. */
  readonly data?: unknown;
  /** Numbers of a row there, if it is a typed array of longer ones. Default `width`. */
  readonly dataWidth?: number | undefined;
  /** Whether NaN is a number that is missing. Default false. */
  readonly allowsMissing?: boolean | undefined;
}

/**
 * Refuses NaN and infinities among copied rows; not NaN where numbers may be missing.
 *
 * @throws {RangeError} naming row and column, or the place in the shape
 */
export function checkFinite(who: string, values: FlatRows, rows: CopiedRows): void {
  const { count, width, allowsMissing } = rows;
  const length = count * width;
  // Only finite numbers times zero are zero. Two sums that do not wait for each other; more are slower, not faster.
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

/** Returns number `index` of copied rows as it was given, before it was rounded. */
export function givenOf(
  values: FlatRows,
  index: number,
  { from = 0, width, data, dataWidth = width }: CopiedRows,
): unknown {
  return data === undefined ? values[index] : givenAt(data, from + Math.floor(index / width), index % width, dataWidth);
}

/**
 * Returns a number as it was given, before it was rounded.
 *
 * @param column among all numbers of the row, however it is nested
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

/** Returns where number `index` of rows stands: its row and its column, or its place in the shape. */
function placeOf(index: number, { from = 0, width, shape }: CopiedRows): string {
  const column = index % width;
  const place = shape ? `place [${placeIn(shape, column).join(", ")}]` : `column ${column}`;
  return `row ${from + Math.floor(index / width)}, ${place}`;
}

/**
 * Refuses what is no token where there must be one.
 *
 * @throws {RangeError} naming row and column, or the place in the shape
 */
export function checkTokens(who: string, values: FlatRows, tokens: TokenCounts, rows: CopiedRows): void {
  const { count, width } = rows;
  for (let index = 0, column = 0; index < count * width; index++) {
    const value = values[index];
    const limit = tokens[column];
    // What this cuts off makes it another number; NaN becomes 0.
    const isToken = (value | 0) === value && value >= 0 && value < limit;
    if (limit > 0 && !isToken) {
      const need = `a whole number from 0 to ${limit - 1}`;
      const given = givenOf(values, index, rows);
      throw new RangeError(`${who}: got ${shown(given)} at ${placeOf(index, rows)}, need ${need}`);
    }
    column = column + 1 === width ? 0 : column + 1;
  }
}
