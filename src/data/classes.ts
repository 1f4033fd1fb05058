/** Classes as numbers, as rows with a single 1, and as labels. */

import { checkArguments, checkInteger, nearest, shown } from "../errors.ts";
import { categoryOf } from "./categories.ts";
import { isLabel, type Label, sorted } from "./labels.ts";
import { checkRows, type FeatureRows } from "./rows.ts";

/** The largest number of classes. Targets with more are rather years or identifiers, given by mistake. */
const maxClasses = 65536;

/**
 * Returns a row for each class number: 1 in the column of that number, 0 elsewhere.
 *
 * @param classes class numbers from 0
 * @param count the number of columns; by default one more than the largest class number
 * @throws {TypeError} if `classes` is not an array
 * @throws {RangeError} if a value is not a class number below `count`; the message names its row, from 0
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
 * Returns the class number of each row or of each label.
 *
 * The class of a row (one-hot, probabilities, scores) is the column of its largest number; of equal numbers, the first. The class of a
 * label is its index in `classes`. By default, `classes` are the labels that occur, sorted: strings by code unit, numbers by size. Booleans
 * are the labels "true" and "false".
 *
 * @throws {TypeError} if the values are neither rows nor labels of one kind
 * @throws {RangeError} if a number is not finite or a label is not in `classes`; the message names the row, from 0
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
