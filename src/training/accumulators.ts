/**
 * The sums of metrics over batches. They come to the same result however the examples are divided into batches. Kernels do the counting; only
 * the list of scores, and views of targets that may be missing, are allocated for a batch.
 */

import type { Arena } from "../memory/arena.ts";
import type { Sequences } from "../topology/sequences.ts";

/** The places of a batch after its forward pass. */
export interface MeasuredBlocks {
  readonly outputAddress: number;
  readonly targetAddress: number;
  /** The sequences whose steps are the rows, if they differ in length. */
  readonly sequences: Sequences | undefined;
  /** Space for a tally while a kernel adds to it. */
  readonly tallyAddress: number;
  readonly tally: Float64Array;
  /** Space for a copy of the outputs and one of the targets, each as large as the output. Present if targets may be missing. */
  readonly copies?: { readonly weights: number; readonly targets: number } | undefined;
}

export interface Accumulator {
  /** Forgets all batches. */
  begin(): void;
  /** Adds the first `rows` rows of the blocks. */
  add(blocks: MeasuredBlocks, rows: number): void;
  /** Returns the metric over all rows since `begin`; NaN if there are none. */
  value(): number | number[][];
  /** The sums since `begin` as plain numbers. */
  state: readonly number[];
  /** Returns true if these numbers may be a state. */
  fits(state: readonly number[]): boolean;
}

/** Returns true if a number may be a count of rows or cases. */
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** A mean over the terms of all rows, or a function of it. */
export class Mean implements Accumulator {
  readonly #sumOf: (output: number, targets: number, rows: number) => number;
  readonly #termsPerRow: number;
  readonly #finish: (mean: number) => number;
  #sum = 0;
  #rows = 0;

  /** @param sumOf returns the sum of all terms of `rows` rows, each of which has `termsPerRow` */
  constructor(
    sumOf: (output: number, targets: number, rows: number) => number,
    termsPerRow: number,
    finish = (mean: number) => mean,
  ) {
    this.#sumOf = sumOf;
    this.#termsPerRow = termsPerRow;
    this.#finish = finish;
  }

  begin(): void {
    this.#sum = 0;
    this.#rows = 0;
  }

  add({ outputAddress, targetAddress }: MeasuredBlocks, rows: number): void {
    this.#sum += this.#sumOf(outputAddress, targetAddress, rows);
    this.#rows += rows;
  }

  value(): number {
    return this.#finish(this.#sum / (this.#rows * this.#termsPerRow));
  }

  get state(): readonly number[] {
    return [this.#sum, this.#rows];
  }

  fits(state: readonly number[]): boolean {
    const [sum, rows] = state;
    return state.length === 2 && sum >= 0 && isCount(rows);
  }

  set state([sum, rows]: readonly number[]) {
    this.#sum = sum;
    this.#rows = rows;
  }
}

/** A kernel that adds `rows` rows to a tally after `seen` others. */
export type Count = (output: number, targets: number, tally: number, rows: number, seen: number) => void;

/** Counts that a kernel adds to. Between batches they are kept here, because growth rearranges the network's memory. */
export class Tally implements Accumulator {
  readonly #values: Float64Array;
  readonly #count: Count;
  readonly #finish: (values: Float64Array, rows: number) => number | number[][];
  readonly #isPossible: (value: number) => boolean;
  #rows = 0;
  /** The space in the network's memory, and its part that is as long as the values. */
  #room: Float64Array | undefined;
  #place: Float64Array = new Float64Array(0);

  /** @param isPossible returns true if a state may have this number. By default it must be a count of cases */
  constructor(
    length: number,
    count: Count,
    finish: (values: Float64Array, rows: number) => number | number[][],
    isPossible: (value: number) => boolean = isCount,
  ) {
    this.#values = new Float64Array(length);
    this.#count = count;
    this.#finish = finish;
    this.#isPossible = isPossible;
  }

  begin(): void {
    this.#values.fill(0);
    this.#rows = 0;
  }

