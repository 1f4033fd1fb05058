/** Inputs and targets in the forms that users have: checked and copied into flat rows of the network's dtype. */

import { plural, shown } from "../errors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import { type Shape, sizeOf } from "../topology/layers/layer.ts";
import { mostSides, shownShape } from "../topology/layers/shape.ts";
import { type CountedRows, copyCounted, countBatch, depthOf } from "../topology/nesting.ts";
import { lengthsOf, needsNoLengths } from "../topology/prediction.ts";
import { copyRagged, type LengthsOption } from "../topology/ragged.ts";
import { type CopiedRows, givenOf, isFlat, placeIn, type Rows } from "../topology/rows.ts";
import { type Lengths, lengthsBy, stepsIn } from "../topology/sequences.ts";
import { checkCounted } from "./counted.ts";
import type { ExampleFormat, TargetFormat, Targets } from "./format.ts";
import { asRows, countRaggedBatch, countRaggedLike, nameOf, widthOf } from "./forms.ts";
import { Heads } from "./heads.ts";
import type { TargetKind } from "./losses.ts";
import type { BoundLoss } from "./objective.ts";
import {
  areOfExamples,
  type CountedWeights,
  copyTermWeights,
  countTermWeights,
  type ExampleWeights,
  termsIn,
} from "./termWeights.ts";
import { checkWeightCount, copyWeights, type Weights } from "./weights.ts";

/** Flat rows, or examples nested by the input's shape. With several inputs, an array with the examples for each. */
export type TrainingInputs = Rows | readonly Rows[];

/** Targets. With several outputs, an array with the targets for each. null for a loss without targets. */
export type TrainingTargets = Targets | readonly Targets[] | null;

/** Inputs with their targets. */
export interface Examples {
  readonly inputs: TrainingInputs;
  readonly targets: TrainingTargets;
  /**
   * The weight of each example in the loss, for all of its targets; or the weight of each target, nested like targets. With several outputs, one
   * weight for each example, or an array with the weights for each output, undefined where all are 1. Default 1.
   */
  readonly exampleWeights?: ExampleWeights | undefined;
  /** The number of steps of each row, if an input with `variableLength: true` is a typed array. */
  readonly lengths?: LengthsOption | undefined;
}

/** Counted examples: their number, and the losses that suit their targets. */
export interface CountedExamples {
  readonly inputs: readonly CountedRows[];
  readonly targets: readonly CountedRows[];
  /** One weight for each example; or, in `termWeights`, one for each term of each output. */
  readonly exampleWeights: Weights | undefined;
  readonly termWeights: readonly CountedWeights[] | undefined;
  readonly rows: number;
  readonly loss: Heads;
}

/**
 * Checks that `examples` are whole rows, with as many targets as inputs, and finds the form of the targets.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} saying what does not fit
 */
export function countExamples(who: string, examples: Examples, format: ExampleFormat): CountedExamples {
  const { exampleWeights } = examples;
  const given = partsOf(`${who}: inputs`, examples.inputs, format.inputs.length);
  const lengths = lengthsOf(who, examples.lengths, given.length);
  const inputs = given.map((part, index) => {
    const name = `${who}: ${given.length === 1 ? "inputs" : `input ${index}`}`;
    const least = format.least[index];
    if (least) return countRaggedBatch(name, part, format.inputs[index], lengths[index], least);
    if (lengths[index] !== undefined) throw needsNoLengths(name);
    return countBatch(name, part, format.inputs[index]);
  });
  const [{ rows }] = inputs;
  const other = inputs.find((input) => input.rows !== rows);
  if (other)
    throw new RangeError(
      `${who}: got inputs of ${rows} and of ${plural(other.rows, "row")}, need the same number of each`,
    );
  const { targets, loss } = countAllTargets(who, examples.targets, inputs, format);
  if (exampleWeights === undefined) return { inputs, targets, exampleWeights, termWeights: undefined, rows, loss };
  if (!areOfExamples(exampleWeights, rows, format.targets.length)) {
    const termWeights = countTermWeights(who, exampleWeights, rows, targets, loss.losses, format);
    return { inputs, targets, exampleWeights: undefined, termWeights, rows, loss: loss.weighted("term") };
  }
  checkWeightCount(`${who}: exampleWeights`, exampleWeights, rows, `${rows}, one an example`);
  return { inputs, targets, exampleWeights, termWeights: undefined, rows, loss: loss.weighted("example") };
}

