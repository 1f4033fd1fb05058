/** Splits the rows of a table into three parts: to train, to decide when to stop, and to test. */

import { trainTestSplit } from "../data/index.ts";
import { type Goal, leastRows } from "./decide.ts";
import { Failure } from "./failure.ts";
import { listText } from "./listed.ts";
import { placeOfGreatest, plural } from "./numbers.ts";

export interface Parts {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Describes the stratification in words; "" if there is none to describe. */
  readonly stratified: string;
}

export interface PartsOptions {
  readonly goal: Goal;
  /** The class or value of each of `rows`. */
  readonly labels: ArrayLike<string | number>;
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly seed: number;
  readonly file: string;
}

/** The most rare classes that are named. */
const mostNamed = 3;

/** @throws {Failure} if there are too few rows */
export function partsOf(rows: Int32Array, options: PartsOptions): Parts {
  const { goal, labels, testFraction, validationFraction, seed, file } = options;
  if (rows.length < leastRows) {
    throw new Failure(
      `${file}: got ${plural(rows.length, "row")} with a target, need at least ${leastRows} to train and test on`,
    );
  }
  const places = Array.from(rows, (_, place) => place);
  const { strata, stratified } = strataOf(goal, labels, { testFraction, validationFraction });
  const split = (places: number[], share: number, seed: number) => {
    const stratify = strata && places.map((place) => strata[place]);
    const { train, test } = trainTestSplit(places, places, { testFraction: share, seed, stratify });
    return [train.inputs, test.inputs];
  };
  const [rest, test] = split(places, testFraction, seed);
  const [train, validation] = split(rest, validationFraction / (1 - testFraction), seed + 1);
  const rowsAt = (places: number[]) => Int32Array.from(places, (place) => rows[place]);
  return { train: rowsAt(train), validation: rowsAt(validation), test: rowsAt(test), stratified };
}

/** Returns the strata: the classes, with those that are too rare for every part merged into the most frequent one. */
function strataOf(
  goal: Goal,
  labels: ArrayLike<string | number>,
  { testFraction, validationFraction }: Pick<PartsOptions, "testFraction" | "validationFraction">,
): { strata: readonly (string | number)[] | undefined; stratified: string } {
  if (goal.kind === "number") return { strata: undefined, stratified: "" };
  const { classes, counts } = goal;
  const leastShare = Math.min(testFraction, validationFraction, 1 - testFraction - validationFraction);
  // The smallest part needs one row. After the test rows are taken, two must be left to split again, however the shares are rounded.
  const least = Math.ceil(Math.max(1 / leastShare, 3 / (1 - testFraction)));
  const rare = classes.filter((_, index) => counts[index] < least);
  if (rare.length === 0) return { strata: Array.from(labels), stratified: "each with its share of every class" };
  if (rare.length === classes.length) {
    return { strata: undefined, stratified: `at random, as no class has ${least} rows` };
  }
  const most = classes[placeOfGreatest(counts)];
  const isRare = new Set(rare);
  const names = rare.map((label) => JSON.stringify(label));
  return {
    strata: Array.from(labels, (label) => (isRare.has(label) ? most : label)),
    stratified: `each with its share of every class but those of fewer than ${least} rows (${listText(names, mostNamed)})`,
  };
}
