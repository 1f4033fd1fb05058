/**
 * What metrics gather of one batch after the other, so that a set of examples comes to the same however it is divided
 * into batches. Kernels do the counting; only the list of scores, and views of targets that may be missing, are made for a batch.
 */

import type { Arena } from "../memory/arena.ts";
import type { Sequences } from "../topology/sequences.ts";

/** Where a batch lies that has gone forward. */
export interface MeasuredBlocks {
  readonly outputAddress: number;
  readonly targetAddress: number;
  /** The sequences whose steps are the rows, if they differ in length. */
  readonly measured: Sequences | undefined;
  /** Room for a tally, while a kernel adds to it. */
  readonly tallyAddress: number;
  readonly tally: Float64Array;
  /** Room as large as the output for two copies, of outputs and of targets; there where targets may be missing. */
  readonly room?: { readonly weights: number; readonly targets: number } | undefined;
}

export interface Accumulator {
  /** Forgets every batch. */
  begin(): void;
  /** Takes the first `rows` rows of the blocks. */
  add(blocks: MeasuredBlocks, rows: number): void;
  /** What all rows since `begin` have come to; NaN if there are none. */
  value(): number | number[][];
  /** What has been gathered since `begin`, to be put back later. */
  state: readonly number[];
  /** Whether these numbers may be a state. */
  fits(state: readonly number[]): boolean;
}

/** Returns whether a state's number of rows, or of cases, can be one. */
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** A mean over the terms of all rows, or a function of it. */
export class Mean implements Accumulator {
  readonly #sumOf: (output: number, targets: number, rows: number) => number;
  readonly #termsPerRow: number;
  readonly #finish: (mean: number) => number;
  #sum = 0;
  #rows = 0;

  /** @param sumOf the sum of the `termsPerRow` terms of each of so many rows */
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

/** A kernel that adds rows to a tally; `seen` rows have been added before. */
export type Count = (output: number, targets: number, tally: number, rows: number, seen: number) => void;

/** Numbers that a kernel adds to, kept here between the batches: the network's memory is laid out anew when it grows. */
export class Tally implements Accumulator {
  readonly #values: Float64Array;
  readonly #count: Count;
  readonly #finish: (values: Float64Array, rows: number) => number | number[][];
  readonly #isPossible: (value: number) => boolean;
  #rows = 0;
  /** The room in the network's memory, and the part of it that is as long as the values. */
  #room: Float64Array | undefined;
  #place: Float64Array = new Float64Array(0);

  /** @param isPossible whether a state may have this number, by default a count of cases */
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

  /** How many rows it has taken. */
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

  /** In the order of their coming, unless they have been sorted. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }

  /** From the least; NaN last. */
  sorted(): Float64Array {
    return this.values.sort();
  }
}

export interface RankingOptions {
  readonly arena: Arena;
  /** 1, or 2 for two classes. */
  readonly outputs: number;
  /** 1, or 2 for rows whose largest is the class. */
  readonly targetColumns: number;
  /** Whether two outputs are probabilities, of which the second is the score, or any, whose difference is. */
  readonly isOfProbabilities: boolean;
}

/**
 * The area under the receiver operating characteristic: how many pairs of an example of class 1 and one of class 0 have
 * their scores in this order, equal ones counting half. NaN without such a pair, or if a score is NaN.
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
