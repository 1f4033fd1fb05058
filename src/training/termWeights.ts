/**
 * Weights of examples where each target has its own: nested as the targets are, or flat in a typed array. A loss with a term for each
 * number of an output takes one for each number or one for each position; a loss that compares whole rows, one for each position.
 */

import { plural, shown } from "../errors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import { type Shape, sizeOf } from "../topology/layers/layer.ts";
import { mostSides } from "../topology/layers/shape.ts";
import { type CountedRows, copyCounted, countBatch, depthOf } from "../topology/nesting.ts";
import { copyRagged } from "../topology/ragged.ts";
import { givenOf, isFlat, type Rows } from "../topology/rows.ts";
import { type Lengths, stepsIn } from "../topology/sequences.ts";
import type { ExampleFormat, TargetFormat } from "./format.ts";
import { asRows, countRaggedLike, widthOf } from "./forms.ts";
import type { BoundLoss } from "./objective.ts";
import { checkWeighed, checkWeightCount, copyWeights, type Weights } from "./weights.ts";

/** A weight for each example or target; or, for several outputs, an array for each, undefined or null where all are 1. */
export type ExampleWeights = Rows | readonly number[] | readonly (Rows | readonly number[] | null | undefined)[];

/** The weights of one output that have been counted; all are 1 where there are none. */
export interface CountedWeights {
  readonly name: string;
  /** A list of one for each example. */
  readonly ofExamples: Weights | undefined;
  /** One for each position, or for each number of the output, nested as this shape is. */
  readonly ofTargets: CountedRows | undefined;
  readonly shape: Shape;
  /** How many examples there are, the steps of each if they differ, and the terms of an example, or of a step. */
  readonly rows: number;
  readonly lengths: Lengths | undefined;
  readonly termsPerRow: number;
}

/** Returns whether weights are one for each example, or are meant to be. */
export function areOfExamples(weights: unknown, rows: number, outputs: number): weights is Weights {
  if (isFlat(weights)) return weights.length === rows || outputs > 1;
  if (!Array.isArray(weights) || weights.length === 0) return true;
  const isPart = (each: unknown) => Array.isArray(each) || isFlat(each);
  return outputs > 1
    ? !weights.every((each) => each === null || each === undefined || isPart(each))
    : !isPart(weights[0]);
}

/**
 * Counts weights of which each output has its own.
 *
 * @param who begins the message of an error
 * @param targets of each output, counted
 * @throws {RangeError | TypeError} saying what does not fit
 */
export function countTermWeights(
  who: string,
  weights: ExampleWeights,
  rows: number,
  targets: readonly CountedRows[],
  losses: readonly BoundLoss[],
  format: ExampleFormat,
): CountedWeights[] {
  const { length } = format.targets;
  const parts = (length === 1 ? [weights] : weights) as readonly unknown[];
  if (format.joint) {
    throw new RangeError(`${who}: exampleWeights: got ${shown(weights)}, need ${rows} numbers, one an example`);
  }
  if (parts.length !== length) {
    throw new RangeError(
      `${who}: exampleWeights: got ${shown(weights)}, need one an example, or an array of ${length}, one for each output`,
    );
  }
  return parts.map((part, index) => {
    const name = `${who}: exampleWeights${length === 1 ? "" : ` ${index}`}`;
    const { lengths } = targets[index];
    const { termsPerRow } = losses[index];
    const counted = { name, rows, lengths, termsPerRow, shape: [], ofExamples: undefined, ofTargets: undefined };
    if (part === null || part === undefined) return counted;
    return { ...counted, ...countPart(name, part as Rows, rows, lengths, losses[index], format.targets[index]) };
  });
}

/** The shapes that weights of targets may have: of positions, and of all numbers if each has a term. */
function shapesOf({ shape }: TargetFormat, { targetsPerTerm, targetColumns }: BoundLoss): readonly Shape[] {
  const ofPositions = shape.slice(0, -1);
  const hasTermEach = targetsPerTerm === 1 && targetColumns === shape[shape.length - 1];
  return [...(ofPositions.length > 0 ? [ofPositions] : []), ...(hasTermEach ? [shape] : [])];
}

