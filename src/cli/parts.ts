/** Splits the rows of a table into three parts: to train, to decide when to stop, and to test; or into folds, each of which tests once. */

import { kFold, trainTestSplit } from "../data/index.ts";
import type { Copies } from "./copies.ts";
import { type Goal, leastRows } from "./decide.ts";
import { Failure } from "./failure.ts";
import { listText } from "./listed.ts";
import { count, placeOfGreatest, plural } from "./numbers.ts";

export interface Parts {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Empty if no rows are kept to test on. */
  readonly test: Int32Array;
  /**
   * The number of the unit of each tested row: copies of a row are one unit, and so are rows of a group. A unit has the same number in all
   * folds. If no rows are kept to test on, those of the validation rows. Undefined if each row is its own.
   */
  readonly units?: Int32Array | undefined;
  /** Describes the split in words; "" if there is nothing to describe. */
  readonly stratified: string;
}

export interface PartsOptions {
  readonly goal: Goal;
  /** The class or value of each of `rows`. */
  readonly labels: ArrayLike<string | number>;
  /** 0 keeps no rows to test on. */
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly seed: number;
  readonly file: string;
  /** The rows that are the same as others: they stay together. */
  readonly copies?: Copies | undefined;
  /** The rows that are the same as others and count as one in a score, also where they do not stay together. */
  readonly counted?: Copies | undefined;
  /** The column that says which rows belong together, with its value for each of `rows`. */
  readonly groups?: { readonly name: string; readonly values: ArrayLike<string | number> } | undefined;
  /** The column of times, with its value for each of `rows`: the last rows test. */
  readonly times?: { readonly name: string; readonly values: Float64Array } | undefined;
}

/** The most rare classes that are named. */
const mostNamed = 3;

/** Splits places by a share. */
type Split = (places: readonly number[], share: number, seed: number) => readonly [others: number[], chosen: number[]];

/** @throws {Failure} if there are too few rows, groups or times */
export function partsOf(rows: Int32Array, options: PartsOptions): Parts {
  checkRows(rows, options);
  const { testFraction, validationFraction, seed } = options;
  const { split, stratified } = splitterOf(rows, options);
  const [rest, test] = testFraction === 0 ? [placesOf(rows), []] : split(placesOf(rows), testFraction, seed);
  const [train, validation] = split(rest, validationFraction / (1 - testFraction), seed + 1);
  const rowsAt = (places: readonly number[]) => Int32Array.from(places, (place) => rows[place]);
  const units = unitsAt(test.length > 0 ? test : validation, options);
  return { train: rowsAt(train), validation: rowsAt(validation), test: rowsAt(test), units, stratified };
}

/** Returns the number of the unit of each place: the first place of the unit in the table. */
function unitsAt(places: readonly number[], { groups, counted }: PartsOptions): Int32Array | undefined {
  if (!groups) return counted && Int32Array.from(places, (place) => counted.first[place]);
  const first = new Map<string | number, number>();
  for (let place = 0; place < groups.values.length; place++) {
    if (!first.has(groups.values[place])) first.set(groups.values[place], place);
  }
  return Int32Array.from(places, (place) => first.get(groups.values[place])!);
}

/**
 * Returns the parts for each fold: its rows test, and the others train and say when to stop.
 *
 * @throws {Failure} if there are too few rows or groups
 */
export function foldsOf(rows: Int32Array, folds: number, options: PartsOptions): Parts[] {
  checkRows(rows, options);
  const { validationFraction, seed, goal, groups, labels, file } = options;
  if (rows.length < 2 * folds) {
    throw new Failure(`${file}: got ${plural(rows.length, "row")} for ${folds} folds, need at least two a fold`);
  }
  if (groups && new Set(Array.from(groups.values)).size < folds) {
    const got = plural(new Set(Array.from(groups.values)).size, "group");
    throw new Failure(`${file}, column ${JSON.stringify(groups.name)}: got ${got}, need at least ${folds}, one a fold`);
  }
  const share = 1 / folds;
  const { split, stratified } = splitterOf(rows, { ...options, testFraction: share });
  const places = placesOf(rows);
  const deal = (units: readonly number[], how: { stratify?: (string | number)[]; groups?: (string | number)[] }) =>
    kFold(units, units, { folds, seed, ...how }).map(({ test }) => test.inputs);
  let tests: number[][];
  if (groups) tests = deal(places, { groups: places.map((place) => groups.values[place]) });
  else {
    const { units, whole } = unitsOf(places, options);
    const { strata } = strataOf(goal, labels, { units, testFraction: share, validationFraction });
    tests = deal(units, strata ? { stratify: units.map((place) => strata[place]) } : {}).map(whole);
  }
  const rowsAt = (places: readonly number[]) => Int32Array.from(places, (place) => rows[place]);
  return tests.map((test, fold) => {
    const isTest = new Set(test);
    const rest = places.filter((place) => !isTest.has(place));
    const [train, validation] = split(rest, validationFraction, seed + 1 + fold);
    const units = unitsAt(test, options);
    return { train: rowsAt(train), validation: rowsAt(validation), test: rowsAt(test), units, stratified };
  });
}

const placesOf = (rows: Int32Array) => Array.from(rows, (_, place) => place);

function checkRows(rows: Int32Array, { file }: PartsOptions): void {
  if (rows.length >= leastRows) return;
  throw new Failure(
    `${file}: got ${plural(rows.length, "row")} with a target, need at least ${leastRows} to train and test on`,
  );
}

