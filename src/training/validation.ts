/** The examples that a training is validated on: separate ones, or a share of those to train on. */

import { checkOptions, plural, shown, unknownName } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { RandomGenerator } from "../random.ts";
import { type Lengths, startsOf } from "../topology/sequences.ts";
import { checkCounted } from "./counted.ts";
import {
  type Examples,
  type FlatExamples,
  flattenExamples,
  rowsBetween,
  type TrainingInputs,
  type TrainingTargets,
} from "./examples.ts";
import type { ExampleFormat } from "./format.ts";

/** Examples to evaluate on: `{ inputs, targets, exampleWeights }`, where weights are optional, or `[inputs, targets]`. */
export type Validation = Examples | readonly [inputs: TrainingInputs, targets: TrainingTargets];

/**
 * A share of the examples that is kept for validation and not trained on. A number is drawn by the trainer's seed, with the same share of each
 * class if targets are classes, and of the rows whose target is missing. `{ share, from: "end" }` takes the last examples, as for a series.
 */
export type ValidationSplit = number | { readonly share: number; readonly from: "end" };

/** The validation of a training: separate examples, or a share of those to train on. */
export interface ValidationOptions {
  readonly validation?: Validation | undefined;
  readonly validationSplit?: ValidationSplit | undefined;
}

/** Options of a training with validation examples; its history has their losses and metrics. */
export type ValidatedFit = { readonly validation: Validation } | { readonly validationSplit: ValidationSplit };

/**
 * Returns the examples to train on and those to validate on.
 *
 * @param generatorOf returns the generator that draws a split, the same one at each call
 * @throws {RangeError | TypeError} if examples do not fit, if the share leaves none on one side, if both options are given, or if no
 *   target of one side counts
 */
export function splitExamples(
  who: string,
  examples: Examples,
  { validation, validationSplit }: ValidationOptions,
  format: ExampleFormat,
  generatorOf: () => RandomGenerator,
): readonly [FlatExamples, FlatExamples | undefined] {
  if (validation !== undefined && validationSplit !== undefined) {
    throw new RangeError(`${who}: got validation and validationSplit, need at most one of them`);
  }
  const all = flattenExamples(who, examples, format);
  if (validation !== undefined)
    return [all, flattenExamples(`${who}: validation`, examplesOf(`${who}: validation`, validation), format)];
  if (validationSplit === undefined) return [all, undefined];
  const { rows } = all;
  const { share, isRandom } = shareOf(who, validationSplit);
  const held = typeof share === "number" ? Math.round(rows * share) : Number.NaN;
  if (!(held > 0 && held < rows)) {
    const need = `a share that leaves at least one of ${plural(rows, "example")} on each side`;
    throw new RangeError(`${who}: got validationSplit ${shown(share)}, need ${need}`);
  }
  const parts = isRandom ? partsAt(all, randomMarks(all, held, generatorOf(), format)) : partsFrom(all, rows - held);
  for (const [index, part] of ["training", "validation"].entries()) {
    checkCounted(`${who}: the examples for ${part}`, parts[index], format);
  }
  return parts;
}

/** Returns the share, and true if its examples are drawn. @throws {RangeError | TypeError} if it is an object of another form */
function shareOf(who: string, split: ValidationSplit): { readonly share: unknown; readonly isRandom: boolean } {
  if (typeof split !== "object" || split === null) return { share: split, isRandom: true };
  checkOptions(`${who}: validationSplit`, split, ["share", "from"]);
  const { share, from } = split;
  if (from !== "end") throw unknownName(`${who}: validationSplit: from`, from, ["end"]);
  return { share, isRandom: false };
}

/** Returns examples as an object. @throws {TypeError} if they are neither an object nor a pair */
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

/**
 * Draws `count` rows for validation, and of each class the number that is nearest to its share, by largest remainders.
 *
 * @returns 1 for each row for validation, otherwise 0
 */
function randomMarks(
  examples: FlatExamples,
  count: number,
  generator: RandomGenerator,
  format: ExampleFormat,
): Uint8Array {
  const order = generator.shuffle(Uint32Array.from({ length: examples.rows }, (_, row) => row));
  const classes = classesOf(examples, format);
  const counts = classes && countsOf(classes, count);
  const isHeld = new Uint8Array(examples.rows);
  let left = count;
  for (const row of order) {
    const room = counts ? counts.get(classes[row])! : left;
    if (room === 0) continue;
    if (counts) counts.set(classes[row], room - 1);
    else left--;
    isHeld[row] = 1;
  }
  return isHeld;
}

/** Returns the number of rows of each class for validation. */
function countsOf(classes: Float64Array, count: number): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const each of classes) sizes.set(each, (sizes.get(each) ?? 0) + 1);
  // The remainders are whole numbers, so that equal ones are equal.
  const parts = [...sizes].map(([name, size]) => {
    const remainder = (size * count) % classes.length;
    return { name, remainder, count: (size * count - remainder) / classes.length };
  });
  let left = parts.reduce((rest, part) => rest - part.count, count);
  for (const part of parts.toSorted((a, b) => b.remainder - a.remainder)) if (left-- > 0) part.count++;
  return new Map(parts.map((part) => [part.name, part.count]));
}

