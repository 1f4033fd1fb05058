/** The order in which an epoch takes its examples, and the copying of each batch into the network's memory. */

import type { Values } from "../memory/kernels.ts";
import type { Generator } from "../random.ts";
import type { FlatExamples } from "./examples.ts";

export class Batches {
  readonly #examples: FlatExamples;
  readonly #features: number;
  readonly #batchSize: number;
  readonly #generator: Generator | undefined;
  readonly #order: Uint32Array;
  #position: number;

  /**
   * @param batchSize rows of a batch; the last of an epoch may have fewer
   * @param generator draws the order of each epoch; without it, and for one batch of all rows, they keep their order
   */
  constructor(examples: FlatExamples, batchSize: number, generator: Generator | undefined) {
    this.#examples = examples;
    this.#features = examples.inputs.length / examples.rows;
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
    return this.#position === this.#examples.rows;
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
    const { rows, loss } = this.#examples;
    const count = Math.min(this.#batchSize, rows - this.#position);
    this.#copy(this.#examples.inputs, inputs, this.#features, count);
    this.#copy(this.#examples.targets, targets, loss.targetWidth, count);
    this.#position += count;
    return count;
  }

  /** A plain loop: a view of each row would be garbage in every step. */
  #copy(source: Values, destination: Values, width: number, count: number): void {
    let to = 0;
    for (let index = this.#position; index < this.#position + count; index++) {
      const row = this.#generator ? this.#order[index] : index;
      for (let from = row * width; from < (row + 1) * width; from++) destination[to++] = source[from];
    }
  }
}
