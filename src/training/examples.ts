/** Inputs and targets as people have them, checked and turned into flat rows of the network's dtype. */

import { shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../memory/kernels.ts";
import { copyRows, countRows, isFlat, type Rows } from "../topology/rows.ts";
import type { BoundLoss, TargetKind } from "./losses.ts";

/** Rows as wide as the network's outputs; or class numbers, or values of a single output, one an example. */
export type Targets = Rows | readonly number[];

export interface Examples {
  readonly inputs: Rows;
  readonly targets: Targets;
}

/** What reading examples needs to know of the network and of its losses. */
export interface ExampleFormat {
  readonly dtype: Dtype;
  readonly features: number;
  readonly outputs: number;
  /** The loss for targets that are rows, and the one for class numbers; one of them may be missing. */
  readonly rowLoss: BoundLoss | undefined;
  readonly classLoss: BoundLoss | undefined;
  /** Whether numbers that are not finite are refused. */
  readonly validate: boolean;
}

/** Examples that have been counted: how many there are, and which loss suits their targets. */
export interface CountedExamples extends Examples {
  readonly rows: number;
  readonly loss: BoundLoss;
}

/**
 * Checks that `examples` are whole rows, as many targets as inputs, and finds what their targets are.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} saying what does not fit
 */
export function countExamples(who: string, { inputs, targets }: Examples, format: ExampleFormat): CountedExamples {
  const rows = countRows(`${who}: inputs`, inputs, format.features);
  const loss = targetLoss(`${who}: targets`, targets, rows, format);
  const columns = asRows(targets, loss);
  const targetRows = countRows(`${who}: targets`, columns, loss.targetWidth);
  if (targetRows !== rows) {
    throw new RangeError(`${who}: got ${rows} rows of inputs and ${targetRows} of targets, need as many of both`);
  }
  return { inputs, targets: columns, rows, loss };
}

/** The loss for targets of this form. */
function targetLoss(who: string, targets: Targets, rows: number, format: ExampleFormat): BoundLoss {
  const { outputs, rowLoss, classLoss } = format;
  const width = targetWidth(targets, rows);
  const found = rowLoss?.targetWidth === width ? rowLoss : classLoss?.targetWidth === width ? classLoss : undefined;
  if (found) return found;
  const needs = [rowLoss && `rows of ${outputs}`, classLoss && "class numbers, one an example"].filter(Boolean);
  const got = shownTargets(targets, width, rows);
  throw new RangeError(`${who}: got ${got}, need ${needs.join(" or ")}`);
}

function shownTargets(targets: Targets, width: number | undefined, rows: number): string {
  if (width === undefined) {
    return Array.isArray(targets) && targets.length > 0 ? `${shown(targets[0])} for row 0` : shown(targets);
  }
  if (!Number.isInteger(width)) return `${targets.length} numbers for ${rows} examples`;
  return width === 1 ? "1 number an example" : `${width} numbers an example`;
}

/** Numbers an example, as far as the form of `targets` tells. */
function targetWidth(targets: Targets, rows: number): number | undefined {
  if (isFlat(targets)) return targets.length / rows;
  const first: unknown = Array.isArray(targets) ? targets[0] : undefined;
  if (typeof first === "number") return 1;
  return typeof first === "object" ? (Object(first) as ArrayLike<number>).length : undefined;
}

/** Targets of one number an example may stand in a plain list. */
function asRows(targets: Targets, { targetWidth }: BoundLoss): Rows {
  const isList = !isFlat(targets) && typeof targets[0] === "number";
  if (!isList || targetWidth !== 1) return targets as Rows;
  return (targets as readonly number[]).map((target) => [target]);
}

/** Copies counted examples into blocks that hold at least as many rows. */
export function copyExamples(
  who: string,
  { inputs, targets, rows, loss }: CountedExamples,
  format: ExampleFormat,
  into: { readonly inputs: Values; readonly targets: Values },
): void {
  const { features, outputs, validate } = format;
  const width = loss.targetWidth;
  copyRows(`${who}: inputs`, inputs, into.inputs, { count: rows, width: features, validate });
  copyRows(`${who}: targets`, targets as Rows, into.targets, { count: rows, width, validate });
  checkTargets(`${who}: targets`, into.targets, rows, width, outputs, loss.targets);
}

/** Examples as flat rows in typed arrays. */
export interface FlatExamples {
  readonly inputs: Values;
  readonly targets: Values;
  readonly rows: number;
  readonly loss: BoundLoss;
}

/**
 * Checks examples and copies them into typed arrays.
 *
 * @throws {RangeError | TypeError} saying what does not fit, with row and column
 */
export function flatten(who: string, examples: Examples, format: ExampleFormat): FlatExamples {
  const counted = countExamples(who, examples, format);
  const { rows, loss } = counted;
  const inputs = valuesOf(format.dtype, rows * format.features);
  const targets = valuesOf(format.dtype, rows * loss.targetWidth);
  copyExamples(who, counted, format, { inputs, targets });
  return { inputs, targets, rows, loss };
}

/** Refuses class numbers outside the outputs, whatever `validate` says, and probabilities outside [0, 1]. */
function checkTargets(
  who: string,
  values: Values,
  rows: number,
  width: number,
  outputs: number,
  kind: TargetKind,
): void {
  if (kind === "numbers") return;
  for (let index = 0; index < rows * width; index++) {
    const value = values[index];
    const [row, column] = [Math.floor(index / width), index % width];
    if (kind === "classes" && !(Number.isInteger(value) && value >= 0 && value < outputs)) {
      throw new RangeError(`${who}: got ${value} at row ${row}, need a class number from 0 to ${outputs - 1}`);
    }
    if (kind === "probabilities" && (value < 0 || value > 1)) {
      throw new RangeError(`${who}: got ${value} at row ${row}, column ${column}, need a number from 0 to 1`);
    }
  }
}
