/** The examples that a training is checked on: given apart, or the last share of those given to train on. */

import { shown } from "../errors.ts";
import { isFlat, type Rows } from "../topology/rows.ts";
import type { Examples, Targets } from "./examples.ts";

/** Examples to evaluate on: `{ inputs, targets }` or `[inputs, targets]`. */
export type Validation = Examples | readonly [inputs: Rows, targets: Targets];

export interface ValidationOptions {
  readonly validation?: Validation;
  readonly validationSplit?: number;
}

/**
 * The examples to train on, and those to validate on.
 *
 * @param rows how many examples there are
 * @throws {RangeError} if the share leaves no examples on one side, or if validation examples are given as well
 */
export function splitExamples(
  examples: Examples,
  rows: number,
  { validation, validationSplit }: ValidationOptions,
): readonly [Examples, Examples | undefined] {
  if (validationSplit === undefined) return [examples, validation && examplesOf(validation)];
  if (validation) throw new RangeError("fit: got validation and validationSplit, need at most one of them");
  const held = Math.round(rows * validationSplit);
  if (!(validationSplit > 0 && validationSplit < 1 && held > 0 && held < rows)) {
    const need = `a share that leaves at least one of ${rows} examples on each side`;
    throw new RangeError(`fit: got validationSplit ${shown(validationSplit)}, need ${need}`);
  }
  const part = (from: number, to: number): Examples => ({
    inputs: slice(examples.inputs, rows, from, to),
    targets: slice(examples.targets, rows, from, to),
  });
  return [part(0, rows - held), part(rows - held, rows)];
}

export function examplesOf(validation: Validation): Examples {
  if (Array.isArray(validation)) return { inputs: validation[0], targets: validation[1] };
  return validation as Examples;
}

/** Rows `from` to `to` of data in any of its forms. */
function slice<Data extends Targets>(data: Data, rows: number, from: number, to: number): Data {
  const width = isFlat(data) ? data.length / rows : 1;
  return data.slice(from * width, to * width) as Data;
}
