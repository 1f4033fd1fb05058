/** The order in which an epoch takes its examples, and the copying of each batch into the network's memory. */

import type { Values } from "../memory/kernels.ts";
import type { Generator } from "../random.ts";
import type { FlatExamples } from "./examples.ts";

/** From this width on, `set` copies a row in half the time of a loop or less; below, a view of each row would cost too much memory. */
const wideRow = 16;

/** The rows of a flat array, to be copied one at a time; what that needs is made once, as a step must leave no garbage. */
class RowList {
  readonly #values: Values;
  readonly #width: number;
  readonly #views: Values[] | undefined;

  constructor(values: Values, rows: number) {
    const width = values.length / rows;
    this.#values = values;
    this.#width = width;
    const view = (_: unknown, row: number) => values.subarray(row * width, (row + 1) * width);
    this.#views = width < wideRow ? undefined : Array.from({ length: rows }, view);
  }

  /** Copies a row to the place of row `to` in `destination`. */
  copy(row: number, destination: Values, to: number): void {
    const width = this.#width;
    if (this.#views) {
      destination.set(this.#views[row], to * width);
      return;
    }
    const from = row * width;
    const start = to * width;
    for (let column = 0; column < width; column++) destination[start + column] = this.#values[from + column];
  }
}

export class Batches {
  readonly #rows: number;
  readonly #inputs: RowList;
  readonly #targets: RowList;
  readonly #batchSize: number;
  readonly #generator: Generator | undefined;
  readonly #order: Uint32Array;
  #position: number;

  /**
   * @param batchSize rows of a batch; the last of an epoch may have fewer
   * @param generator draws the order of each epoch; without it, and for one batch of all rows, they keep their order
   */
  constructor(examples: FlatExamples, batchSize: number, generator: Generator | undefined) {
    this.#rows = examples.rows;
    this.#inputs = new RowList(examples.inputs, examples.rows);
    this.#targets = new RowList(examples.targets, examples.rows);
    this.#batchSize = Math.min(batchSize, examples.rows);
    this.#generator = this.#batchSize < examples.rows ? generator : undefined;
    this.#order = new Uint32Array(examples.rows);
    this.#position = examples.rows;
  }

  /** Rows of the largest batch. */
  get batchSize(): number {
    return this.#batchSize;
  }

  /** Whether every example of the epoch has been taken. */
  get isDone(): boolean {
    return this.#position === this.#rows;
  }

  /** Begins an epoch. */
  start(): void {
    this.#position = 0;
    if (!this.#generator) return;
    for (let index = 0; index < this.#order.length; index++) this.#order[index] = index;
    this.#generator.shuffle(this.#order);
  }

  /** Copies the next batch to the start of the blocks. @returns its rows */
  take(inputs: Values, targets: Values): number {
    const count = Math.min(this.#batchSize, this.#rows - this.#position);
    for (let to = 0; to < count; to++) {
      const row = this.#generator ? this.#order[this.#position + to] : this.#position + to;
      this.#inputs.copy(row, inputs, to);
      this.#targets.copy(row, targets, to);
    }
    this.#position += count;
    return count;
  }
}
