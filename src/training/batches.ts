/** The order in which an epoch takes its examples, and the copying of each batch into the network's memory. */

import type { Values } from "../kernels/dtype.ts";
import type { Generator, GeneratorState } from "../random.ts";
import type { ExampleBlocks, FlatExamples } from "./examples.ts";

/** From so many numbers on, `set` copies them in half the time of a loop or less; below, a view of each part would cost too much. */
const wide = 16;

/** A flat array in parts, to be copied one at a time; what that needs is made once, as a step must leave no garbage. */
class PartList {
  readonly #values: Values;
  readonly #size: number;
  readonly #views: Values[] | undefined;

  /** @param size numbers of a part; the last may have fewer */
  constructor(values: Values, size: number) {
    this.#values = values;
    this.#size = size;
    const view = (_: unknown, part: number) => values.subarray(part * size, (part + 1) * size);
    this.#views = size < wide ? undefined : Array.from({ length: Math.ceil(values.length / size) }, view);
  }

  /** Copies a part to the place of part `to` in `destination`. */
  copy(part: number, destination: Values, to: number): void {
    const size = this.#size;
    if (this.#views) {
      destination.set(this.#views[part], to * size);
      return;
    }
    const start = part * size;
    const end = Math.min(start + size, this.#values.length);
    const shift = to * size - start;
    for (let index = start; index < end; index++) destination[index + shift] = this.#values[index];
  }
}

/** Where an epoch stands, as plain data. */
export interface BatchesState {
  readonly rows: number;
  readonly batchSize: number;
  /** Of the generator, before it drew the order; null where none is drawn. */
  readonly generator: GeneratorState | null;
  /** Rows taken. */
  readonly position: number;
  readonly isDone: boolean;
}

export class Batches {
  readonly #rows: number;
  /** Their parts are rows where the order is drawn, else whole batches. */
  readonly #inputs: readonly PartList[];
  readonly #targets: readonly PartList[];
  readonly #exampleWeights: PartList | undefined;
  readonly #batchSize: number;
  readonly #generator: Generator | undefined;
  readonly #order: Uint32Array;
  #position: number;
  /** Of the generator, before it drew the order. */
  #generatorState: GeneratorState | undefined;

  /**
   * @param batchSize rows of a batch; the last of an epoch may have fewer
   * @param generator draws the order of each epoch; without it, and for one batch of all rows, they keep their order
   */
  constructor(examples: FlatExamples, batchSize: number, generator: Generator | undefined) {
    this.#rows = examples.rows;
    this.#batchSize = Math.min(batchSize, examples.rows);
    this.#generator = this.#batchSize < examples.rows ? generator : undefined;
    const partRows = this.#generator ? 1 : this.#batchSize;
    const parts = (values: Values) => new PartList(values, (values.length / examples.rows) * partRows);
    this.#inputs = examples.inputs.map(parts);
    this.#targets = examples.targets.map(parts);
    this.#exampleWeights = examples.exampleWeights && parts(examples.exampleWeights);
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
    this.#generatorState = this.#generator.state;
    for (let index = 0; index < this.#order.length; index++) this.#order[index] = index;
    this.#generator.shuffle(this.#order);
  }

  /** Where the epoch stands; undefined if its generator has no state that can be read. */
  get state(): BatchesState | undefined {
    const generator = this.#generator ? this.#generatorState : null;
    if (generator === undefined) return undefined;
    return { rows: this.#rows, batchSize: this.#batchSize, generator, position: this.#position, isDone: this.isDone };
  }

  /** Goes to where an epoch over as many rows stood; what it has not yet taken comes in the same order. */
  set state({ generator, position }: BatchesState) {
    if (this.#generator && generator) this.#generator.state = generator;
    this.start();
    this.#position = position;
  }

  /** Copies the next batch to the start of the blocks. @returns its rows */
  take(blocks: ExampleBlocks): number {
    const count = Math.min(this.#batchSize, this.#rows - this.#position);
    if (this.#generator) {
      for (let to = 0; to < count; to++) this.#copy(this.#order[this.#position + to], blocks, to);
    } else {
      this.#copy(this.#position / this.#batchSize, blocks, 0);
    }
    this.#position += count;
    return count;
  }

  #copy(part: number, blocks: ExampleBlocks, to: number): void {
    for (let index = 0; index < this.#inputs.length; index++) this.#inputs[index].copy(part, blocks.inputs[index], to);
    for (let index = 0; index < this.#targets.length; index++)
      this.#targets[index].copy(part, blocks.targets[index], to);
    if (this.#exampleWeights) this.#exampleWeights.copy(part, blocks.exampleWeights!, to);
  }
}
