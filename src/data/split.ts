/** Sets rows aside for testing, once. */

import { checkArguments, checkOptions, plural, shown } from "../errors.ts";
import { generatorOf, type RandomGenerator } from "../random.ts";
import { checkLabels, type Label, rowsByLabel } from "./labels.ts";
import { countsOf } from "./statistics.ts";

/** The options that a split and folds share. */
export interface DealOptions {
  /** A number, or a generator, that draws the order. Default 0. */
  seed?: number | RandomGenerator | undefined;
  /** If false, the rows keep their order. Default true. */
  shuffle?: boolean | undefined;
  /** The class of each row: every part gets its share of each class. Default none. */
  stratify?: ArrayLike<Label> | undefined;
  /** The group of each row: the rows of a group stay together. Default none. */
  groups?: ArrayLike<Label> | undefined;
}

export interface SplitOptions extends DealOptions {
  /** The share of the rows that are set aside, above 0 and below 1. Default 0.2. */
  testFraction?: number | undefined;
}

/** Rows and their targets. */
export interface SplitExamples<Input, Target> {
  inputs: Input[];
  targets: Target[];
}

/** The two parts of a split. */
export interface Split<Input, Target> {
  train: SplitExamples<Input, Target>;
  test: SplitExamples<Input, Target>;
}

/**
 * Divides rows and their targets at random. Without shuffling, it sets aside the last rows (of each class), or the last groups. The rows
 * themselves are shared, not copied.
 *
 * With `stratify`, each class gives the number of rows nearest to its share, by largest remainders as in scikit-learn's `train_test_split`.
 * With `groups`, whole groups are set aside as long as each brings `test` nearer to its size.
 *
 * @param inputs an array with one entry a row
 * @param targets an array of the same length
 * @param options `stratify` or `groups` may be given, not both
 * @returns `test` with round(rows · testFraction) rows and `train` with the others, each at least one
 * @throws {TypeError} if `inputs`, `targets`, `stratify` or `groups` is not an array
 * @throws {RangeError} if their lengths differ or are less than two, if a class has fewer than two rows, if there are more classes than
 * rows of a part, if there are fewer than two groups, or if an option is unknown or out of range
 */
export function trainTestSplit<Input, Target>(
  inputs: readonly Input[],
  targets: readonly Target[],
  options: SplitOptions = {},
): Split<Input, Target> {
  checkArguments("trainTestSplit", arguments.length, 3);
  const who = "trainTestSplit";
  checkOptions(who, options, ["testFraction", "seed", "shuffle", "stratify", "groups"]);
  const { testFraction = 0.2, stratify, groups } = options;
  const count = checkDeal(who, inputs, targets, options);
  if (typeof testFraction !== "number" || !(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`${who}: got testFraction ${shown(testFraction)}, need a number above 0 and below 1`);
  }
  const testCount = Math.min(Math.max(Math.round(count * testFraction), 1), count - 1);
  if (stratify) checkStrata(stratify, testCount);
  if (groups) checkGroups(who, groups, 2);

  const order = rowOrder(count, options);
  let chosen = order.slice(-testCount);
  if (stratify) chosen = chooseFromClasses(rowsByLabel(stratify, order), testCount);
  else if (groups) chosen = chooseGroups(rowsByLabel(groups, order), testCount);
  return splitAt(inputs, targets, order, chosen);
}

/**
 * Checks the options that a split and folds share.
 *
 * @returns the number of rows
 */
export function checkDeal(who: string, inputs: unknown, targets: unknown, options: DealOptions): number {
  for (const [name, rows] of Object.entries({ inputs, targets })) {
    if (!Array.isArray(rows)) throw new TypeError(`${who}: got ${shown(rows)} as ${name}, need an array of rows`);
  }
  const [{ length: count }, { length: targetCount }] = [inputs, targets] as unknown[][];
  if (targetCount !== count) {
    throw new RangeError(
      `${who}: got ${plural(count, "input")} and ${plural(targetCount, "target")}, need the same number of each`,
    );
  }
  if (count < 2) throw new RangeError(`${who}: got ${plural(count, "row")}, need at least 2`);
  const { seed = 0, shuffle = true, stratify, groups } = options;
  if (typeof shuffle !== "boolean") throw new TypeError(`${who}: got shuffle ${shown(shuffle)}, need true or false`);
  generatorOf(seed);
  if (stratify !== undefined && groups !== undefined) {
    throw new RangeError(
      `${who}: got stratify and groups, need one of them: whole groups seldom keep the classes' shares`,
    );
  }
  if (stratify !== undefined) checkLabels(`${who}, stratify`, stratify, count);
  if (groups !== undefined) checkLabels(`${who}, groups`, groups, count);
  return count;
}

