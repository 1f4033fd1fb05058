/** Weights of examples and of classes as people have them, checked and rounded to the network's dtype. */

import { finiteFor, isKnown, plural, shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../kernels/dtype.ts";
import { checkRange } from "../topology/range.ts";
import { type FlatRows, isFlat } from "../topology/rows.ts";
import { lossKinds } from "./losses.ts";

/** Finite numbers from 0 up, not all of them 0; of examples any finite numbers, if the trainer has `signedWeights: true`. */
export type Weights = readonly number[] | FlatRows;

/** The weights of classes; or, of a network of several outputs, those for each, undefined or null where there are none. */
export type ClassWeights = Weights | readonly (Weights | null | undefined)[];

/**
 * Refuses what is not so many numbers.
 *
 * @param need what is needed, for the message
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
 * @param isSigned whether they may be negative, and all of them 0
 * @param allowsZeros whether all may be 0 even if they may not be negative
 * @throws {RangeError} if one is not finite, or negative, or none is above 0; `destination` is then partly written
 */
export function copyWeights(
  who: string,
  weights: Weights,
  destination: Values,
  isSigned = false,
  allowsZeros = isSigned,
): void {
  // Not as many as there are now: a proxy may say another number each time.
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
 * Refuses weights, of which there may be several arrays, that are all 0.
 *
 * @param given the source of the only array; float32 may have made zeros of it
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
 * The weights of classes under a loss: one for each output, or, where each output is 0 or 1, that of 0 and that of 1.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} if the loss knows no classes, or the weights do not fit
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
