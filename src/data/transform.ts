/**
 * Transforms fitted to the columns of the training rows and then applied to any rows: (value - offset) / divisor.
 * They are plain data as JSON, so that a model file can carry them.
 */

import { shown, unknownName } from "../errors.ts";
import { checkRows, type Rows } from "./rows.ts";

export interface TransformJSON {
  kind: "standardize" | "minMaxScale";
  /** One a column. */
  offsets: number[];
  /** One a column, none of them 0. */
  divisors: number[];
}

export interface Transform {
  /** The rows transformed, as new arrays. */
  apply(rows: Rows): number[][];
  /** The rows that `apply` makes these of, as new arrays. */
  invert(rows: Rows): number[][];
  /** Plain data for `transformFromJSON`. */
  toJSON(): TransformJSON;
}

class ColumnTransform implements Transform {
  readonly #kind: TransformJSON["kind"];
  readonly #offsets: readonly number[];
  readonly #divisors: readonly number[];

  constructor({ kind, offsets, divisors }: TransformJSON) {
    this.#kind = kind;
    this.#offsets = offsets.slice();
    this.#divisors = divisors.slice();
  }

  apply(rows: Rows): number[][] {
    return this.#map(rows, (value, column) => (value - this.#offsets[column]) / this.#divisors[column]);
  }

  invert(rows: Rows): number[][] {
    return this.#map(rows, (value, column) => value * this.#divisors[column] + this.#offsets[column]);
  }

  toJSON(): TransformJSON {
    return { kind: this.#kind, offsets: this.#offsets.slice(), divisors: this.#divisors.slice() };
  }

  #map(rows: Rows, operation: (value: number, column: number) => number): number[][] {
    checkRows(this.#kind, rows, this.#offsets.length);
    return rows.map((row) => Array.from(row, operation));
  }
}

/**
 * Fits the transform that gives every column of `rows` mean 0 and deviation 1 (that of the population). A constant
 * column becomes 0.
 *
 * @param rows at least one row of finite numbers
 * @throws {TypeError|RangeError} naming row and column, from 0, of what is no finite number or does not fit
 */
export function standardize(rows: Rows): Transform {
  return fitted("standardize", rows, (column) => {
    // From the first value, so that a constant column has exactly its value as mean and 0 as deviation.
    const mean = column[0] + sum(column.map((value) => value - column[0])) / column.length;
    const deviation = Math.sqrt(sum(column.map((value) => (value - mean) * (value - mean))) / column.length);
    return [mean, deviation];
  });
}

/**
 * Fits the transform that brings every column of `rows` to the range from 0 to 1. A constant column becomes 0.
 *
 * @param rows at least one row of finite numbers
 * @throws {TypeError|RangeError} naming row and column, from 0, of what is no finite number or does not fit
 */
export function minMaxScale(rows: Rows): Transform {
  return fitted("minMaxScale", rows, (column) => {
    const smallest = column.reduce((a, b) => Math.min(a, b));
    const largest = column.reduce((a, b) => Math.max(a, b));
    return [smallest, largest - smallest];
  });
}

/** A transform whose offset and divisor for each column are those that `measure` finds. */
function fitted(kind: TransformJSON["kind"], rows: Rows, measure: (column: number[]) => [number, number]): Transform {
  const offsets: number[] = [];
  const divisors: number[] = [];
  const columns = checkRows(kind, rows);
  for (let column = 0; column < columns; column++) {
    const [offset, spread] = measure(rows.map((row) => row[column]));
    if (!Number.isFinite(spread)) {
      throw new RangeError(`${kind}: got a spread of ${spread} in column ${column}, need values less far apart`);
    }
    offsets.push(offset);
    divisors.push(spread === 0 ? 1 : spread);
  }
  return new ColumnTransform({ kind, offsets, divisors });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const kinds: readonly string[] = ["standardize", "minMaxScale"] satisfies TransformJSON["kind"][];

/**
 * The transform that `toJSON` described.
 *
 * @param json that object, parsed if it was text
 * @throws {TypeError|RangeError} if it does not describe a transform
 */
export function transformFromJSON(json: TransformJSON): Transform {
  const who = "transformFromJSON";
  if (typeof json !== "object" || json === null) throw new TypeError(`${who}: got ${shown(json)}, need an object`);
  const { kind, offsets, divisors } = json;
  if (!kinds.includes(kind)) throw unknownName(`${who}, kind`, kind, kinds);
  const columns = checkRows(`${who}, offsets`, [offsets]);
  checkRows(`${who}, divisors`, [divisors], columns);
  const column = divisors.indexOf(0);
  if (column >= 0) throw new RangeError(`${who}: got divisor 0 in column ${column}, need another number`);
  return new ColumnTransform({ kind, offsets: Array.from(offsets), divisors: Array.from(divisors) });
}