/** Returns the data of each of `count` inputs or outputs. Those of a single one are in no array. */
function partsOf(who: string, data: unknown, count: number): unknown[] {
  if (count === 1) return [data];
  if (Array.isArray(data) && data.length === count) return data;
  throw new TypeError(`${who}: got ${shown(data)}, need an array of ${count}, one for each in the network's order`);
}

/** Counts the targets of all outputs, and finds the losses that suit their form. */
function countAllTargets(who: string, given: TrainingTargets, inputs: readonly CountedRows[], format: ExampleFormat) {
  const { joint } = format;
  if (joint) {
    if (given === null) return { targets: [], loss: joint };
    throw new TypeError(`${who}: targets: got ${shown(given)}, need null: ${joint.losses[0].name} has no targets`);
  }
  const parts = partsOf(`${who}: targets`, given, format.targets.length) as Targets[];
  const read = parts.map((part, index) => {
    const { lengths } = format.targets[index];
    if (!lengths) return countTargets(who, part, inputs[0].rows, format, index);
    const given = inputs[lengths.input].lengths!;
    return countRaggedTargets(`${who}: ${nameOf(format, index)}`, part, given, format.targets[index]);
  });
  return { targets: read.map(({ counted }) => counted), loss: new Heads(read.map((each) => each.loss)) };
}

/** Counts the targets of one output, and finds the loss that suits their form. */
function countTargets(who: string, targets: Targets, rows: number, format: ExampleFormat, index: number) {
  const name = nameOf(format, index);
  const width = widthOf(targets, rows, format.missingTargets);
  const loss = targetLoss(`${who}: ${name}`, targets, width, rows, format.targets[index]);
  const list = asRows(targets, loss.targetWidth, format.missingTargets);
  const counted = countBatch(`${who}: ${name}`, list, targetShape(format.targets[index], loss));
  if (counted.rows !== rows) {
    throw new RangeError(
      `${who}: got ${plural(rows, "row")} of inputs and ${counted.rows} of targets, need the same number of both`,
    );
  }
  return { counted, loss };
}

/**
 * Counts the targets of an output whose sequences differ in length, and finds the loss that suits their form.
 *
 * @param inputLengths the lengths of the input, from which those of the output follow
 */
function countRaggedTargets(who: string, targets: unknown, inputLengths: Lengths, format: TargetFormat) {
  const { shape, outputs, rowLoss, classLoss } = format;
  const rows = inputLengths.length;
  const lengths = lengthsBy(format.lengths!, inputLengths);
  const positions = shape.slice(0, -1);
  const isLike = (sides: Shape) =>
    isFlat(targets) ? targets.length === rows * sizeOf(sides) : depthOf(targets, mostSides + 2) === sides.length + 1;
  const isOfPositions = isLike(positions);
  // One number a position needs no array of its own.
  const ofPositions = classLoss ?? (outputs === 1 ? rowLoss : undefined);
  const loss = isOfPositions ? ofPositions : isLike(shape) ? rowLoss : undefined;
  if (!loss) {
    const needs = [
      rowLoss && `examples nested as ${shownShape(shape)}`,
      classLoss && `class numbers nested as ${shownShape(positions)}`,
    ].filter(Boolean);
    const got = isFlat(targets) ? `${plural(targets.length, "number")} for ${plural(rows, "example")}` : shown(targets);
    throw new RangeError(`${who}: got ${got}, need ${needs.join(", or ")}, each with the steps of its output`);
  }
  const counted = countRaggedLike(who, targets, isOfPositions ? positions : shape, lengths);
  if (counted.rows !== rows) {
    throw new RangeError(
      `${who}: got ${plural(rows, "row")} of inputs and ${counted.rows} of targets, need the same number of both`,
    );
  }
  const row = lengths.findIndex((steps, index) => counted.lengths![index] !== steps);
  if (row >= 0) {
    const [steps, given] = [lengths[row], inputLengths[row]];
    const made = steps === given ? "" : `, of which the output has ${steps}`;
    const got = `${plural(counted.lengths![row], "step")} in row ${row}, whose input has ${given}${made}`;
    throw new RangeError(`${who}: got ${got}, need the same number`);
  }
  return { counted, loss };
}

