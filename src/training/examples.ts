/** Inputs and targets as people have them, checked and turned into flat rows of the network's dtype. */

import { shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../kernels/dtype.ts";
import type { Shape } from "../topology/layers/layer.ts";
import { mostSides, shownShape } from "../topology/layers/shape.ts";
import { type CountedRows, copyCounted, countBatch } from "../topology/nesting.ts";
import { isFlat, placeIn, type Rows, type TokenCounts } from "../topology/rows.ts";
import { Heads } from "./heads.ts";
import type { TargetKind } from "./losses.ts";
import type { BoundLoss } from "./objective.ts";
import { checkWeightCount, copyWeights, type Weights } from "./weights.ts";

/**
 * Rows of all numbers of the output, or the same nested as its shape is; or class numbers, one a position, nested as the output's
 * sides before the last are. Where there is one number an example, class or value, it may be a list of numbers.
 */
export type Targets = Rows | readonly number[];

export interface Examples {
  /** Flat rows, or examples nested as the input's shape is; of a network of several inputs, those for each. */
  readonly inputs: Rows | readonly Rows[];
  /** Of a network of several outputs, targets for each. */
  readonly targets: Targets | readonly Targets[];
  /** The weight of each example in the loss; it holds for all positions of the example. Default 1. */
  readonly exampleWeights?: Weights;
}

/** What reading targets needs to know of an output and of its loss. */
export interface TargetFormat {
  readonly shape: Shape;
  /** The positions of the shape, and the numbers at each. */
  readonly positions: number;
  readonly outputs: number;
  /** The loss for targets that are rows, and the one for class numbers; one of them may be missing. */
  readonly rowLoss: BoundLoss | undefined;
  readonly classLoss: BoundLoss | undefined;
}

/** What reading examples needs to know of the network and of its losses. */
export interface ExampleFormat {
  readonly dtype: Dtype;
  /** The shape of each input, and its numbers. */
  readonly inputs: readonly Shape[];
  readonly features: readonly number[];
  /** The tokens among the numbers of each input, where there are some. */
  readonly tokens: readonly (TokenCounts | undefined)[];
  /** One for each output. */
  readonly targets: readonly TargetFormat[];
  /** Whether numbers that are not finite are refused. */
  readonly validate: boolean;
}

/** Examples that have been counted: how many there are, and which loss suits their targets. */
export interface CountedExamples {
  readonly inputs: readonly CountedRows[];
  readonly targets: readonly CountedRows[];
  readonly exampleWeights: Weights | undefined;
  readonly rows: number;
  readonly loss: Heads;
}

/**
 * Checks that `examples` are whole rows, as many targets as inputs, and finds what their targets are.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} saying what does not fit
 */
export function countExamples(who: string, examples: Examples, format: ExampleFormat): CountedExamples {
  const { exampleWeights } = examples;
  const given = partsOf(`${who}: inputs`, examples.inputs, format.inputs.length);
  const inputs = given.map((part, index) => {
    const name = given.length === 1 ? "inputs" : `input ${index}`;
    return countBatch(`${who}: ${name}`, part, format.inputs[index]);
  });
  const [{ rows }] = inputs;
  const other = inputs.find((input) => input.rows !== rows);
  if (other) throw new RangeError(`${who}: got inputs of ${rows} and of ${other.rows} rows, need as many of each`);
  const parts = partsOf(`${who}: targets`, examples.targets, format.targets.length) as Targets[];
  const read = parts.map((part, index) => countTargets(who, part, rows, format, index));
  const loss = new Heads(read.map((each) => each.loss));
  const targets = read.map(({ counted }) => counted);
  if (exampleWeights === undefined) return { inputs, targets, exampleWeights, rows, loss };
  checkWeightCount(`${who}: exampleWeights`, exampleWeights, rows, `${rows}, one an example`);
  return { inputs, targets, exampleWeights, rows, loss: loss.weighted() };
}

/** `data` for each of `count` inputs or outputs: of a single one, itself. */
function partsOf(who: string, data: unknown, count: number): unknown[] {
  if (count === 1) return [data];
  if (Array.isArray(data) && data.length === count) return data;
  throw new TypeError(`${who}: got ${shown(data)}, need an array of ${count}, one for each in the network's order`);
}

/** The targets of one output, counted, and the loss that suits their form. */
function countTargets(who: string, targets: Targets, rows: number, format: ExampleFormat, index: number) {
  const name = nameOf(format, index);
  const loss = targetLoss(`${who}: ${name}`, targets, rows, format.targets[index]);
  const counted = countBatch(`${who}: ${name}`, asRows(targets, loss), targetShape(format.targets[index], loss));
  if (counted.rows !== rows) {
    throw new RangeError(`${who}: got ${rows} rows of inputs and ${counted.rows} of targets, need as many of both`);
  }
  return { counted, loss };
}

/** Returns the shape of an example's targets: class numbers are one a position, all other targets as many as outputs. */
function targetShape({ shape }: TargetFormat, { targets }: BoundLoss): Shape {
  if (targets !== "classes") return shape;
  return shape.length === 1 ? [1] : shape.slice(0, -1);
}

const nameOf = ({ targets }: ExampleFormat, index: number) => (targets.length === 1 ? "targets" : `targets ${index}`);

/** The loss for targets of this form. */
function targetLoss(who: string, targets: Targets, rows: number, format: TargetFormat): BoundLoss {
  const { shape, positions, outputs, rowLoss, classLoss } = format;
  const width = targetWidth(targets, rows);
  const found = rowLoss?.targetWidth === width ? rowLoss : classLoss?.targetWidth === width ? classLoss : undefined;
  if (found) return found;
  const isRow = shape.length === 1;
  const needs = [
    rowLoss &&
      (isRow
        ? `rows of ${outputs}`
        : `rows of ${positions * outputs} numbers, examples nested as ${shownShape(shape)}`),
    classLoss && `class numbers, ${isRow ? "one" : positions} an example`,
  ].filter(Boolean);
  const got = shownTargets(targets, width, rows);
  throw new RangeError(`${who}: got ${got}, need ${needs.join(isRow ? " or " : ", or ")}`);
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
  let value: unknown = Array.isArray(targets) ? targets[0] : undefined;
  if (typeof value === "number") return 1;
  if (typeof value !== "object") return undefined;
  // What only looks like a row is refused as one, or for its length.
  if (!Array.isArray(value) && !isFlat(value)) return (Object(value) as ArrayLike<number>).length;
  let width = 1;
  // Bounded, as an array may hold itself.
  for (let depth = 0; Array.isArray(value) && depth < mostSides; depth++) {
    width *= value.length;
    value = value[0];
  }
  return isFlat(value) ? width * value.length : width;
}

/** Targets of one number an example may stand in a plain list. */
function asRows(targets: Targets, { targetWidth }: BoundLoss): Rows {
  const isList = !isFlat(targets) && typeof targets[0] === "number";
  if (!isList || targetWidth !== 1) return targets as Rows;
  return (targets as readonly number[]).map((target) => [target]);
}

/** Where examples are copied to. */
export interface ExampleBlocks {
  /** One for each input. */
  readonly inputs: readonly Values[];
  /** One for each output. */
  readonly targets: readonly Values[];
  /** There for examples that have weights. */
  readonly exampleWeights?: Values;
}

/** Copies counted examples into blocks that hold at least as many rows. */
export function copyExamples(
  who: string,
  { inputs, targets, exampleWeights, rows, loss }: CountedExamples,
  format: ExampleFormat,
  into: ExampleBlocks,
): void {
  const { features, tokens, validate } = format;
  inputs.forEach((part, index) => {
    const name = inputs.length === 1 ? "inputs" : `input ${index}`;
    const copy = { count: rows, width: features[index], validate, tokens: tokens[index] };
    copyCounted(`${who}: ${name}`, part, into.inputs[index], copy);
  });
  targets.forEach((part, index) => {
    const { targetWidth: width, targets: kind } = loss.losses[index];
    const name = `${who}: ${nameOf(format, index)}`;
    copyCounted(name, part, into.targets[index], { count: rows, width, validate });
    checkTargets(name, into.targets[index], rows, width, format.targets[index], kind);
  });
  if (exampleWeights) copyWeights(`${who}: exampleWeights`, exampleWeights, into.exampleWeights!);
}

/** Examples as flat rows in typed arrays. */
export interface FlatExamples extends ExampleBlocks {
  readonly rows: number;
  readonly loss: Heads;
}

/**
 * Checks examples and copies them into typed arrays.
 *
 * @throws {RangeError | TypeError} saying what does not fit, with row and column
 */
export function flattenExamples(who: string, examples: Examples, format: ExampleFormat): FlatExamples {
  const counted = countExamples(who, examples, format);
  const { rows, loss } = counted;
  const inputs = format.features.map((width) => valuesOf(format.dtype, rows * width));
  const targets = loss.losses.map(({ targetWidth }) => valuesOf(format.dtype, rows * targetWidth));
  const exampleWeights = counted.exampleWeights && valuesOf(format.dtype, rows);
  copyExamples(who, counted, format, { inputs, targets, exampleWeights });
  return { inputs, targets, exampleWeights, rows, loss };
}

/** Refuses targets that the loss is not for, whatever `validate` says. */
function checkTargets(
  who: string,
  values: Values,
  rows: number,
  width: number,
  { shape, outputs }: TargetFormat,
  kind: TargetKind,
): void {
  if (kind === "numbers") return;
  const { fits, need } = targetRules[kind];
  for (let index = 0; index < rows * width; index++) {
    const value = values[index];
    if (fits(value, outputs)) continue;
    const columns = kind === "classes" ? 1 : outputs;
    const [row, column] = [Math.floor(index / width), index % columns];
    const place = placeIn(shape.slice(0, -1), Math.floor((index % width) / columns));
    const position = place.length > 1 ? `[${place.join(", ")}]` : String(place);
    const parts = [`row ${row}`, place.length > 0 && `position ${position}`, kind !== "classes" && `column ${column}`];
    throw new RangeError(`${who}: got ${value} at ${parts.filter(Boolean).join(", ")}, need ${need(outputs)}`);
  }
}

interface TargetRule {
  readonly fits: (value: number, outputs: number) => boolean;
  readonly need: (outputs: number) => string;
}

/** What targets must be; NaN, which `validate` refuses, is no matter of those that say what they must not be. */
const targetRules: Readonly<Record<Exclude<TargetKind, "numbers">, TargetRule>> = {
  classes: {
    fits: (value, outputs) => Number.isInteger(value) && value >= 0 && value < outputs,
    need: (outputs) => `a class number from 0 to ${outputs - 1}`,
  },
  probabilities: { fits: (value) => !(value < 0 || value > 1), need: () => "a number from 0 to 1" },
  signs: { fits: (value) => value === 1 || value === -1, need: () => "-1 or 1" },
  counts: { fits: (value) => !(value < 0), need: () => "a number from 0 up" },
};
