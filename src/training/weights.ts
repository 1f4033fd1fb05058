/** Weights of examples and of classes in the forms that users have: checked and rounded to the network's dtype. */

import { finiteFor, isKnown, plural, shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../kernels/dtype.ts";
import { checkRange } from "../topology/range.ts";
import { type FlatRows, isFlat } from "../topology/rows.ts";
import { lossKinds } from "./losses.ts";

/** Finite numbers from 0 up, not all of them 0. Weights of examples may be negative if the trainer has `signedWeights: true`. */
export type Weights = readonly number[] | FlatRows;

/** The weights of classes. With several outputs, an array with the weights for each, undefined or null for an output without weights. */
export type ClassWeights = Weights | readonly (Weights | null | undefined)[];

/**
 * Refuses anything but an array of `count` numbers.
 *
 * @param need the need that the message names
 * @throws {RangeError | TypeError} saying how many there are
 */
export function checkWeightCount(who: string, weights: Weights, count: number, need: string): void {
  if (!Array.isArray(weights) && !isFlat(weights))
    throw new TypeError(`${who}: got ${shown(weights)}, need an array: ${need}`);
  if (weights.length !== count) throw new RangeError(`${who}: got ${plural(weights.length, "number")}, need ${need}`);
}

/**
 * Copies weights that have been counted to `destination`, which has as many.
 *
 * @param isSigned true if they may be negative
 * @param allowsZeros true if all of them may be 0
 * @throws {RangeError} if one is not finite, or negative, or none is above 0; `destination` is then partly written
 */
export function copyWeights(
  who: string,
  weights: Weights,
  destination: Values,
  isSigned = false,
  allowsZeros = isSigned,
): void {
  // The length of `weights` is not read again, because a proxy may give another one each time.
  for (let index = 0; index < destination.length; index++) {
    const weight: unknown = weights[index];
    if (typeof weight === "number") destination[index] = weight;
    const isAllowed = typeof weight === "number" && (isSigned || weight >= 0);
    if (!(isAllowed && Number.isFinite(destination[index]))) {
      const need = `${finiteFor(weight)}${isSigned ? "" : " from 0 up"}`;
      throw new RangeError(`${who}: got ${shown(weight)} at ${index}, need ${need}`);
    }
  }
  if (!allowsZeros) checkWeighed(who, [destination], false, weights);
}

/**
 * Refuses weights that are all 0, in all arrays.
 *
 * @param given the source of a single array; float32 may have made zeros of its numbers
 * @throws {RangeError}
 */
export function checkWeighed(who: string, weights: readonly Values[], isSigned = false, given: Weights = []): void {
  if (weights.some((values) => values.some((weight) => weight !== 0))) return;
  let largest = 0;
  for (const weight of given) largest = Math.max(largest, Math.abs(weight));
  const got = largest > 0 ? `no weight larger than ${largest}, which is 0 in float32` : "only zeros";
  throw new RangeError(`${who}: got ${got}, need a number ${isSigned ? "other than" : "above"} 0 among them`);
}

/**
 * Returns the weights of classes for a loss: one for each class, or, if each output is 0 or 1, that of 0 and that of 1.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} if the loss has no classes, or the weights do not fit
 */
export function classWeightsOf(
  who: string,
  weights: Weights,
  loss: { readonly name: string },
  outputs: number,
  dtype: Dtype,
): Values {
  const classes = isKnown(lossKinds, loss.name) ? lossKinds[loss.name].classes : undefined;
  if (!classes) {
    const known = Object.entries(lossKinds).filter(([, kind]) => kind.classes);
    throw new RangeError(`${who}: got the loss ${loss.name}, need one of ${known.map(([name]) => name).join(", ")}`);
  }
  const need = classes === "row" ? `${outputs} numbers, one a class` : "2 numbers, of the targets 0 and 1";
  const count = classes === "row" ? outputs : 2;
  checkWeightCount(who, weights, count, need);
  const values = valuesOf(dtype, count);
  copyWeights(who, weights, values);
  checkRange(who, Array.from(weights), dtype);
  return values;
}