/** Returns the shape of an example's targets: one class number a position, or a number for each output. */
function targetShape({ shape }: TargetFormat, { targets }: BoundLoss): Shape {
  if (targets !== "classes") return shape;
  return shape.length === 1 ? [1] : shape.slice(0, -1);
}

/** Returns the loss for targets of `width` numbers an example. @throws {RangeError} if there is none */
function targetLoss(
  who: string,
  targets: Targets,
  width: number | undefined,
  rows: number,
  format: TargetFormat,
): BoundLoss {
  const { shape, positions, outputs, rowLoss, classLoss } = format;
  const found = rowLoss?.targetWidth === width ? rowLoss : classLoss?.targetWidth === width ? classLoss : undefined;
  if (found) return found;
  const isRow = shape.length === 1;
  const needs = [
    rowLoss &&
      (isRow
        ? `rows of ${outputs}`
        : `rows of ${plural(positions * outputs, "number")}, examples nested as ${shownShape(shape)}`),
    classLoss && `class numbers, ${isRow ? "one" : positions} an example`,
  ].filter(Boolean);
  const got = shownTargets(targets, width, rows);
  throw new RangeError(`${who}: got ${got}, need ${needs.join(isRow ? " or " : ", or ")}`);
}

function shownTargets(targets: Targets, width: number | undefined, rows: number): string {
  if (width === undefined) {
    return Array.isArray(targets) && targets.length > 0 ? `${shown(targets[0])} for row 0` : shown(targets);
  }
  if (!Number.isInteger(width)) return `${plural(targets.length, "number")} for ${plural(rows, "example")}`;
  return `${plural(width, "number")} an example`;
}

/** The destination of examples. */
export interface ExampleBlocks {
  /** One for each input. */
  readonly inputs: readonly Values[];
  /** One for each output. */
  readonly targets: readonly Values[];
  /** One number for each example; present if examples have weights. */
  readonly exampleWeights?: Values | undefined;
  /** For each output, one number for each of its terms; present if targets have weights. */
  readonly termWeights?: readonly Values[] | undefined;
}

/** Copies counted examples into blocks that hold at least as many rows. */
export function copyExamples(
  who: string,
  { inputs, targets, exampleWeights, termWeights, rows, loss }: CountedExamples,
  format: ExampleFormat,
  into: ExampleBlocks,
): void {
  const { features, tokens, validate, missingTargets: allowsMissing } = format;
  inputs.forEach((part, index) => {
    const name = `${who}: ${inputs.length === 1 ? "inputs" : `input ${index}`}`;
    const copy = { count: rows, width: features[index], validate, tokens: tokens[index] };
    if (part.lengths) copyRagged(name, part, part.lengths, into.inputs[index], copy, format.inputs[index]);
    else copyCounted(name, part, into.inputs[index], copy);
  });
  targets.forEach((part, index) => {
    const each = loss.losses[index];
    const { targetWidth: width } = each;
    const name = `${who}: ${nameOf(format, index)}`;
    const target = format.targets[index];
    const { lengths } = part;
    if (!lengths) {
      copyCounted(name, part, into.targets[index], { count: rows, width, validate, allowsMissing });
      checkTargets(name, into.targets[index], target, each, { count: rows, width, data: part.data, allowsMissing });
      return;
    }
    const { nesting = [target.shape[0], width] } = part;
    const copy = { count: rows, width: sizeOf(nesting), validate, allowsMissing };
    copyRagged(name, part, lengths, into.targets[index], copy, nesting);
    let from = 0;
    lengths.forEach((count, row) => {
      const to = from + count * width;
      const values = into.targets[index].subarray(from, to);
      const copied = {
        from: row,
        count: 1,
        width: count * width,
        data: part.data,
        dataWidth: copy.width,
        allowsMissing,
      };
      checkTargets(name, values, target, each, copied);
      from = to;
    });
  });
  if (termWeights) copyTermWeights(who, termWeights, into.termWeights!, format);
  if (!exampleWeights) return;
  copyWeights(`${who}: exampleWeights`, exampleWeights, into.exampleWeights!, format.signedWeights);
}

