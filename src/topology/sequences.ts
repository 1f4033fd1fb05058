/**
 * The sequences of a batch, if they have different lengths. Their steps are one after the other, so a layer that acts on each step sees a
 * batch of steps.
 */

import type { Values } from "../kernels/dtype.ts";
import { type Address, batchIntegers } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Graph } from "./graph.ts";
import type { Draws, SequenceWindows, WindowTable } from "./layers/layer.ts";
import { type StepRule, stepsBy } from "./layers/lengths.ts";
import type { Value } from "./layers/value.ts";

/** The number of steps of each sequence. */
export type Lengths = Uint32Array;

/**
 * Returns the number of rows of a value in a batch of `rows` examples: one for each example, or one for each step of sequences of different
 * lengths.
 */
export const rowsOf = (sequences: Sequences | undefined, rows: number): number => sequences?.steps ?? rows;

/** Returns the number of steps that some of the sequences have together. */
export function stepsIn(lengths: Lengths, from = 0, to = lengths.length): number {
  let steps = 0;
  for (let row = from; row < to; row++) steps += lengths[row];
  return steps;
}

/** Returns the index of each sequence's first step among all steps, and the end of the last. */
export function startsOf(lengths: Lengths): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let row = 0; row < lengths.length; row++) starts[row + 1] = starts[row] + lengths[row];
  return starts;
}

/** Applies a rule to lengths. */
export const lengthsBy = (rule: StepRule, lengths: Lengths): Lengths => lengths.map((steps) => stepsBy(rule, steps));

/** The source of an output's lengths: the index of an input of the graph, and the rule by which layers change its lengths. */
export interface LengthsSource extends StepRule {
  readonly input: number;
}

/** Returns the source of an output's lengths, or undefined if all of its examples have the full shape. */
export function lengthsSource({ inputs }: Graph, { lengths }: Value): LengthsSource | undefined {
  if (!lengths) return undefined;
  const input = inputs.findIndex((each) => each.lengths?.origin === lengths.origin);
  return { input, ...lengths.after(inputs[input].lengths!) };
}

/** The integers of a SequenceWindows in assembly/convolution/geometry.ts. */
const tableIntegers = 5;

/** The sequences of a value in a plan: those of an input, or those that layers derive from them. */
export class Sequences {
  /** The start of each sequence, and the end of the last (assembly/program/sequences.ts). */
  readonly offsets: Address;
  /** The record of the batch of their steps. */
  readonly batch: Address;
  readonly #arena: Arena;
  readonly #capacity: number;
  /** The sequences derived from these, each with the rule for its steps. */
  readonly #made: { readonly rule: StepRule; readonly sequences: Sequences }[] = [];
  /** Functions that write tables of windows, on these sequences or on derived ones. */
  readonly #tables: ((count: number) => void)[] = [];
  #count = 0;
  #steps = 0;

  /** @param capacity the number of sequences of the largest batch */
  constructor(arena: Arena, capacity: number) {
    this.#arena = arena;
    this.#capacity = capacity;
    this.offsets = arena.allocateIntegers(capacity + 1);
    this.batch = arena.allocateIntegers(batchIntegers);
  }

  /** The number of steps of all sequences together. */
  get steps(): number {
    return this.#steps;
  }

  /** Returns derived sequences, whose numbers of steps follow from these by a rule. They change whenever these are set. */
  by(rule: StepRule): Sequences {
    const sequences = new Sequences(this.#arena, this.#capacity);
    this.#made.push({ rule, sequences });
    return sequences;
  }

  /**
   * Makes a table of windows, which is written whenever these sequences are set.
   *
   * @param input the sequences whose steps determine the windows: these, or derived ones
   * @param output the sequences of the layer's output; undefined if it has a row for each sequence
   * @returns the table's address
   */
  addTable({ windowsOn, isBackward }: WindowTable, input: Sequences, output: Sequences | undefined): Address {
    const table = this.#arena.allocateIntegers(tableIntegers * this.#capacity);
    // Windows are kept by the number of steps, so that a step allocates nothing.
    const known: SequenceWindows[] = [];
    this.#tables.push((count) => {
      const records = this.#arena.integers(table, tableIntegers * count);
      const inputs = this.#arena.integers(input.offsets, count + 1);
      const outputs = output && this.#arena.integers(output.offsets, count + 1);
      const read = isBackward ? outputs! : inputs;
      const written = isBackward ? inputs : outputs;
      for (let row = 0; row < count; row++) {
        const steps = inputs[row + 1] - inputs[row];
        known[steps] ??= windowsOn(steps);
        const { padLeft, outputWidth, firstOutput } = known[steps];
        const start = tableIntegers * row;
        records[start] = read[row];
        records[start + 1] = read[row + 1] - read[row];
        records[start + 2] = padLeft;
        records[start + 3] = (written ? written[row] : row) + firstOutput;
        records[start + 4] = outputWidth;
      }
    });
    return table;
  }

  /** Sets the lengths of `count` sequences, from index `from` of `lengths` on. */
  set(lengths: Lengths, from = 0, count = lengths.length): void {
    this.#set(lengths, from, count);
    for (const { rule, sequences } of this.#made) sequences.#set(lengths, from, count, rule);
    for (const write of this.#tables) write(count);
  }

  #set(lengths: Lengths, from: number, count: number, rule?: StepRule): void {
    const offsets = this.#arena.integers(this.offsets, count + 1);
    let steps = 0;
    for (let index = 0; index < count; index++) {
      offsets[index] = steps;
      steps += rule ? stepsBy(rule, lengths[from + index]) : lengths[from + index];
    }
    offsets[count] = steps;
    this.#count = count;
    this.#steps = steps;
  }

  /** Returns the index of the first step of sequence `index`, or the end of all steps if `index` is the number of sequences. */
  first(index: number): number {
    return this.#arena.integers(this.offsets, index + 1)[index];
  }

  /** Copies the value of each sequence to all of its steps. */
  spread(values: Values, steps: Values): void {
    const offsets = this.#arena.integers(this.offsets, this.#count + 1);
    for (let index = 0; index < this.#count; index++) steps.fill(values[index], offsets[index], offsets[index + 1]);
  }

  /** Readies the batch of steps for a pass. */
  begin({ seed, step }: Draws): void {
    const batch = this.#arena.integers(this.batch, batchIntegers);
    batch[0] = this.#steps;
    batch[1] = seed;
    batch[2] = step;
  }
}
