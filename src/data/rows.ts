/** The rows that the functions of this folder take: finite numbers, all rows of one length. */

import { plural, shown } from "../errors.ts";

/** Examples, one a row. */
export type FeatureRows = readonly ArrayLike<number>[];

/** Rows in which null or NaN stands for a missing number. */
export type RowsWithGaps = readonly ArrayLike<number | null>[];

export const isMissing = (value: unknown): boolean => value === null || Number.isNaN(value);

/** Returns whether a text has nothing but white space. */
export const isBlank = (text: string): boolean => text.trim() === "";

/**
 * Checks `rows`, which may be empty if `columns` is given.
 *
 * @param columns the length that every row must have; by default that of the first row
 * @param mayMiss whether values may be missing
 * @returns the number of columns
 * @throws {TypeError} if `rows` is not an array of rows
 * @throws {RangeError} if rows differ in length or a value is not a finite number; the message names row and column, from 0
 */
export function checkRows(who: string, rows: FeatureRows, columns?: number): number;
export function checkRows(who: string, rows: RowsWithGaps, columns: number | undefined, mayMiss: true): number;
export function checkRows(who: string, rows: RowsWithGaps, columns?: number, mayMiss = false): number {
  if (!Array.isArray(rows)) throw new TypeError(`${who}: got ${shown(rows)}, need an array of rows`);
  if (rows.length === 0 && columns === undefined) throw new RangeError(`${who}: got no rows, need at least one`);
  const need = columns ?? rowLength(who, rows[0], 0);
  if (need === 0) throw new RangeError(`${who}: got rows without columns, need at least one column`);
  for (let row = 0; row < rows.length; row++) {
    const values = rows[row];
    const length = rowLength(who, values, row);
    if (length !== need) throw new RangeError(`${who}: got ${plural(length, "number")} at row ${row}, need ${need}`);
    for (let column = 0; column < length; column++) {
      if (Number.isFinite(values[column]) || (mayMiss && isMissing(values[column]))) continue;
      const need = mayMiss ? "a finite number, or null or NaN where it is missing" : "a finite number";
      throw new RangeError(`${who}: got ${shown(values[column])} at row ${row}, column ${column}, need ${need}`);
    }
  }
  return need;
}

function rowLength(who: string, values: unknown, row: number): number {
  const isRow = Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values);
  if (!isRow) throw new TypeError(`${who}: got ${shown(values)} at row ${row}, need an array of numbers`);
  return (values as ArrayLike<number>).length;
}
