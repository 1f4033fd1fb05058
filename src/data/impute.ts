/** Puts a number where one is missing, which is found from the training rows. */

import { checkArguments, checkFinite, checkOptions, unknownName } from "../errors.ts";
import { checkRows, isMissing, type RowsWithGaps } from "./rows.ts";
import { mean, median, mostFrequent } from "./statistics.ts";

/** What a missing number becomes: a figure of its column, or the number given. */
export type NumberFill = "median" | "mean" | "mostFrequent" | number;

export interface ImputeOptions {
  /** What a missing number becomes. Default "median". */
  fill?: NumberFill | undefined;
}

export interface ImputationJSON {
  kind: "impute";
  /** What a missing number becomes, one a column. */
  values: number[];
}

/** The transform that `impute` returns. */
export interface Imputation {
  /** The rows without gaps, as new arrays. */
  apply(rows: RowsWithGaps): number[][];
  /** Plain data for `transformFromJSON`. */
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

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Imputation";
  }
}

const figures = { median, mean, mostFrequent };

/**
 * Fits the transform that puts a number where `rows` have none: the median of the column's others, unless another
 * `fill` is asked for. Of several most frequent numbers it is the smallest.
 *
 * @param rows at least one row of finite numbers, and null or NaN where one is missing
 * @throws {TypeError} if `rows` is not an array of rows
 * @throws {RangeError} naming row and column, from 0, of what does not fit, or the column that has no number
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

/** Refuses what `fill` cannot be. */
export function checkNumberFill(who: string, fill: NumberFill): void {
  if (typeof fill === "number") checkFinite(who, fill);
  else if (!Object.hasOwn(figures, fill)) throw unknownName(who, fill, [...Object.keys(figures), "a number"]);
}

/** What a missing number of a column becomes, whose others are `present`. */
export function fillOf(who: string, present: ArrayLike<number>, fill: NumberFill): number {
  if (typeof fill === "number") return fill;
  if (present.length === 0) throw new RangeError(`${who}: got no number, need at least one`);
  const value = figures[fill](present);
  if (!Number.isFinite(value)) throw new RangeError(`${who}: got a ${fill} of ${value}, need values less far apart`);
  return value;
}

/** The imputation that `json` describes, refused in the name of `who` if it describes none. */
export function imputationFromJSON(who: string, { values }: ImputationJSON): Imputation {
  checkRows(`${who}, values`, [values]);
  return new ColumnImputation(Array.from(values));
}
