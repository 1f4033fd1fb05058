/** The rows of a table dealt out: those that train, those that say when to stop, and those that test. */

import { trainTestSplit } from "../data/index.ts";
import type { Goal } from "./decide.ts";
import { Failure } from "./failure.ts";

export interface Parts {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Whether each part has its share of each class; if not, why. */
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

/** Fewer cannot be divided in three. */
const leastRows = 10;
/** A class of fewer rows may be missing in a part. */
const leastOfClass = 5;

/** @throws {Failure} if there are too few rows */
export function partsOf(rows: Int32Array, options: PartsOptions): Parts {
  const { goal, labels, testFraction, validationFraction, seed, file } = options;
  if (rows.length < leastRows) {
    throw new Failure(
      `${file}: got ${rows.length} rows with a target, need at least ${leastRows} to train and test on`,
    );
  }
  const places = Array.from(rows, (_, place) => place);
  const rare = goal.kind === "classes" ? goal.classes.find((_, index) => goal.counts[index] < leastOfClass) : undefined;
  const isStratified = goal.kind === "classes" && rare === undefined;
  const split = (places: number[], share: number, seed: number) => {
    const stratify = isStratified ? places.map((place) => labels[place]) : undefined;
    const { train, test } = trainTestSplit(places, places, { testFraction: share, seed, stratify });
    return [train.inputs, test.inputs];
  };
  const [rest, test] = split(places, testFraction, seed);
  const [train, validation] = split(rest, validationFraction / (1 - testFraction), seed + 1);
  const rowsAt = (places: number[]) => Int32Array.from(places, (place) => rows[place]);
  const stratified =
    goal.kind === "number"
      ? ""
      : isStratified
        ? "each with its share of every class"
        : `at random, as class ${JSON.stringify(rare)} has fewer than ${leastOfClass} rows`;
  return { train: rowsAt(train), validation: rowsAt(validation), test: rowsAt(test), stratified };
}