/**
 * Returns the class of each row, by the first output whose targets are classes: class numbers, one-hot rows, or single numbers that are all 0 or
 * 1, or all -1 or 1. Rows whose target is missing are a class of their own. It is undefined if there is no such output.
 */
function classesOf(
  { targets, rows, loss, targetLengths }: FlatExamples,
  { missingTargets }: ExampleFormat,
): Float64Array | undefined {
  for (const [index, values] of targets.entries()) {
    if (targetLengths[index]) continue;
    const width = values.length / rows;
    const { targets: kind } = loss.losses[index];
    const read = width > 1 ? hotColumn : kind === "classes" ? numberOf : signOf;
    const isMissing = (row: number) =>
      missingTargets && values.subarray(row * width, (row + 1) * width).every(Number.isNaN);
    const classes = Float64Array.from({ length: rows }, (_, row) => {
      return isMissing(row) ? missing : read(values, row * width, width);
    });
    const known = new Set(classes);
    known.delete(missing);
    if (!known.has(Number.NaN) && (width > 1 || kind === "classes" || known.size <= 2)) return classes;
  }
  return undefined;
}

/** The class of rows whose target is missing. */
const missing = Number.NEGATIVE_INFINITY;

type Reading = (values: Values, from: number, width: number) => number;

const numberOf: Reading = (values, from) => values[from];

/** Returns a number that is 0, 1 or -1; NaN for any other. */
const signOf: Reading = (values, from) =>
  Math.abs(values[from]) === 1 || values[from] === 0 ? values[from] : Number.NaN;

/** Returns the column of the only 1 among zeros; NaN for any other row. */
function hotColumn(values: Values, from: number, width: number): number {
  let hot = Number.NaN;
  for (let column = 0; column < width; column++) {
    if (values[from + column] === 0) continue;
    if (values[from + column] !== 1 || !Number.isNaN(hot)) return Number.NaN;
    hot = column;
  }
  return hot;
}

/** Divides examples at a row into views. */
function partsFrom(examples: FlatExamples, row: number): readonly [FlatExamples, FlatExamples] {
  const { rows } = examples;
  const part = (from: number, to: number) =>
    withParts(examples, to - from, {
      values: (values, lengths) => rowsBetween(values, rows, from, to, lengths && startsOf(lengths)),
      lengths: (lengths) => lengths.subarray(from, to),
    });
  return [part(0, row), part(row, rows)];
}

/** Divides examples by marks: those with a 1 are copied, the others move to the start in place. Both keep their order. */
function partsAt(examples: FlatExamples, isHeld: Uint8Array): readonly [FlatExamples, FlatExamples] {
  const held = isHeld.reduce((count, mark) => count + mark, 0);
  const sizeOf = (mark: number) => (mark === 1 ? held : isHeld.length - held);
  const part = (mark: number) =>
    withParts(examples, sizeOf(mark), {
      values: (values, lengths) => rowsWith(values, isHeld, mark, lengths),
      lengths: (lengths) => lengths.filter((_, row) => isHeld[row] === mark),
    });
  // The copies come first, because the others then overwrite their source.
  const validation = part(1);
  return [part(0), validation];
}

/** Returns the rows with a mark: those with 1 in an array of their own, those with 0 at the start of `values`. */
function rowsWith(values: Values, isHeld: Uint8Array, mark: number, lengths: Lengths | undefined): Values {
  const rows = isHeld.length;
  const starts = lengths && startsOf(lengths);
  const size = values.length / (starts ? starts[rows] : rows);
  const startOf = (row: number) => (starts ? starts[row] : row) * size;
  let count = 0;
  for (let row = 0; row < rows; row++) if (isHeld[row] === mark) count += startOf(row + 1) - startOf(row);
  const to = mark === 1 ? (values.slice(0, count) as Values) : values;
  let end = 0;
  for (let row = 0; row < rows; row++) {
    if (isHeld[row] !== mark) continue;
    const [from, behind] = [startOf(row), startOf(row + 1)];
    if (to === values) values.copyWithin(end, from, behind);
    else to.set(values.subarray(from, behind), end);
    end += behind - from;
  }
  return to.subarray(0, count) as Values;
}

/** Makes the arrays of a part from the whole ones. */
interface PartOf {
  readonly values: (values: Values, lengths?: Lengths) => Values;
  readonly lengths: (lengths: Lengths) => Lengths;
}

function withParts(examples: FlatExamples, rows: number, part: PartOf): FlatExamples {
  const { inputs, targets, exampleWeights, termWeights, loss, inputLengths, targetLengths } = examples;
  return {
    inputs: inputs.map((values, index) => part.values(values, inputLengths[index])),
    targets: targets.map((values, index) => part.values(values, targetLengths[index])),
    exampleWeights: exampleWeights && part.values(exampleWeights),
    termWeights: termWeights?.map((values, index) => part.values(values, targetLengths[index])),
    rows,
    loss,
    inputLengths: inputLengths.map((lengths) => lengths && part.lengths(lengths)),
    targetLengths: targetLengths.map((lengths) => lengths && part.lengths(lengths)),
  };
}
