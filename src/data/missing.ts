/**
 * Finds the missing values of records, from a table, JSON or a program alike. A value is missing if it is null, NaN, undefined, an empty text
 * or one of the column's marks, or if the record does not have its key.
 */

import { shown } from "../errors.ts";
import { categoryOf, trimmed } from "./categories.ts";
import { isBlank, isMissing } from "./rows.ts";

/** A value that stands for a missing one. */
export type MissingMark = number | string;

/** Returns whether a value of a record is missing. Marks are not considered. */
export const isMissingValue = (value: unknown): boolean =>
  value === undefined || isMissing(value) || (typeof value === "string" && isBlank(value));

/**
 * Returns the values of a column with null, or NaN among numbers, where one is missing: `values` itself, if nothing else is there.
 *
 * @param marks of the column
 */
export function clearMissing(values: ArrayLike<unknown>, marks: readonly MissingMark[] = []): ArrayLike<unknown> {
  const isMark = marks.length > 0 ? new Set<unknown>(marks) : undefined;
  if (values instanceof Float64Array) {
    if (!marks.some((mark) => typeof mark === "number")) return values;
    return values.map((value) => (isMark!.has(value) ? Number.NaN : value));
  }
  const isCleared = (value: unknown) => isMissingValue(value) || isMark?.has(trimmed(categoryOf(value)));
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== null && isCleared(values[index])) {
      return Array.from(values, (value) => (isCleared(value) ? null : value));
    }
  }
  return values;
}

/** @throws {TypeError} in the name of `owner`, if the marks are not finite numbers and strings */
export function checkMarks(owner: string, marks: readonly MissingMark[]): void {
  if (!Array.isArray(marks)) throw new TypeError(`${owner}: got ${shown(marks)}, need an array of values`);
  const index = marks.findIndex((mark) => typeof mark !== "string" && !Number.isFinite(mark));
  if (index < 0) return;
  throw new TypeError(`${owner}: got ${shown(marks[index])}, need finite numbers and strings`);
}