/** Returns the sizes of the arrays that hold counted examples, in numbers. */
export function sizesOf(counted: CountedExamples, format: ExampleFormat) {
  const { inputs, targets, exampleWeights, termWeights, rows, loss } = counted;
  const rowsOf = ({ lengths }: CountedRows) => (lengths ? stepsIn(lengths) : rows);
  return {
    inputs: inputs.map((part, index) => {
      const size = format.features[index];
      return part.lengths ? rowsOf(part) * (size / format.inputs[index][0]) : rows * size;
    }),
    targets: targets.map((part, index) => rowsOf(part) * loss.losses[index].targetWidth),
    exampleWeights: exampleWeights && rows,
    termWeights: termWeights?.map(termsIn),
  };
}

/** Examples as flat rows in typed arrays. */
export interface FlatExamples extends ExampleBlocks {
  readonly rows: number;
  readonly loss: Heads;
  /** The number of steps of each example, for each input and each target whose examples differ in length. */
  readonly inputLengths: readonly (Lengths | undefined)[];
  readonly targetLengths: readonly (Lengths | undefined)[];
}

/** Returns a view of rows `from` to `to` of an array of `rows` rows. @param starts the first step of each row, if rows differ in length */
export function rowsBetween(values: Values, rows: number, from: number, to: number, starts?: Uint32Array): Values {
  if (!starts) return values.subarray((from * values.length) / rows, (to * values.length) / rows);
  const size = values.length / starts[rows];
  return values.subarray(starts[from] * size, starts[to] * size);
}

/**
 * Checks examples and copies them into typed arrays.
 *
 * @throws {RangeError | TypeError} saying what does not fit, with row and column
 */
export function flattenExamples(who: string, examples: Examples, format: ExampleFormat): FlatExamples {
  format.reader.begin(who);
  try {
    return flattened(who, examples, format);
  } finally {
    format.reader.end();
  }
}

function flattened(who: string, examples: Examples, format: ExampleFormat): FlatExamples {
  const counted = countExamples(who, examples, format);
  const { rows, loss } = counted;
  const sizes = sizesOf(counted, format);
  const inputs = sizes.inputs.map((size) => valuesOf(format.dtype, size));
  const targets = sizes.targets.map((size) => valuesOf(format.dtype, size));
  const exampleWeights = sizes.exampleWeights === undefined ? undefined : valuesOf(format.dtype, sizes.exampleWeights);
  const termWeights = sizes.termWeights?.map((size) => valuesOf(format.dtype, size));
  copyExamples(who, counted, format, { inputs, targets, exampleWeights, termWeights });
  const lengthsOfEach = (parts: readonly CountedRows[]) => parts.map(({ lengths }) => lengths);
  const lengths = { inputLengths: lengthsOfEach(counted.inputs), targetLengths: lengthsOfEach(counted.targets) };
  const flat = { inputs, targets, exampleWeights, termWeights, rows, loss, ...lengths };
  checkCounted(who, flat, format);
  return flat;
}

