/** The examples that a training is checked on: given apart, or the last share of those given to train on. */

import { checkOptions, plural, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type Lengths, startsOf } from "../topology/sequences.ts";
import {
  checkPresent,
  type Examples,
  type FlatExamples,
  flattenExamples,
  rowsBetween,
  type TrainingInputs,
  type TrainingTargets,
} from "./examples.ts";
import type { ExampleFormat } from "./format.ts";

/** Examples to evaluate on: `{ inputs, targets, exampleWeights }`, the weights if they have some, or `[inputs, targets]`. */
export type Validation = Examples | readonly [inputs: TrainingInputs, targets: TrainingTargets];

export interface ValidationOptions {
  readonly validation?: Validation | undefined;
  readonly validationSplit?: number | undefined;
}

/** Options of a training with validation examples, so that its history has what these have come to. */
export type ValidatedFit = { readonly validation: Validation } | { readonly validationSplit: number };

/**
 * The examples to train on, and those to validate on.
 *
 * @throws {RangeError | TypeError} if examples do not fit, if the share leaves none on one side, or if both options are given
 */
export function splitExamples(
  who: string,
  examples: Examples,
  { validation, validationSplit }: ValidationOptions,
  format: ExampleFormat,
): readonly [FlatExamples, FlatExamples | undefined] {
  if (validation !== undefined && validationSplit !== undefined) {
    throw new RangeError(`${who}: got validation and validationSplit, need at most one of them`);
  }
  const all = flattenExamples(who, examples, format);
  if (validation !== undefined)
    return [all, flattenExamples(`${who}: validation`, examplesOf(`${who}: validation`, validation), format)];
  if (validationSplit === undefined) return [all, undefined];
  const { rows } = all;
  const held = typeof validationSplit === "number" ? Math.round(rows * validationSplit) : Number.NaN;
  if (!(held > 0 && held < rows)) {
    const need = `a share that leaves at least one of ${plural(rows, "example")} on each side`;
    throw new RangeError(`${who}: got validationSplit ${shown(validationSplit)}, need ${need}`);
  }
  const parts = [part(all, 0, rows - held), part(all, rows - held, rows)] as const;
  checkPresent(who, parts[0].targets, format);
  checkPresent(`${who}: validationSplit`, parts[1].targets, format);
  return parts;
}

/** @throws {TypeError} if it is neither an object nor a pair */
export function examplesOf(who: string, examples: Validation): Examples {
  if (typeof examples !== "object" || examples === null) {
    throw new TypeError(`${who}: got ${shown(examples)}, need { inputs, targets } or [inputs, targets]`);
  }
  if (Array.isArray(examples)) {
    if (examples.length === 2) return { inputs: examples[0], targets: examples[1] };
    throw new TypeError(
      `${who}: got ${shown(examples)}, need { inputs, targets, exampleWeights } or [inputs, targets]`,
    );
  }
  checkOptions(who, examples, ["inputs", "targets", "exampleWeights", "lengths"]);
  return examples as Examples;
}

/** Rows `from` to `to`: views, nothing is copied. */
function part(examples: FlatExamples, from: number, to: number): FlatExamples {
  const { inputs, targets, exampleWeights, termWeights, rows, loss, inputLengths, targetLengths } = examples;
  const part = (values: Values, lengths?: Lengths) => {
    return rowsBetween(values, rows, from, to, lengths && startsOf(lengths));
  };
  return {
    inputs: inputs.map((values, index) => part(values, inputLengths[index])),
    targets: targets.map((values, index) => part(values, targetLengths[index])),
    exampleWeights: exampleWeights && part(exampleWeights),
    termWeights: termWeights?.map((values, index) => part(values, targetLengths[index])),
    rows: to - from,
    loss,
    inputLengths: inputLengths.map((lengths) => lengths?.subarray(from, to)),
    targetLengths: targetLengths.map((lengths) => lengths?.subarray(from, to)),
  };
}
