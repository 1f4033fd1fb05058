/** What a pipeline predicts: one of some classes, or a number; and how a network's outputs become it. */

import { checkFinite, plural, shown, unknownName } from "../errors.ts";

/**
 * One of at least two classes. The network has an output for each, its probability; or, for two, one output, the probability of
 * the second.
 */
export interface ClassTarget {
  readonly kind: "classes";
  /** The column of a table that holds it. */
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

export type Target = ClassTarget | NumberTarget;

/** What is predicted of one record. */
export interface Prediction {
  /** The class of the greatest probability, the first of equals; or the number. */
  readonly prediction: string | number;
  /** Of each class, by its name; none if a number is predicted. */
  readonly probabilities?: Readonly<Record<string, number>> | undefined;
}

/**
 * A copy of `target`, if it is one and fits a network of so many outputs.
 *
 * @throws {TypeError | RangeError} if it is not, or does not
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
  const stranger = classes.find((label) => typeof label !== "string" && !Number.isFinite(label));
  if (stranger !== undefined) {
    throw new TypeError(`${who}, target: got class ${shown(stranger)}, need strings or finite numbers`);
  }
  // Probabilities are given by name, where 1 and "1" are the same.
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

/** What a network's outputs for one record stand for. */
export function predictionOf(target: Target, outputs: ArrayLike<number>): Prediction {
  if (target.kind === "number") return { prediction: outputs[0] * target.divisor + target.offset };
  const probabilities = outputs.length === 1 ? [1 - outputs[0], outputs[0]] : Array.from(outputs);
  const { classes } = target;
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  // From entries, as an assignment to "__proto__" would not make a property.
  const byName = classes.map((label, index) => [String(label), probabilities[index]]);
  return { prediction: classes[likeliest], probabilities: Object.fromEntries(byName) };
}
