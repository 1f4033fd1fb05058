/** Transforms fitted to the columns of the training rows and then applied to any rows: (value - offset) / divisor. */

import { checkArguments, shown } from "../errors.ts";
import { checkRows, type FeatureRows } from "./rows.ts";
import { mean, variance } from "./statistics.ts";

export interface ScaleJSON {
  kind: "standardize" | "minMaxScale";
  /** One a column. */
  offsets: number[];
  /** One a column, none of them 0. */
  divisors: number[];
}

/** The transform that `standardize` and `minMaxScale` return. */
export interface Scale {
  /** Returns the transformed rows, as new arrays. @throws {RangeError} if a result is not finite */
  apply(rows: FeatureRows): number[][];
  /** Returns the rows that `apply` turns into `rows`, as new arrays. @throws {RangeError} if a result is not finite */
  invert(rows: FeatureRows): number[][];
  /** Returns plain data for `transformFromJSON`. */
  toJSON(): ScaleJSON;
}

class ColumnScale implements Scale {
  readonly #kind: ScaleJSON["kind"];
  readonly #offsets: readonly number[];
  readonly #divisors: readonly number[];

  constructor({ kind, offsets, divisors }: ScaleJSON) {
    this.#kind = kind;
    this.#offsets = offsets.slice();
    this.#divisors = divisors.slice();
  }

  apply(rows: FeatureRows): number[][] {
    checkArguments("apply", arguments.length, 1);
    return this.#map(rows, (value, column) => (value - this.#offsets[column]) / this.#divisors[column]);
  }

  invert(rows: FeatureRows): number[][] {
    checkArguments("invert", arguments.length, 1);
    return this.#map(rows, (value, column) => value * this.#divisors[column] + this.#offsets[column]);
  }

  toJSON(): ScaleJSON {
    return { kind: this.#kind, offsets: this.#offsets.slice(), divisors: this.#divisors.slice() };
  }

  #map(rows: FeatureRows, operation: (value: number, column: number) => number): number[][] {
    checkRows(this.#kind, rows, this.#offsets.length);
    return rows.map((row, index) =>
      Array.from(row, (value, column) => {
        const result = operation(value, column);
        if (Number.isFinite(result)) return result;
        const need = "need a smaller size, because the result is infinite";
        throw new RangeError(`${this.#kind}: got ${shown(value)} at row ${index}, column ${column}, ${need}`);
      }),
    );
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "Scale";
  }
}

/**
 * Fits the transform that gives every column of `rows` mean 0 and deviation 1 (of the population). A constant column becomes 0.
 *
 * @param rows at least one row of finite numbers
 * @throws {TypeError|RangeError} if a value is not a finite number or does not fit; the message names row and column, from 0
 */
export function standardize(rows: FeatureRows): Scale {
  checkArguments("standardize", arguments.length, 1);
  return fitScale("standardize", rows, standardOf);
}

/** Returns the mean and the deviation of a column. A deviation of 0 becomes 1. */
export function standardOf(who: string, column: ArrayLike<number>): [offset: number, divisor: number] {
  const center = mean(column);
  return [center, divisorOf(who, Math.sqrt(variance(column, center)))];
}

/**
 * Fits the transform that maps every column of `rows` to the range from 0 to 1. A constant column becomes 0.
 *
 * @param rows at least one row of finite numbers
 * @throws {TypeError|RangeError} if a value is not a finite number or does not fit; the message names row and column, from 0
 */
export function minMaxScale(rows: FeatureRows): Scale {
  checkArguments("minMaxScale", arguments.length, 1);
  return fitScale("minMaxScale", rows, (who, column) => {
    const smallest = column.reduce((a, b) => Math.min(a, b));
    const largest = column.reduce((a, b) => Math.max(a, b));
    return [smallest, divisorOf(who, largest - smallest)];
  });
}

function divisorOf(who: string, spread: number): number {
  if (Number.isFinite(spread)) return spread === 0 ? 1 : spread;
  throw new RangeError(`${who}: got a spread of ${spread}, need values less far apart`);
}

/** Returns a transform with the offset and divisor that `measure` finds for each column. */
function fitScale(
  kind: ScaleJSON["kind"],
  rows: FeatureRows,
  measure: (who: string, column: number[]) => [number, number],
): Scale {
  const offsets: number[] = [];
  const divisors: number[] = [];
  const columns = checkRows(kind, rows);
  for (let column = 0; column < columns; column++) {
    const values = rows.map((row) => row[column]);
    const [offset, divisor] = measure(`${kind}, column ${column}`, values);
    offsets.push(offset);
    divisors.push(divisor);
  }
  return new ColumnScale({ kind, offsets, divisors });
}

/** Returns the scale that `json` describes. Error messages begin with `who`. */
export function scaleFromJSON(who: string, { kind, offsets, divisors }: ScaleJSON): Scale {
  const columns = checkRows(`${who}, offsets`, [offsets]);
  checkRows(`${who}, divisors`, [divisors], columns);
  const column = divisors.indexOf(0);
  if (column >= 0) throw new RangeError(`${who}: got divisor 0 in column ${column}, need another number`);
  return new ColumnScale({ kind, offsets: Array.from(offsets), divisors: Array.from(divisors) });
}
