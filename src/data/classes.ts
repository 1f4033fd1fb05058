/** Classes as numbers, as rows with a single 1, and as labels. */

import { checkArguments, checkInteger, nearest, shown } from "../errors.ts";
import { categoryOf } from "./categories.ts";
import { isLabel, type Label, sorted } from "./labels.ts";
import { checkRows, type FeatureRows } from "./rows.ts";

/** More classes than this are a mistake (years, say, or identifiers) rather than classes. */
const maxClasses = 65536;

/**
 * A row for each class number: 1 in the column of that number, 0 elsewhere.
 *
 * @param classes class numbers from 0
 * @param count the number of columns; by default one more than the largest class number
 * @throws {TypeError} if `classes` is not an array
 * @throws {RangeError} naming the row, from 0, of what is no class number below `count`
 */
export function oneHot(classes: ArrayLike<number>, count?: number): number[][] {
  checkArguments("oneHot", arguments.length, 2);
  if (!Array.isArray(classes) && !ArrayBuffer.isView(classes)) {
    throw new TypeError(`oneHot: got ${shown(classes)}, need an array of class numbers`);
  }
  if (count !== undefined) checkInteger("oneHot count", count, 1, maxClasses);
  const numbers = Array.from(classes);
  let columns = count ?? 0;
  numbers.forEach((number, row) => {
    checkInteger(`oneHot, row ${row}`, number, 0, (count ?? maxClasses) - 1);
    columns = Math.max(columns, number + 1);
  });
  return numbers.map((number) => {
    const row = new Array<number>(columns).fill(0);
    row[number] = 1;
    return row;
  });
}

/**
 * The class number of each row or of each label.
 *
 * Of a row (one-hot, probabilities, scores) it is the column of the largest number, the first of equals. Of a label it
 * is its index in `classes`, which is by default the labels that occur, sorted: strings by code unit, numbers by size. Booleans are
 * the labels "true" and "false".
 *
 * @throws {TypeError} if it is given neither rows nor labels of one kind
 * @throws {RangeError} naming the row, from 0, of a number that is not finite or of a label that is not in `classes`
 */
export function classNumbers(rows: FeatureRows): number[];
export function classNumbers<L extends Label>(labels: readonly L[], classes?: readonly L[]): number[];
export function classNumbers(rowsOrLabels: FeatureRows | readonly Label[], classes?: readonly Label[]): number[] {
  checkArguments("classNumbers", arguments.length, 2);
  if (Array.isArray(rowsOrLabels) && isLabel(rowsOrLabels[0])) return labelNumbers(rowsOrLabels, classes);
  const rows = rowsOrLabels as FeatureRows;
  checkRows("classNumbers", rows);
  return rows.map((row) => {
    let largest = 0;
    for (let column = 1; column < row.length; column++) if (row[column] > row[largest]) largest = column;
    return largest;
  });
}

function labelNumbers(labels: readonly Label[], classes?: readonly Label[]): number[] {
  const kind = typeof labels[0];
  labels.forEach((label, row) => {
    if (isLabel(label) && typeof label === kind) return;
    throw new TypeError(`classNumbers: got ${shown(label)} at row ${row}, need a ${kind}, as at row 0`);
  });
  // A boolean is the class "true" or "false".
  const named = labels.map(categoryOf);
  const known = classes?.map(categoryOf) ?? sorted(new Set(named));
  const numberOf = new Map(known.map((label, number) => [label, number]));
  return named.map((label, row) => {
    const number = numberOf.get(label);
    if (number !== undefined) return number;
    const meant = nearest(String(label), known.map(String));
    const question = meant === undefined ? "" : `; did you mean ${shown(meant)}?`;
    throw new RangeError(`classNumbers: got ${shown(label)} at row ${row}, need one of the classes given${question}`);
  });
}