/** Refuses targets that the loss cannot take, also with `validate: false`. @throws {RangeError} naming the target and its place */
function checkTargets(
  who: string,
  values: Values,
  { shape, outputs }: TargetFormat,
  { name, targets: kind, targetsPerTerm }: BoundLoss,
  copied: CopiedRows,
): void {
  const { from = 0, count, width, allowsMissing } = copied;
  const length = count * width;
  if (allowsMissing && targetsPerTerm > 1)
    checkWholeRows(who, name, values.subarray(0, length), targetsPerTerm, copied);
  if (kind === "numbers" || kind === "none") return;
  const { fits, need } = targetRules[kind];
  for (let index = 0; index < length; index++) {
    const value = values[index];
    if (fits(value, outputs) || (allowsMissing && Number.isNaN(value))) continue;
    const columns = kind === "classes" ? 1 : outputs;
    const [row, column] = [from + Math.floor(index / width), index % columns];
    const place = placeIn(shape.slice(0, -1), Math.floor((index % width) / columns));
    const position = place.length > 1 ? `[${place.join(", ")}]` : String(place);
    const parts = [`row ${row}`, place.length > 0 && `position ${position}`, kind !== "classes" && `column ${column}`];
    const given = givenOf(values, index, copied);
    throw new RangeError(`${who}: got ${shown(given)} at ${parts.filter(Boolean).join(", ")}, need ${need(outputs)}`);
  }
  if (kind === "probabilities" && targetsPerTerm > 1)
    checkSums(who, values.subarray(0, length), targetsPerTerm, copied);
}

/** Returns the greatest distance of the sum of a row of probabilities from 1. Each may be rounded to two digits, like thirds to 0.33. */
const sumSlack = (width: number) => Math.min(Math.max(0.02, 0.005 * width), 0.1);

/** Refuses rows of probabilities that do not sum to 1. Rows with NaN, which is a missing target, are accepted. */
function checkSums(who: string, values: Values, width: number, copied: CopiedRows): void {
  const slack = sumSlack(width);
  for (let from = 0; from < values.length; from += width) {
    let sum = 0;
    for (let index = from; index < from + width; index++) sum += values[index];
    if (!(Math.abs(sum - 1) > slack)) continue;
    const got = `probabilities that sum to ${Number(sum.toPrecision(6))} at ${placeOfRow(from, width, copied)}`;
    throw new RangeError(`${who}: got ${got}, need a row that sums to 1`);
  }
}

/** Returns the place of a row of targets, for a message: its example and, if that has several, its position. */
function placeOfRow(index: number, width: number, { from = 0, width: ofExample }: CopiedRows): string {
  const row = `row ${from + Math.floor(index / ofExample)}`;
  return ofExample === width ? row : `${row}, position ${(index % ofExample) / width}`;
}

/** Refuses rows with some missing numbers, because the loss compares whole rows. */
function checkWholeRows(who: string, loss: string, values: Values, width: number, copied: CopiedRows): void {
  for (let from = 0; from < values.length; from += width) {
    let missing = 0;
    for (let index = from; index < from + width; index++) if (Number.isNaN(values[index])) missing++;
    if (missing === 0 || missing === width) continue;
    const got = `${plural(missing, "missing number")} of ${width} at ${placeOfRow(from, width, copied)}`;
    throw new RangeError(`${who}: got ${got}, need all of a row or none, as ${loss} compares whole rows`);
  }
}

interface TargetRule {
  readonly fits: (value: number, outputs: number) => boolean;
  readonly need: (outputs: number) => string;
}

/** The rules for targets of each kind. `validate` refuses NaN, so some rules accept it. */
const targetRules: Readonly<Record<Exclude<TargetKind, "numbers" | "none">, TargetRule>> = {
  classes: {
    fits: (value, outputs) => Number.isInteger(value) && value >= 0 && value < outputs,
    need: (outputs) => `a class number from 0 to ${outputs - 1}`,
  },
  probabilities: { fits: (value) => !(value < 0 || value > 1), need: () => "a number from 0 to 1" },
  signs: { fits: (value) => value === 1 || value === -1, need: () => "-1 or 1" },
  bits: { fits: (value) => value === 0 || value === 1, need: () => "0 or 1" },
  counts: { fits: (value) => !(value < 0), need: () => "a number from 0 up" },
};
