/** Fills in missing numbers, by figures of the training rows. */

import { checkArguments, checkFinite, checkOptions, unknownName } from "../errors.ts";
import { checkRows, isMissing, type RowsWithGaps } from "./rows.ts";
import { mean, median, mostFrequent } from "./statistics.ts";

/** The replacement for a missing number: a figure of its column, or the given number. */
export type NumberFill = "median" | "mean" | "mostFrequent" | number;

export interface ImputeOptions {
  /** The replacement for a missing number. Default "median". */
  fill?: NumberFill | undefined;
}

export interface ImputationJSON {
  kind: "impute";
  /** The replacements, one for each column. */
  values: number[];
}

/** The transform that `impute` returns. */
export interface Imputation {
  /** Returns the rows without gaps, as new arrays. */
  apply(rows: RowsWithGaps): number[][];
  /** Returns plain data for `transformFromJSON`. */
  toJSON(): ImputationJSON;
}

class ColumnImputation implements Imputation {
  readonly #values: readonly number[];

  constructor(values: readonly number[]) {
    this.#values = values;
  }

  apply(rows: RowsWithGaps): number[][] {
    checkArguments("apply", arguments.length, 1);
    checkRows("impute", rows, this.#values.length, true);
    return rows.map((row) => Array.from(row, (value, column) => (isMissing(value) ? this.#values[column] : value!)));
  }

  toJSON(): ImputationJSON {
    return { kind: "impute", values: this.#values.slice() };
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "Imputation";
  }
}

const figures = { median, mean, mostFrequent };

/**
 * Fits the transform that fills in missing numbers: by default with the median of the column's other numbers. If several numbers are the
 * most frequent, `"mostFrequent"` takes the smallest.
 *
 * @param rows at least one row of finite numbers, with null or NaN for a missing one
 * @throws {TypeError} if `rows` is not an array of rows
 * @throws {RangeError} if a value does not fit (the message names its row and column, from 0), or if a column has no number
 */
export function impute(rows: RowsWithGaps, options: ImputeOptions = {}): Imputation {
  checkArguments("impute", arguments.length, 2);
  checkOptions("impute", options, ["fill"]);
  const { fill = "median" } = options;
  checkNumberFill("impute fill", fill);
  const columns = checkRows("impute", rows, undefined, true);
  return new ColumnImputation(
    Array.from({ length: columns }, (_, column) => {
      const present = rows.map((row) => row[column]).filter((value) => !isMissing(value)) as number[];
      return fillOf(`impute, column ${column}`, present, fill);
    }),
  );
}

/** Refuses invalid values of `fill`. */
export function checkNumberFill(who: string, fill: NumberFill): void {
  if (typeof fill === "number") checkFinite(who, fill);
  else if (!Object.hasOwn(figures, fill)) throw unknownName(who, fill, [...Object.keys(figures), "a number"]);
}

/** Returns the replacement for the missing numbers of a column whose other numbers are `present`. */
export function fillOf(who: string, present: ArrayLike<number>, fill: NumberFill): number {
  if (typeof fill === "number") return fill;
  if (present.length === 0) throw new RangeError(`${who}: got no number, need at least one`);
  const value = figures[fill](present);
  if (!Number.isFinite(value)) throw new RangeError(`${who}: got a ${fill} of ${value}, need values less far apart`);
  return value;
}

/** Returns the imputation that `json` describes. Error messages begin with `who`. */
export function imputationFromJSON(who: string, { values }: ImputationJSON): Imputation {
  checkRows(`${who}, values`, [values]);
  return new ColumnImputation(Array.from(values));
}