function countPart(
  name: string,
  part: Rows | readonly number[],
  rows: number,
  lengths: Lengths | undefined,
  loss: BoundLoss,
  format: TargetFormat,
): Partial<CountedWeights> {
  const shapes = shapesOf(format, loss);
  const isOfExamples = isFlat(part) ? part.length === rows : !(Array.isArray(part) && typeof part[0] === "object");
  if (isOfExamples) {
    checkWeightCount(name, part as Weights, rows, `${rows}, one an example`);
    return { ofExamples: part as Weights };
  }
  const width = lengths ? Number.NaN : widthOf(part, rows);
  if (width === 1) return { ofTargets: countBatch(name, asRows(part, 1), [1]), shape: [1] };
  const isLike = (shape: Shape) => {
    if (isFlat(part)) return part.length === rows * sizeOf(shape);
    return lengths ? depthOf(part, mostSides + 2) === shape.length + 1 : width === sizeOf(shape);
  };
  const shape = shapes.find(isLike);
  if (!shape) {
    const needs = shapes.map((each) => `${rows * sizeOf(each)}, nested as [${[rows, ...each].join(", ")}]`);
    const got = isFlat(part) ? plural(part.length, "number") : `${shown(part)} of ${plural(width || 0, "number")} each`;
    throw new RangeError(`${name}: got ${got}, need ${[`${rows}, one an example`, ...needs].join(", or ")}`);
  }
  const counted = lengths ? countRaggedLike(name, part, shape, lengths) : countBatch(name, part as Rows, shape);
  if (counted.rows !== rows) {
    throw new RangeError(`${name}: got ${plural(counted.rows, "row")}, need ${rows}, one for each example`);
  }
  const row = lengths ? lengths.findIndex((steps, index) => counted.lengths![index] !== steps) : -1;
  if (row < 0) return { ofTargets: counted, shape };
  const [given, steps] = [counted.lengths![row], lengths![row]];
  throw new RangeError(`${name}: got ${plural(given, "step")} in row ${row}, need ${steps}, as the targets have`);
}

/** Returns how many terms all examples have. */
export const termsIn = ({ rows, lengths, termsPerRow }: CountedWeights): number =>
  (lengths ? stepsIn(lengths) : rows) * termsPerRow;

/**
 * Writes a weight for each term.
 *
 * @throws {RangeError | TypeError} if one is no finite number, or is negative; `destinations` are then partly written
 */
export function copyTermWeights(
  who: string,
  weights: readonly CountedWeights[],
  destinations: readonly Values[],
  { dtype, signedWeights }: ExampleFormat,
): void {
  weights.forEach((each, index) => {
    copyPart(each, destinations[index], dtype, signedWeights);
  });
  if (!signedWeights) checkWeighed(`${who}: exampleWeights`, destinations);
}

function copyPart(
  weights: CountedWeights,
  destination: Values,
  dtype: ExampleFormat["dtype"],
  isSigned: boolean,
): void {
  const { name, ofExamples, ofTargets, shape, rows, lengths, termsPerRow } = weights;
  if (!ofExamples && !ofTargets) {
    destination.fill(1);
    return;
  }
  if (ofExamples) {
    const values = valuesOf(dtype, rows);
    // All zeros of one output are no matter, if another has weights.
    copyWeights(name, ofExamples, values, isSigned, true);
    let term = 0;
    for (let row = 0; row < rows; row++) {
      const end = term + (lengths ? lengths[row] : 1) * termsPerRow;
      destination.fill(values[row], term, end);
      term = end;
    }
    return;
  }
  const width = sizeOf(shape);
  const values = valuesOf(dtype, lengths ? stepsIn(lengths) * sizeOf(shape.slice(1)) : rows * width);
  const copy = { count: rows, width, validate: true };
  if (lengths) copyRagged(name, ofTargets!, lengths, values, copy, ofTargets!.nesting ?? shape);
  else copyCounted(name, ofTargets!, values, copy);
  const negative = isSigned ? -1 : values.findIndex((weight) => weight < 0);
  if (negative >= 0) {
    const numbersOf = (row: number) => (lengths ? lengths[row] * sizeOf(shape.slice(1)) : width);
    let [row, column] = [0, negative];
    while (column >= numbersOf(row)) column -= numbersOf(row++);
    const place = `row ${row}, ${lengths ? "number" : "column"} ${column}`;
    const copied = { from: row, count: 1, width: numbersOf(row), data: ofTargets!.data, dataWidth: width };
    throw new RangeError(
      `${name}: got ${shown(givenOf(values, column, copied))} at ${place}, need a finite number from 0 up`,
    );
  }
  const termsEach = destination.length / values.length;
  for (let index = 0; index < values.length; index++) {
    destination.fill(values[index], index * termsEach, (index + 1) * termsEach);
  }
}
