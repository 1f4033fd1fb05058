/** The sequences of a batch, where they differ in length: their steps lie one after the other, so layers on each step see a batch of steps. */

import type { Values } from "../kernels/dtype.ts";
import { type Address, batchIntegers } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Draws } from "./layers/layer.ts";

/** The number of steps of each sequence. */
export type Lengths = Uint32Array;

/** Returns how many rows a value has in a batch of `rows` examples: as many, or one for each step of sequences that differ in length. */
export const rowsOf = (sequences: Sequences | undefined, rows: number): number => sequences?.steps ?? rows;

/** Returns how many steps some of the sequences have together. */
export function stepsIn(lengths: Lengths, from = 0, to = lengths.length): number {
  let steps = 0;
  for (let row = from; row < to; row++) steps += lengths[row];
  return steps;
}

/** Returns where each sequence begins among the steps of all, and where the last ends. */
export function startsOf(lengths: Lengths): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let row = 0; row < lengths.length; row++) starts[row + 1] = starts[row] + lengths[row];
  return starts;
}

/** The sequences of one input in a plan. */
export class Sequences {
  /** Where each begins, and the end of the last (assembly/program/sequences.ts). */
  readonly offsets: Address;
  /** The record of the batch that their steps are. */
  readonly batch: Address;
  readonly #arena: Arena;
  #count = 0;
  #steps = 0;

  /** @param capacity sequences of the largest batch */
  constructor(arena: Arena, capacity: number) {
    this.#arena = arena;
    this.offsets = arena.allocateIntegers(capacity + 1);
    this.batch = arena.allocateIntegers(batchIntegers);
  }

  /** Steps of all of them together. */
  get steps(): number {
    return this.#steps;
  }

  /** Says how long `count` sequences are, the first of them at `from` in `lengths`. */
  set(lengths: Lengths, from = 0, count = lengths.length): void {
    const offsets = this.#arena.integers(this.offsets, count + 1);
    let steps = 0;
    for (let index = 0; index < count; index++) {
      offsets[index] = steps;
      steps += lengths[from + index];
    }
    offsets[count] = steps;
    this.#count = count;
    this.#steps = steps;
  }

  /** Returns where sequence `index` begins among the steps; for the number of sequences, where they end. */
  first(index: number): number {
    return this.#arena.integers(this.offsets, index + 1)[index];
  }

  /** Writes into `steps`, for each step of all sequences, the value of its sequence. */
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
