/** Refuses examples without a target that counts in the loss: they teach nothing, and a loss of 0 would mislead. */

import type { Values } from "../kernels/dtype.ts";
import type { Lengths } from "../topology/sequences.ts";
import type { ExampleFormat, TargetFormat } from "./format.ts";
import { nameOf } from "./forms.ts";
import type { Heads } from "./heads.ts";
import type { BoundLoss } from "./objective.ts";
import { checkWeighed } from "./weights.ts";

/** The targets of flat examples and their weights. */
interface WeighedTargets {
  readonly targets: readonly Values[];
  readonly exampleWeights?: Values | undefined;
  readonly termWeights?: readonly Values[] | undefined;
  readonly rows: number;
  readonly loss: Heads;
  readonly targetLengths: readonly (Lengths | undefined)[];
}

/**
 * Refuses examples if an output has no target that counts: all are missing or have a weight of 0. An output whose loss has a weight of 0 needs
 * none.
 *
 * @throws {RangeError} naming the output and the weights
 */
export function checkCounted(who: string, examples: WeighedTargets, format: ExampleFormat): void {
  const { targets, exampleWeights, termWeights, loss } = examples;
  const { missingTargets, signedWeights } = format;
  if (exampleWeights) checkWeighed(`${who}: exampleWeights`, [exampleWeights], signedWeights);
  loss.losses.forEach((each, index) => {
    if (each.lossWeight === 0) return;
    const name = `${who}: ${nameOf(format, index)}`;
    if (missingTargets && targets[index].every((value) => Number.isNaN(value))) {
      throw new RangeError(`${name}: got only missing targets, need one at least that is not`);
    }
    if (termWeights) {
      const list = loss.losses.length === 1 ? "exampleWeights" : `exampleWeights ${index}`;
      checkWeighed(`${who}: ${list}`, [termWeights[index]], signedWeights);
    }
    const { classWeights } = format.targets[index];
    const lists = [classWeights && "classWeights", (exampleWeights ?? termWeights) && "exampleWeights"].filter(Boolean);
    if (lists.length === 0 || hasCounted(examples, index, each, format.targets[index], missingTargets)) return;
    const got = `targets ${missingTargets ? "that are missing or " : ""}whose weight in ${lists.join(" and ")} is 0`;
    throw new RangeError(`${name}: got only ${got}, need one at least that counts`);
  });
}

/** Returns true if some target of an output is not missing and has a weight. */
function hasCounted(
  { targets, exampleWeights, termWeights, rows, targetLengths }: WeighedTargets,
  index: number,
  loss: BoundLoss,
  { classWeights }: TargetFormat,
  allowsMissing: boolean,
): boolean {
  const { termsPerRow, targetsPerTerm } = loss;
  const lengths = targetLengths[index];
  for (let row = 0, term = 0; row < rows; row++) {
    for (let end = term + (lengths ? lengths[row] : 1) * termsPerRow; term < end; term++) {
      const weight = termWeights ? termWeights[index][term] : exampleWeights ? exampleWeights[row] : 1;
      const from = term * targetsPerTerm;
      if (weight === 0 || (allowsMissing && Number.isNaN(targets[index][from]))) continue;
      if (!classWeights || classWeightOf(targets[index], from, loss, classWeights) !== 0) return true;
    }
  }
  return false;
}

/** Returns the weight of one target by its classes, as the kernels of the loss compute it. */
function classWeightOf(values: Values, from: number, loss: BoundLoss, weights: Values): number {
  if (loss.targets === "classes") return weights[values[from]];
  if (loss.targetsPerTerm === 1) return weights[0] * (1 - values[from]) + weights[1] * values[from];
  let weight = 0;
  for (let column = 0; column < weights.length; column++) weight += values[from + column] * weights[column];
  return weight;
}