/** Returns the function that splits places, and its description. */
function splitterOf(rows: Int32Array, options: PartsOptions): { split: Split; stratified: string } {
  const { goal, labels, groups, times, testFraction, validationFraction, file } = options;
  const need = testFraction === 0 ? 2 : 3;
  const checkDifferent = (name: string, values: ArrayLike<string | number>, what: string) => {
    const { size } = new Set(Array.from(values));
    if (size < need)
      throw new Failure(
        `${file}, column ${JSON.stringify(name)}: got ${plural(size, what)}, need at least ${need}, one a part`,
      );
  };
  if (times) {
    const { name, values } = times;
    checkDifferent(name, values, "time");
    return { split: (places, share) => splitByTime(places, share, values), stratified: `by ${name}, the last to test` };
  }
  if (groups) {
    const { name, values } = groups;
    checkDifferent(name, values, "group");
    const split: Split = (places, share, seed) => {
      const of = places.map((place) => values[place]);
      const { train, test } = trainTestSplit(places, places, { testFraction: share, seed, groups: of });
      return [train.inputs, test.inputs];
    };
    return { split, stratified: `all rows of one ${name} together` };
  }
  const all = unitsOf(placesOf(rows), options).units;
  const { strata, stratified } = strataOf(goal, labels, { units: all, testFraction, validationFraction });
  const split: Split = (places, share, seed) => {
    const { units, whole } = unitsOf(places, options);
    const stratify = strata && units.map((place) => strata[place]);
    const { train, test } = trainTestSplit(units, units, { testFraction: share, seed, stratify });
    return [whole(train.inputs), whole(test.inputs)];
  };
  return { split, stratified };
}

/** Returns the places that are split, one for all copies of a row, and a function that adds the copies. */
function unitsOf(
  places: readonly number[],
  { copies }: PartsOptions,
): { units: readonly number[]; whole: (units: number[]) => number[] } {
  if (!copies) return { units: places, whole: (units) => units };
  const { first } = copies;
  return {
    units: places.filter((place) => first[place] === place),
    whole(units) {
      const isChosen = new Set(units);
      const others = places.filter((place) => first[place] !== place && isChosen.has(first[place]));
      return [...units, ...others];
    },
  };
}

/** Chooses the last places by time. Rows of one time stay together. */
function splitByTime(places: readonly number[], share: number, times: Float64Array): [number[], number[]] {
  const ordered = places.toSorted((one, other) => times[one] - times[other] || one - other);
  const wanted = Math.min(Math.max(Math.round(places.length * (1 - share)), 1), places.length - 1);
  const isBorder = (at: number) => times[ordered[at]] !== times[ordered[at - 1]];
  let [before, after] = [wanted, wanted];
  while (before > 0 && !isBorder(before)) before--;
  while (after < ordered.length && !isBorder(after)) after++;
  const border = before > 0 && (after === ordered.length || wanted - before <= after - wanted) ? before : after;
  return [ordered.slice(0, border), ordered.slice(border)];
}

/** Returns the strata: the classes, with those that are too rare for every part merged into the most frequent one. */
function strataOf(
  goal: Goal,
  labels: ArrayLike<string | number>,
  {
    units,
    testFraction,
    validationFraction,
  }: Pick<PartsOptions, "testFraction" | "validationFraction"> & { readonly units: readonly number[] },
): { strata: readonly (string | number)[] | undefined; stratified: string } {
  if (goal.kind === "number") return { strata: undefined, stratified: "" };
  const counts = new Map<string | number, number>(goal.classes.map((label) => [label, 0]));
  for (const place of units) counts.set(labels[place], (counts.get(labels[place]) ?? 0) + 1);
  const { classes } = goal;
  const shares = [testFraction, validationFraction, 1 - testFraction - validationFraction].filter((share) => share > 0);
  // The smallest part needs one row. After the test rows are taken, two must be left to split again, however the shares are rounded.
  const least = Math.ceil(Math.max(1 / Math.min(...shares), 3 / (1 - testFraction)));
  const rare = classes.filter((label) => counts.get(label)! < least);
  if (rare.length === 0) return { strata: Array.from(labels), stratified: "each with its share of every class" };
  if (rare.length === classes.length) {
    return { strata: undefined, stratified: `at random, as no class has ${least} rows` };
  }
  const most = classes[placeOfGreatest(classes.map((label) => counts.get(label)!))];
  const isRare = new Set(rare);
  const names = rare.map((label) => JSON.stringify(label));
  return {
    strata: Array.from(labels, (label) => (isRare.has(label) ? most : label)),
    stratified: `each with its share of every class but those of fewer than ${least} rows (${listText(names, mostNamed)})`,
  };
}

/** Returns notes about classes that have no row to be tested on, or none to be learned from. */
export function missingClassNotes(
  goal: Goal,
  { train, test }: Parts,
  labelOf: (row: number) => string | number,
): string[] {
  if (goal.kind === "number") return [];
  const { classes, counts } = goal;
  const noteOf = (rows: Int32Array, what: string) => {
    const present = new Set<string | number>();
    for (let index = 0; index < rows.length && present.size < classes.length; index++)
      present.add(labelOf(rows[index]));
    const names = classes.flatMap((label, index) => (present.has(label) ? [] : [`${label} (${count(counts[index])})`]));
    if (names.length === 0) return [];
    const many = names.length === 1 ? "1 class is" : `${count(names.length)} classes are`;
    return [`${many} ${what}: ${listText(names, 12)}`];
  };
  return [
    ...(test.length > 0 ? noteOf(test, "not tested, as no test row has one") : []),
    ...noteOf(train, "never predicted, as no row to train on has one"),
  ];
}