/** Refuses fewer than `least` groups. */
export function checkGroups(who: string, groups: ArrayLike<Label>, least: number): void {
  const { size } = new Set(Array.from(groups));
  if (size < least) throw new RangeError(`${who}: got ${plural(size, "group")}, need at least ${least}`);
}

/** Refuses classes of one row, and more classes than a part has rows. */
function checkStrata(classes: ArrayLike<Label>, testCount: number): void {
  const who = "trainTestSplit, stratify";
  const counts = countsOf(classes);
  for (const [label, rows] of counts) {
    if (rows < 2) throw new RangeError(`${who}: got 1 row of class ${shown(label)}, need at least 2 of each`);
  }
  const smaller = Math.min(testCount, classes.length - testCount);
  if (smaller < counts.size) {
    throw new RangeError(
      `${who}: got ${counts.size} classes for a part of ${plural(smaller, "row")}, need at least a row each`,
    );
  }
}

function ascending(count: number): number[] {
  const rows = new Array<number>(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}

/** Returns the rows in the order in which they are dealt. */
export function rowOrder(count: number, { seed = 0, shuffle = true }: DealOptions): number[] {
  return shuffle ? generatorOf(seed).shuffle(ascending(count)) : ascending(count);
}

/**
 * Returns the last rows of each class: its share of `testCount` rounded down, and one more for the classes whose share was rounded down
 * most, the first of equals.
 */
function chooseFromClasses(rowsOf: Map<Label, number[]>, testCount: number): number[] {
  const classes = [...rowsOf.values()];
  const count = classes.reduce((sum, rows) => sum + rows.length, 0);
  // The numbers are whole, so that equal remainders compare equal.
  const remainders = classes.map((rows) => (rows.length * testCount) % count);
  const counts = classes.map((rows, index) => (rows.length * testCount - remainders[index]) / count);
  const left = testCount - counts.reduce((a, b) => a + b, 0);
  const byRemainder = ascending(classes.length).sort((a, b) => remainders[b] - remainders[a]);
  for (const index of byRemainder.slice(0, left)) counts[index]++;
  return classes.flatMap((rows, index) => rows.slice(rows.length - counts[index]));
}

/** Chooses groups from the last one on while each brings the number of rows nearer to `testCount`; at least one, never all. */
function chooseGroups(rowsOf: Map<Label, number[]>, testCount: number): number[] {
  const groups = [...rowsOf.values()].reverse();
  const smallest = groups.reduce((a, b) => (b.length < a.length ? b : a));
  const chosen: number[][] = [];
  let count = 0;
  for (const rows of groups) {
    if (Math.abs(count + rows.length - testCount) >= Math.abs(count - testCount)) continue;
    chosen.push(rows);
    count += rows.length;
  }
  if (chosen.length === 0) return smallest;
  return (chosen.length === groups.length ? chosen.filter((rows) => rows !== smallest) : chosen).flat();
}

/** Returns the rows of `chosen` and the others, both in `order`. */
export function splitAt<Input, Target>(
  inputs: readonly Input[],
  targets: readonly Target[],
  order: readonly number[],
  chosen: readonly number[],
): Split<Input, Target> {
  const isTest = new Uint8Array(order.length);
  for (const row of chosen) isTest[row] = 1;
  const [train, test]: SplitExamples<Input, Target>[] = [
    { inputs: [], targets: [] },
    { inputs: [], targets: [] },
  ];
  for (const row of order) {
    const part = isTest[row] === 1 ? test : train;
    part.inputs.push(inputs[row]);
    part.targets.push(targets[row]);
  }
  return { train, test };
}
