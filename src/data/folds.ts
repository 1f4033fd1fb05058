/** Sets rows aside for testing in turn, each row once: cross-validation. */

import { checkArguments, checkInteger, checkOptions, plural, shown } from "../errors.ts";
import { type Label, rowsByLabel } from "./labels.ts";
import { checkDeal, checkGroups, type DealOptions, rowOrder, type Split, splitAt } from "./split.ts";

export interface FoldOptions extends DealOptions {
  /** The number of splits, from 2 to the number of rows. Default 5. */
  folds?: number | undefined;
}

/**
 * Divides rows and their targets into folds, and sets each fold aside in turn. The rows themselves are shared, not copied.
 *
 * Folds differ in size by at most one row; with `stratify`, also by at most one row of each class. With `groups`, the largest group goes
 * first, and each group goes to the smallest fold. Without shuffling, the folds are those of scikit-learn's `KFold`, `StratifiedKFold` and
 * `GroupKFold`; the last may differ where groups have the same size.
 *
 * @param inputs an array with one entry a row
 * @param targets an array of the same length
 * @param options `stratify` or `groups` may be given, not both
 * @returns a split for each fold, like that of `trainTestSplit`; every row is in `test` once
 * @throws {TypeError} if `inputs`, `targets`, `stratify` or `groups` is not an array
 * @throws {RangeError} if their lengths differ, if there are fewer rows, groups or rows of a class than folds, or if an option is unknown
 * or out of range
 */
export function kFold<Input, Target>(
  inputs: readonly Input[],
  targets: readonly Target[],
  options: FoldOptions = {},
): Split<Input, Target>[] {
  checkArguments("kFold", arguments.length, 3);
  const who = "kFold";
  checkOptions(who, options, ["folds", "seed", "shuffle", "stratify", "groups"]);
  const { folds = 5, stratify, groups } = options;
  const count = checkDeal(who, inputs, targets, options);
  checkInteger("kFold folds", folds, 2, count);
  if (stratify) checkClasses(stratify, folds);
  if (groups) checkGroups(who, groups, folds);

  const order = rowOrder(count, options);
  let tests = runs(order, evenCounts(count, folds));
  if (stratify) tests = splitClasses(rowsByLabel(stratify, order), folds);
  else if (groups) tests = splitGroups(rowsByLabel(groups, order), folds);
  return tests.map((test) => splitAt(inputs, targets, order, test));
}

/** Refuses classes that have fewer rows than there are folds. */
function checkClasses(classes: ArrayLike<Label>, folds: number): void {
  for (const [label, { length }] of rowsByLabel(classes, [...Array.from(classes).keys()])) {
    if (length >= folds) continue;
    throw new RangeError(
      `kFold, stratify: got ${plural(length, "row")} of class ${shown(label)}, need at least ${folds}, one a fold`,
    );
  }
}

/** Divides `count` into whole parts that differ by at most one, the larger ones first. */
function evenCounts(count: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => Math.floor(count / parts) + (part < count % parts ? 1 : 0));
}

/** Cuts the rows into runs of the given lengths. */
function runs(rows: readonly number[], counts: readonly number[]): number[][] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return rows.slice(end - count, end);
  });
}

/**
 * Splits each class into runs. It deals the rows to the folds one class after the other, like cards. So if a class does not divide evenly,
 * the folds that get one row more come after those that got one more of the previous class.
 */
function splitClasses(rowsOf: Map<Label, number[]>, folds: number): number[][] {
  let next = 0;
  const runsOf = [...rowsOf.values()].map((rows) => {
    const counts = new Array<number>(folds).fill(0);
    for (let row = 0; row < rows.length; row++) counts[next++ % folds]++;
    return runs(rows, counts);
  });
  return Array.from({ length: folds }, (_, fold) => runsOf.flatMap((classRuns) => classRuns[fold]));
}

/**
 * Assigns whole groups to folds: the largest group first, each to the fold with the fewest rows so far. Of equal folds it takes the first.
 */
function splitGroups(rowsOf: Map<Label, number[]>, folds: number): number[][] {
  const tests = Array.from({ length: folds }, (): number[] => []);
  for (const rows of [...rowsOf.values()].sort((a, b) => b.length - a.length)) {
    const smallest = tests.reduce((a, b) => (b.length < a.length ? b : a));
    for (const row of rows) smallest.push(row);
  }
  return tests;
}
