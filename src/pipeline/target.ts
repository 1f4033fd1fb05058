/** The target of a pipeline, a class or a number, and the way from a network's outputs to it. */

import { checkNumberFormat, type NumberFormat } from "../data/numberFormat.ts";
import { checkFinite, plural, shown, unknownName } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { exp, log } from "../scalar.ts";
import type { Unseen } from "./seen.ts";

/**
 * One of at least two classes. The network has an output for each class, its probability. For two classes it may have a single output, the
 * probability of the second. If its last activation is linear, the outputs are logits, which are converted to probabilities.
 */
export interface ClassTarget {
  readonly kind: "classes";
  /** The column of a table that holds the class. */
  readonly name: string;
  readonly classes: readonly (string | number)[];
  /**
   * For two classes: the second is predicted if its probability is at least this, above 0 and below 1. Default: the class with the greater
   * probability.
   */
  readonly threshold?: number | undefined;
}

/** A number: the network's one output times `divisor`, plus `offset`; with `logarithm`, e to the power of that. */
export interface NumberTarget {
  readonly kind: "number";
  readonly name: string;
  readonly offset: number;
  readonly divisor: number;
  /** The notation of its texts in a table. Predictions are plain numbers. Default that of plain numbers. */
  readonly format?: NumberFormat | undefined;
  /** True if the network predicts the natural logarithm of the number. Default false. */
  readonly logarithm?: boolean | undefined;
  /** The errors of the network's output, of which predictions get an interval. Default none. */
  readonly errors?: OutputErrors | undefined;
}

/** The range of the errors of a network's output, actual less predicted, before it is scaled. */
export interface OutputErrors {
  /** The share of the errors that lie within, above 0 and below 1. */
  readonly share: number;
  readonly least: number;
  readonly greatest: number;
}

/** The target of a pipeline: classes, or a number. */
export type Target = ClassTarget | NumberTarget;

/** A prediction for one record. */
export interface Prediction {
  /** The class with the greatest probability, the first of equals, or by the target's threshold; or the number. */
  readonly prediction: string | number;
  /** The probability of each class, by its name; undefined if a number is predicted. */
  readonly probabilities?: Readonly<Record<string, number>> | undefined;
  /** The least and the greatest number of the interval, if a number is predicted and the target has `errors`. */
  readonly interval?: readonly [from: number, to: number] | undefined;
  /** The columns whose values are unlike all of the training records, if there are any and the pipeline has `seen`. */
  readonly unseen?: Readonly<Record<string, Unseen>> | undefined;
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
    const { kind, offset, divisor, format } = given;
    checkFinite(`${who}, target: offset`, offset);
    if (checkFinite(`${who}, target: divisor`, divisor) === 0) {
      throw new RangeError(`${who}, target: got divisor 0, need another number`);
    }
    if (outputs !== 1)
      throw new RangeError(`${who}: got a network of ${plural(outputs, "output")}, need 1 for a number`);
    const { logarithm, errors } = given;
    if (logarithm !== undefined && typeof logarithm !== "boolean") {
      throw new TypeError(`${who}, target: got logarithm ${shown(logarithm)}, need true or false`);
    }
    if (errors !== undefined) checkErrors(`${who}, target: errors`, errors);
    if (format !== undefined) checkNumberFormat(`${who}, target: format`, format);
    return {
      ...{ kind, name, offset, divisor, ...(format && { format: { ...format } }) },
      ...(logarithm && { logarithm }),
      ...(errors && { errors: { ...errors } }),
    };
  }
  const { kind, classes, threshold } = given;
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
  if (threshold !== undefined) {
    if (classes.length !== 2) {
      throw new RangeError(`${who}, target: got a threshold for ${classes.length} classes, need two`);
    }
    if (!(typeof threshold === "number" && threshold > 0 && threshold < 1)) {
      throw new RangeError(`${who}, target: got threshold ${shown(threshold)}, need a number above 0 and below 1`);
    }
  }
  return { kind, name, classes: classes.slice(), ...(threshold !== undefined && { threshold }) };
}

function checkErrors(who: string, errors: OutputErrors): void {
  const { share, least, greatest }: OutputErrors = Object(errors);
  checkFinite(`${who}: least`, least);
  checkFinite(`${who}: greatest`, greatest);
  if (!(typeof share === "number" && share > 0 && share < 1)) {
    throw new RangeError(`${who}: got share ${shown(share)}, need a number above 0 and below 1`);
  }
  if (least > greatest)
    throw new RangeError(`${who}: got ${least} as least and ${greatest} as greatest, need them in order`);
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

/** Returns the number of a target for an output of its network. */
export function numberFrom({ offset, divisor, logarithm }: NumberTarget, output: number): number {
  const value = output * divisor + offset;
  return logarithm ? exp(value) : value;
}

/**
 * Returns whether the number for an output, or an end of its interval, overflows a double: the network predicts a logarithm, and
 * the inputs are far outside those of the training.
 */
export const isTooLarge = (target: NumberTarget, output: number): boolean =>
  [0, target.errors?.least ?? 0, target.errors?.greatest ?? 0].some(
    (error) => !Number.isFinite(numberFrom(target, output + error)),
  );

/** Returns the output of a network that would be right for a number; the number is above 0 if the target has `logarithm`. */
export const outputFor = ({ offset, divisor, logarithm }: NumberTarget, value: number): number =>
  ((logarithm ? log(value) : value) - offset) / divisor;

/**
 * Returns the number of the predicted class.
 *
 * @param outputs probabilities of many records
 * @param width the outputs of a record; of two classes, 1 is the probability of the second
 */
export function classFrom({ threshold }: ClassTarget, outputs: ArrayLike<number>, width: number, from: number): number {
  if (width === 1) return isSecond(outputs[from], 1 - outputs[from], threshold) ? 1 : 0;
  if (width === 2) return isSecond(outputs[from + 1], outputs[from], threshold) ? 1 : 0;
  let best = 0;
  for (let number = 1; number < width; number++) if (outputs[from + number] > outputs[from + best]) best = number;
  return best;
}

const isSecond = (second: number, first: number, threshold: number | undefined) =>
  threshold === undefined ? second > first : second >= threshold;

/**
 * Returns the prediction for the numbers of one record.
 *
 * @param outputs probabilities, or the number before it is scaled
 * @throws {RangeError} naming the row, from 0, if a number is too large
 */
export function predictionOf(target: Target, outputs: ArrayLike<number>, row = 0): Prediction {
  if (target.kind === "number") {
    const { errors } = target;
    if (isTooLarge(target, outputs[0])) {
      const got = `${shown(target.name)} would be too large for a number`;
      throw new RangeError(`predict, row ${row}: ${got}, need inputs nearer to those of the training`);
    }
    const prediction = numberFrom(target, outputs[0]);
    if (!errors) return { prediction };
    const [one, other] = [errors.least, errors.greatest].map((error) => numberFrom(target, outputs[0] + error));
    // A negative divisor turns the interval round.
    return { prediction, interval: [Math.min(one, other), Math.max(one, other)] };
  }
  const { classes } = target;
  const probabilities = outputs.length === 1 ? [1 - outputs[0], outputs[0]] : Array.from(outputs);
  // Built from entries: an assignment to "__proto__" would not make a property.
  const byName = classes.map((label, index) => [String(label), probabilities[index]]);
  const prediction = classes[classFrom(target, outputs, outputs.length, 0)];
  return { prediction, probabilities: Object.fromEntries(byName) };
}
