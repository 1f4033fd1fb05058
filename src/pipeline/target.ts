/** The target of a pipeline, a class or a number, and the way from a network's outputs to it. */

import { checkFinite, plural, shown, unknownName } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { exp } from "../scalar.ts";

/**
 * One of at least two classes. The network has an output for each class, its probability. For two classes it may have a single output, the
 * probability of the second. If its last activation is linear, the outputs are logits, which are converted to probabilities.
 */
export interface ClassTarget {
  readonly kind: "classes";
  /** The column of a table that holds the class. */
  readonly name: string;
  readonly classes: readonly (string | number)[];
}

/** A number: the network's one output times `divisor`, plus `offset`. */
export interface NumberTarget {
  readonly kind: "number";
  readonly name: string;
  readonly offset: number;
  readonly divisor: number;
}

/** The target of a pipeline: classes, or a number. */
export type Target = ClassTarget | NumberTarget;

/** A prediction for one record. */
export interface Prediction {
  /** The class with the greatest probability, the first of equals; or the number. */
  readonly prediction: string | number;
  /** The probability of each class, by its name; undefined if a number is predicted. */
  readonly probabilities?: Readonly<Record<string, number>> | undefined;
}

/**
 * Returns a copy of `target`, checked against a network of `outputs` outputs.
 *
 * @throws {TypeError | RangeError} if it is not a target, or does not fit the network
 */
export function checkTarget(who: string, target: Target, outputs: number): Target {
  const given: Target = Object(target);
  const { name } = given;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`${who}, target: got name ${shown(name)}, need the name of a column`);
  }
  if (given.kind === "number") {
    const { kind, offset, divisor } = given;
    checkFinite(`${who}, target: offset`, offset);
    if (checkFinite(`${who}, target: divisor`, divisor) === 0) {
      throw new RangeError(`${who}, target: got divisor 0, need another number`);
    }
    if (outputs !== 1)
      throw new RangeError(`${who}: got a network of ${plural(outputs, "output")}, need 1 for a number`);
    return { kind, name, offset, divisor };
  }
  const { kind, classes } = given;
  if (kind !== "classes") throw unknownName(`${who}, target: kind`, kind, ["classes", "number"]);
  if (!Array.isArray(classes) || classes.length < 2) {
    throw new TypeError(`${who}, target: got classes ${shown(classes)}, need an array of at least two`);
  }
  const unknown = classes.find((label) => typeof label !== "string" && !Number.isFinite(label));
  if (unknown !== undefined) {
    throw new TypeError(`${who}, target: got class ${shown(unknown)}, need strings or finite numbers`);
  }
  // Probabilities are given by name, and 1 and "1" are the same name.
  const names = classes.map(String);
  const seen = new Set<string>();
  const twice = names.find((label) => seen.size === seen.add(label).size);
  if (twice !== undefined) throw new RangeError(`${who}, target: got class ${shown(twice)} twice, need it once`);
  if (outputs !== classes.length && !(outputs === 1 && classes.length === 2)) {
    const need = classes.length === 2 ? "1 or 2" : classes.length;
    throw new RangeError(
      `${who}: got a network of ${plural(outputs, "output")}, need ${need} for ${classes.length} classes`,
    );
  }
  return { kind, name, classes: classes.slice() };
}

/** Probabilities may exceed 1 by less than this, from rounding of their sum. */
const tolerance = 1e-5;

/**
 * Turns a network's outputs, row after row, into the values that `predictionOf` takes: logits become probabilities.
 *
 * @param who begins the message of an error
 * @param outputs changed in place
 * @param width outputs of a row
 * @param areLogits whether the last activation is linear
 * @throws {RangeError} if an output is not finite, or if it is not a probability and classes are predicted; the message names the row, from
 * 0
 */
export function readOutputs(who: string, target: Target, outputs: Values, width: number, areLogits: boolean): void {
  const areClasses = target.kind === "classes";
  for (let from = 0; from < outputs.length; from += width) {
    const row = outputs.subarray(from, from + width);
    const isNone = areClasses && !areLogits ? isNoProbability : isNotFinite;
    const bad = row.find(isNone);
    if (bad !== undefined) {
      const need = Number.isFinite(bad)
        ? "a probability, which a network has that ends with softmax, sigmoid or linear"
        : "finite numbers";
      throw new RangeError(`${who}, row ${from / width}: got an output of ${bad} from the network, need ${need}`);
    }
    if (areClasses && areLogits) toProbabilities(row);
  }
}

const isNotFinite = (output: number) => !Number.isFinite(output);
const isNoProbability = (output: number) => !(output >= 0 && output <= 1 + tolerance);

/** Replaces logits by their softmax; a single logit by its sigmoid. */
function toProbabilities(row: Values): void {
  if (row.length === 1) {
    row[0] = 1 / (1 + exp(-row[0]));
    return;
  }
  let largest = row[0];
  for (let index = 1; index < row.length; index++) largest = Math.max(largest, row[index]);
  const powers = Float64Array.from(row, (logit) => exp(logit - largest));
  const sum = powers.reduce((one, other) => one + other);
  for (let index = 0; index < row.length; index++) row[index] = powers[index] / sum;
}

/**
 * Returns the prediction for the numbers of one record.
 *
 * @param outputs probabilities, or the number before it is scaled
 * @throws {RangeError} if a number is not finite in the target's unit; the message names the row, from 0
 */
export function predictionOf(target: Target, outputs: ArrayLike<number>, row = 0): Prediction {
  if (target.kind === "number") {
    const prediction = outputs[0] * target.divisor + target.offset;
    if (Number.isFinite(prediction)) return { prediction };
    const got = `${prediction} for ${shown(target.name)}`;
    throw new RangeError(`predict, row ${row}: got ${got}, need a finite number: smaller inputs, or another divisor`);
  }
  const { classes } = target;
  const probabilities = outputs.length === 1 ? [1 - outputs[0], outputs[0]] : Array.from(outputs);
  const largest = probabilities.reduce((best, value, index) => (value > probabilities[best] ? index : best), 0);
  // Built from entries: an assignment to "__proto__" would not make a property.
  const byName = classes.map((label, index) => [String(label), probabilities[index]]);
  return { prediction: classes[largest], probabilities: Object.fromEntries(byName) };
}