  add({ outputAddress, targetAddress, tallyAddress, tally }: MeasuredBlocks, rows: number): void {
    if (this.#room !== tally) {
      this.#room = tally;
      this.#place = tally.subarray(0, this.#values.length);
    }
    this.#place.set(this.#values);
    this.#count(outputAddress, targetAddress, tallyAddress, rows, this.#rows);
    this.#values.set(this.#place);
    this.#rows += rows;
  }

  value(): number | number[][] {
    return this.#finish(this.#values, this.#rows);
  }

  /** The rows added since `begin`. */
  get rows(): number {
    return this.#rows;
  }

  get state(): readonly number[] {
    return [this.#rows, ...this.#values];
  }

  fits(state: readonly number[]): boolean {
    const [rows, ...values] = state;
    return state.length === 1 + this.#values.length && isCount(rows) && values.every(this.#isPossible);
  }

  set state([rows, ...values]: readonly number[]) {
    this.#rows = rows;
    this.#values.set(values);
  }
}

/** A list of numbers that grows. */
class Scores {
  #values = new Float64Array(64);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  push(score: number): void {
    if (this.#count === this.#values.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#count++] = score;
  }

  /** All scores: in the order in which they came, until they are sorted. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }

  /** Sorts the scores from the smallest to the largest, NaN last. */
  sorted(): Float64Array {
    return this.values.sort();
  }
}

export interface RankingOptions {
  readonly arena: Arena;
  /** The numbers of an output: 1, or 2 for two classes. */
  readonly outputs: number;
  /** The numbers of a target: 1, or 2 for rows whose largest number is the class. */
  readonly targetColumns: number;
  /** True if two outputs are probabilities: then the second is the score. Otherwise their difference is. */
  readonly isOfProbabilities: boolean;
}

/**
 * The area under the receiver operating characteristic: the share of pairs of a positive and a negative example in which the positive one has the
 * higher score. Equal scores count half. NaN without such a pair, or if a score is NaN.
 */
export class Ranking implements Accumulator {
  readonly #options: RankingOptions;
  readonly #positives = new Scores();
  readonly #negatives = new Scores();

  constructor(options: RankingOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#positives.clear();
    this.#negatives.clear();
  }

  add({ outputAddress, targetAddress }: MeasuredBlocks, rows: number): void {
    const { arena, outputs: width, targetColumns, isOfProbabilities } = this.#options;
    const outputs = arena.view(outputAddress, rows * width);
    const targets = arena.view(targetAddress, rows * targetColumns);
    for (let row = 0; row < rows; row++) {
      const score = outputs[(row + 1) * width - 1] - (width === 1 || isOfProbabilities ? 0 : outputs[row * width]);
      const isPositive = targetColumns === 1 ? targets[row] > 0.5 : targets[2 * row + 1] > targets[2 * row];
      (isPositive ? this.#positives : this.#negatives).push(score);
    }
  }

  value(): number {
    const positives = this.#positives.sorted();
    const negatives = this.#negatives.sorted();
    if (Number.isNaN(positives.at(-1)) || Number.isNaN(negatives.at(-1))) return Number.NaN;
    let below = 0;
    let notAbove = 0;
    let pairs = 0;
    for (const score of positives) {
      while (negatives[below] < score) below++;
      while (negatives[notAbove] <= score) notAbove++;
      pairs += (below + notAbove) / 2;
    }
    return pairs / (positives.length * negatives.length);
  }

  get state(): readonly number[] {
    const { values } = this.#positives;
    return [values.length, ...values, ...this.#negatives.values];
  }

  fits([positiveCount, ...scores]: readonly number[]): boolean {
    return isCount(positiveCount) && positiveCount <= scores.length;
  }

  set state([positiveCount, ...scores]: readonly number[]) {
    this.begin();
    scores.forEach((score, index) => {
      (index < positiveCount ? this.#positives : this.#negatives).push(score);
    });
  }
}
