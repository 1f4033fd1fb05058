/** Rows that belong together: those of one class, or of one group. */

import { plural, shown } from "../errors.ts";

/** The name of a class, a group or a category. */
export type Label = string | number | boolean;

export const isLabel = (value: unknown): value is Label =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);

/** Returns labels in order: strings by code unit, numbers by size, false before true. */
export const sorted = <L extends Label>(labels: Iterable<L>): L[] => [...labels].sort((a, b) => (a < b ? -1 : 1));

/**
 * Checks that there is a label for each of `count` rows.
 *
 * @throws {TypeError} if `labels` is not an array, or if one of them is neither a string nor a finite number nor a boolean
 * @throws {RangeError} if there are more or fewer
 */
export function checkLabels(who: string, labels: ArrayLike<Label>, count: number): void {
  if (!Array.isArray(labels) && !(ArrayBuffer.isView(labels) && "length" in labels)) {
    throw new TypeError(`${who}: got ${shown(labels)}, need an array of strings or numbers`);
  }
  if (labels.length !== count)
    throw new RangeError(`${who}: got ${plural(labels.length, "label")}, need ${count}, one a row`);
  for (let row = 0; row < count; row++) {
    if (isLabel(labels[row])) continue;
    throw new TypeError(`${who}: got ${shown(labels[row])} at row ${row}, need a string or a finite number`);
  }
}

/** Returns the rows of each label in the order of `order`. The labels come in the order of their first row there. */
export function rowsByLabel(labels: ArrayLike<Label>, order: readonly number[]): Map<Label, number[]> {
  const rowsOf = new Map<Label, number[]>();
  for (const row of order) {
    const rows = rowsOf.get(labels[row]);
    if (rows) rows.push(row);
    else rowsOf.set(labels[row], [row]);
  }
  return rowsOf;
}
