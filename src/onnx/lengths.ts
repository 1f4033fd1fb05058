/**
 * Sequences that differ in length, in a graph that is read. Their numbers of steps are an input, of which a graph makes masks; here a value
 * knows its lengths itself. So a mask is accepted where it does what our layers do, and a layer of several steps without one is refused.
 */

import type { Value } from "../index.ts";
import type { Constant } from "./constants.ts";
import { type Axis, type Data, isBatch } from "./layout.ts";
import type { Operator } from "./nodes.ts";

type SequenceLengths = NonNullable<Value["lengths"]>;

/** The numbers of steps of sequences, or what a graph has made of them. */
export class Lengths {
  constructor(
    readonly content: {
      /** The lengths of the input's sequences. */
      readonly origin: SequenceLengths;
      /** The numbers are ⌊(steps + shift) / stride⌋. */
      readonly shift: number;
      readonly stride: number;
      /** The numbers, which steps are within, or the share of each window that is. */
      readonly form: "numbers" | "mask" | "shares";
      /** The meaning of each axis: examples, steps or windows, or one place. */
      readonly axes: readonly ("batch" | "steps" | "one")[];
      /** The number of steps of a mask. */
      readonly steps?: number;
      /** The windows of the shares. */
      readonly windows?: string | undefined;
    },
  ) {}

  /** Tells whether these are the lengths of a value's sequences. */
  isOf({ lengths }: Value): boolean {
    const { origin, shift, stride } = this.content;
    return lengths?.origin === origin && lengths.shift === shift && lengths.stride === stride;
  }
}

/** Tells whether the axes of lengths are those of a value, if they are broadcast to it. */
export function areAligned({ content }: Lengths, axes: readonly Axis[]): boolean {
  const own = content.axes;
  return (
    own.length <= axes.length &&
    own.every((kind, index) => {
      const axis = axes[axes.length - own.length + index];
      return kind === "one" || (kind === "batch" ? isBatch(axis) : axis.join() === "0");
    })
  );
}

/** A sum over steps, or over windows, that waits for its division by their number. */
export class Pending {
  constructor(
    /** The result of the division. */
    readonly mean: Data,
    /** The value whose steps have been added. */
    readonly value: Value,
    /** The windows; undefined for all steps. */
    readonly windows?: string,
  ) {}
}

/** All steps of both directions of a recurrent layer, [steps, 2, batch, units], whose sides of sequences that differ in length no layer divides. */
export class Directions {
  constructor(
    /** [steps, 2 · units] */
    readonly joined: Value,
    /** [steps, units] of each direction. */
    readonly halves: () => readonly Value[],
    /** True for [steps, batch, 2, units]. */
    readonly isTurned = false,
  ) {}
}

/** Questions about a graph that find the sequences of some lengths. */
export interface Surroundings {
  readonly readersOf: (name: string) => readonly Operator[];
  readonly makerOf: (name: string) => Operator | undefined;
  readonly isConstant: (name: string) => boolean;
  readonly isInput: (name: string) => boolean;
}

/** The operators that make other lengths and masks of lengths. */
const makers = new Set(["Add", "Div", "Cast", "Unsqueeze", "Identity", "Less", "AveragePool", "Max"]);
export const recurrentOperators: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);

/** Returns the input that has the sequences of some lengths; undefined if the name is used for something else. */
export function sequencesOf(name: string, around: Surroundings): string | undefined {
  let found: string | undefined;
  const seen = new Set([name]);
  // The set grows during the loop.
  for (const at of seen) {
    const readers = around.readersOf(at);
    if (readers.length === 0) return undefined;
    for (const node of readers) {
      const place = node.inputs.indexOf(at);
      if (recurrentOperators.has(node.name) && place === 4) found ??= originOf(node.inputs[0], around);
      else if (node.name === "simdnet.Attention" && place === 11) found ??= originOf(node.inputs[1], around);
      else if (node.name === "simdnet.GroupNormalization" && place > 2) found ??= originOf(node.inputs[0], around);
      else if (node.name === "Where" && place === 0) found ??= originOf(node.inputs[1], around);
      else if (!makers.has(node.name)) return undefined;
      else if (node.name !== "Div" || place === 0) for (const output of node.outputs) seen.add(output);
    }
  }
  return found;
}

/** Returns the input that a value, or the keys of scores, are made of, by way of the inputs that are not constants. */
function originOf(name: string, { makerOf, isConstant, isInput }: Surroundings): string | undefined {
  const seen = new Set<string>();
  let at: string | undefined = name;
  let areScores = true;
  while (at !== undefined && !seen.has(at)) {
    if (isInput(at)) return at;
    seen.add(at);
    const node = makerOf(at);
    const given = node?.inputs.filter((each) => each !== "" && !isConstant(each)) ?? [];
    const isProduct = node?.name === "MatMul" && given.length === 2;
    // A mask is before the value; keys are behind queries.
    at = node?.name === "Where" || (isProduct && areScores) ? given[1] : given[0];
    if (isProduct) areScores = false;
  }
  return undefined;
}

/** Tells whether a constant is 0, 1, 2, … */
export const isRange = ({ values, batch }: Constant): boolean =>
  !batch && values.every((value, index) => value === index);
