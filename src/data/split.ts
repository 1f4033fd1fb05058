/** Sets rows aside for testing. */

import { checkOptions, shown } from "../errors.ts";
import { type Generator, generatorOf } from "../random.ts";

export interface SplitOptions {
  /** The share of the rows that is set aside, above 0 and below 1. */
  testFraction?: number;
  seed?: number | Generator;
  /** Without it the last rows are set aside, and the order is kept. */
  shuffle?: boolean;
}

/** Rows and their targets. */
export interface Examples<Input, Target> {
  inputs: Input[];
  targets: Target[];
}

export interface Split<Input, Target> {
  train: Examples<Input, Target>;
  test: Examples<Input, Target>;
}

/**
 * Divides rows and their targets at random. The rows themselves are shared, not copied.
 *
 * @param inputs an array with one entry a row
 * @param targets an array of the same length
 * @returns `test` with round(rows · testFraction) rows, but at least one, and `train` with the others, at least one
 * @throws {TypeError} if `inputs` or `targets` is not an array
 * @throws {RangeError} if they differ in length or have fewer than two rows, or if an option is unknown or out of range
 */
export function trainTestSplit<Input, Target>(
  inputs: readonly Input[],
  targets: readonly Target[],
  options: SplitOptions = {},
): Split<Input, Target> {
  const who = "trainTestSplit";
  checkOptions(who, options, ["testFraction", "seed", "shuffle"]);
  const { testFraction = 0.2, seed = 0, shuffle = true } = options;
  for (const [name, rows] of Object.entries({ inputs, targets })) {
    if (!Array.isArray(rows)) throw new TypeError(`${who}: got ${shown(rows)} as ${name}, need an array of rows`);
  }
  const count = inputs.length;
  if (targets.length !== count) {
    throw new RangeError(`${who}: got ${count} inputs and ${targets.length} targets, need as many of each`);
  }
  if (count < 2) throw new RangeError(`${who}: got ${count} rows, need at least 2`);
  if (typeof testFraction !== "number" || !(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`${who}: got testFraction ${shown(testFraction)}, need a number above 0 and below 1`);
  }
  if (typeof shuffle !== "boolean") throw new TypeError(`${who}: got shuffle ${shown(shuffle)}, need true or false`);

  const generator = generatorOf(seed);
  const order = Array.from(inputs, (_, row) => row);
  if (shuffle) generator.shuffle(order);
  const testCount = Math.min(Math.max(Math.round(count * testFraction), 1), count - 1);
  const at = (rows: number[]) => ({ inputs: rows.map((row) => inputs[row]), targets: rows.map((row) => targets[row]) });
  return { train: at(order.slice(0, -testCount)), test: at(order.slice(-testCount)) };
}
