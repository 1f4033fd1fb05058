/** The order in which an epoch takes its examples, and the copying of each batch into the network's memory. */

import { plural } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { GeneratorState, RandomGenerator } from "../random.ts";
import {
  type Lengths,
  type LengthsSource,
  lengthsBy,
  type Sequences,
  startsOf,
  stepsIn,
} from "../topology/sequences.ts";
import type { BatchSize } from "../topology/trainingPlan.ts";
import type { ExampleBlocks, FlatExamples } from "./examples.ts";
import type { SourceState } from "./runState.ts";

/** The fewest numbers that `set` copies in at most half the time of a loop. For fewer, a view of each part would cost too much. */
const wide = 16;

/** A flat array in parts, which are copied one at a time. Views are made once, because a step must leave no garbage. */
class PartList {
  readonly #values: Values;
  readonly #size: number;
  readonly #views: Values[] | undefined;

  /** @param size the numbers of a part; the last part may have fewer */
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

/** Sequences of different lengths, one after the other, which are copied one at a time. */
class SequenceList {
  readonly #values: Values;
  readonly #lengths: Lengths;
  readonly #starts: Uint32Array;
  readonly #stepSize: number;
  /** The place of the next sequence in the destination. */
  #end = 0;

  constructor(values: Values, lengths: Lengths) {
    this.#values = values;
    this.#lengths = lengths;
    this.#starts = startsOf(lengths);
    this.#stepSize = values.length / this.#starts[lengths.length];
  }

  /** Copies a sequence behind the previous ones; with `to` 0, to the start of `destination`. */
  copy(part: number, destination: Values, to: number): void {
    if (to === 0) this.#end = 0;
    const size = this.#stepSize;
    const start = this.#starts[part] * size;
    const count = this.#lengths[part] * size;
    destination.set(this.#values.subarray(start, start + count), this.#end);
    this.#end += count;
  }
}

/** The destination of a batch. */
export interface BatchTarget extends ExampleBlocks {
  /** The sequences of each input whose examples differ in length. */
  readonly sequences: readonly (Sequences | undefined)[];
}

/**
 * The use of the rows that are left at the end of an epoch. "use" makes a smaller batch of them, "drop" leaves them out, "join" adds them to the
 * previous batch.
 */
export type LastBatch = "use" | "drop" | "join";

export const lastBatches: readonly LastBatch[] = ["use", "drop", "join"];

/** Refuses fewer examples than a whole batch, if smaller batches are dropped. @throws {RangeError} naming both numbers */
export function checkWholeBatch(who: string, rows: number, batchSize: number, lastBatch: LastBatch): void {
  if (lastBatch !== "drop" || rows >= batchSize) return;
  throw new RangeError(
    `${who}: got ${plural(rows, "example")} for batches of ${batchSize} with lastBatch "drop", which leaves nothing to train on; ` +
      `need ${batchSize} or more, or a smaller batchSize`,
  );
}

export interface BatchesOptions {
  readonly examples: FlatExamples;
  /** Rows of a batch. Fewer examples are a single batch. */
  readonly batchSize: number;
  /** Draws the order of each epoch. Without it, and in one batch of all rows, the rows keep their order. */
  readonly generator: RandomGenerator | undefined;
  readonly lastBatch: LastBatch;
  /** Returns true if a batch is too small to train on. Such a last batch joins the previous one. */
  readonly isTooSmall: (size: BatchSize) => boolean;
  /** The rows that a resumed epoch has taken. Default 0. */
  readonly position?: number | undefined;
}

export class Batches {
  readonly #rows: number;
  /** The parts are rows if the order is drawn or examples differ in length, otherwise whole batches. */
  readonly #inputs: readonly (PartList | SequenceList)[];
  readonly #targets: readonly (PartList | SequenceList)[];
  readonly #exampleWeights: PartList | SequenceList | undefined;
  readonly #termWeights: readonly (PartList | SequenceList)[];
  readonly #lengths: readonly (Lengths | undefined)[];
  /** The lengths of the examples of a batch, if they differ. */
  readonly #batchLengths: Lengths | undefined;
  readonly #batchSize: number;
  readonly #generator: RandomGenerator | undefined;
  readonly #order: Uint32Array;
  readonly #lastBatch: LastBatch;
  readonly #isTooSmall: BatchesOptions["isTooSmall"];
  /** True if the rows that are left join the previous batch. */
  #joins: boolean;
  /** The smallest batch of an epoch. If the order of sequences is drawn, it is the smallest possible batch. */
  least: BatchSize;
  #position: number;
  /** The rows of the batch that was taken last; 0 once it is passed. */
  #count = 0;
  /** The state of the generator before it drew the order. */
  #generatorState: GeneratorState | undefined;

  constructor({ examples, batchSize, generator, lastBatch, isTooSmall, position = 0 }: BatchesOptions) {
    this.#rows = examples.rows;
    this.#batchSize = Math.min(batchSize, examples.rows);
    this.#lastBatch = lastBatch;
    this.#isTooSmall = isTooSmall;
    this.#generator = this.#batchSize < examples.rows ? generator : undefined;
    this.#lengths = examples.inputLengths;
    // If only these rows of the epoch are left, there is no previous batch to join.
    const areLeft = position < examples.rows && position > examples.rows - this.#batchSize;
    this.#joins = !areLeft && this.#joinsNow();
    this.least = this.#least(this.#joins);
    const isRagged = this.#lengths.some((lengths) => lengths);
    this.#batchLengths = isRagged ? new Uint32Array(2 * this.#batchSize) : undefined;
    const partRows = this.#generator || isRagged ? 1 : this.#batchSize;
    const parts = (values: Values, lengths?: Lengths) => {
      if (lengths) return new SequenceList(values, lengths);
      return new PartList(values, (values.length / examples.rows) * partRows);
    };
    const { inputs, targets, exampleWeights, termWeights = [], targetLengths } = examples;
    this.#inputs = inputs.map((values, index) => parts(values, this.#lengths[index]));
    this.#targets = targets.map((values, index) => parts(values, targetLengths[index]));
    this.#exampleWeights = exampleWeights && parts(exampleWeights);
    this.#termWeights = termWeights.map((values, index) => parts(values, targetLengths[index]));
    this.#order = new Uint32Array(examples.rows);
    this.#position = examples.rows;
  }

  #least(joins: boolean): BatchSize {
    const left = this.#rows % this.#batchSize;
    const rows = left > 0 && this.#lastBatch !== "drop" && !joins ? left : this.#batchSize;
    return { rows, stepsOf: (lengths) => this.#leastSteps(lengths, rows, joins) };
  }

  /** Returns the fewest steps that a batch may have of a value whose lengths follow from those of an input. */
  #leastSteps(source: LengthsSource, leastRows: number, joins: boolean): number {
    const lengths = lengthsBy(source, this.#lengths[source.input]!);
    if (this.#generator) return stepsIn(lengths.toSorted(), 0, leastRows);
    let least = Number.POSITIVE_INFINITY;
    for (let from = 0; from < this.#rows; ) {
      const count = this.#rowsAt(from, joins);
      if (count === 0) break;
      least = Math.min(least, stepsIn(lengths, from, from + count));
      from += count;
    }
    return least;
  }

  #joinsNow(): boolean {
    if (this.#lastBatch === "join") return true;
    return this.#lastBatch === "use" && this.#rows > this.#batchSize && this.#isTooSmall(this.#least(false));
  }

  /** Returns the rows of the batch that begins at a row; 0 if the rows from there on are dropped. */
  #rowsAt(position: number, joins: boolean): number {
    const left = this.#rows - position;
    if (left < this.#batchSize) return this.#lastBatch === "drop" ? 0 : left;
    return joins && left < 2 * this.#batchSize ? left : this.#batchSize;
  }

  /** The rows of the largest batch. */
  get mostRows(): number {
    return this.#batchSize + (this.#joins ? this.#rows % this.#batchSize : 0);
  }

  /** The batches of an epoch. */
  get count(): number {
    const whole = Math.floor(this.#rows / this.#batchSize);
    const hasRest = this.#rows % this.#batchSize > 0 && this.#lastBatch !== "drop" && !this.#joins;
    return whole + (hasRest ? 1 : 0);
  }

  /** True if every epoch is the same single batch: all rows in their order. */
  get isSingleBatch(): boolean {
    return this.#generator === undefined && this.mostRows === this.#rows;
  }

  /** True if all batches of the epoch have been taken, or none has begun. */
  get isDone(): boolean {
    return this.#position === this.#rows;
  }

  /** Looks again at the last batch, because other layers may be trained than in the previous epoch. */
  prepare(): void {
    if (this.#joins === this.#joinsNow()) return;
    this.#joins = !this.#joins;
    this.least = this.#least(this.#joins);
  }

  /** Begins an epoch. */
  start(): void {
    this.#position = 0;
    for (let index = 0; index < this.#order.length; index++) this.#order[index] = index;
    if (!this.#generator) return;
    this.#generatorState = this.#generator.state;
    this.#generator.shuffle(this.#order);
  }

  /** The place in the epoch; undefined if its generator has no state that can be read. */
  get state(): SourceState | undefined {
    const generator = this.#generator ? this.#generatorState : null;
    if (generator === undefined) return undefined;
    const order = { rows: this.#rows, batchSize: this.#batchSize, generator };
    return { position: this.#position, order };
  }

  /** Goes to a place in an epoch over as many rows. The rows behind it have the order that they had. */
  goTo({ position, order }: SourceState): void {
    if (this.#generator && order?.generator) this.#generator.state = order.generator;
    this.start();
    this.#position = position;
  }

  /** Copies the next batch to the start of the blocks: the same one until `pass`. @returns its rows */
  take(blocks: BatchTarget): number {
    const count = this.#rowsAt(this.#position, this.#joins);
    if (this.#batchLengths) this.#setLengths(blocks, this.#batchLengths, count);
    if (this.#generator || this.#batchLengths) {
      for (let to = 0; to < count; to++) this.#copy(this.#order[this.#position + to], blocks, to);
    } else {
      const first = this.#position / this.#batchSize;
      // A batch that the last one has joined has two parts.
      for (let part = 0; part * this.#batchSize < count; part++) this.#copy(first + part, blocks, part);
    }
    this.#count = count;
    return count;
  }

  /** Moves on to the batch behind the one that `take` has given. */
  pass(): void {
    this.#position += this.#count;
    this.#count = 0;
    if (this.#lastBatch === "drop" && this.#rows - this.#position < this.#batchSize) this.#position = this.#rows;
  }

  /** Sets the lengths of the examples of the next batch. */
  #setLengths({ sequences }: BatchTarget, batch: Lengths, count: number): void {
    for (let input = 0; input < this.#lengths.length; input++) {
      const lengths = this.#lengths[input];
      if (!lengths) continue;
      for (let to = 0; to < count; to++) batch[to] = lengths[this.#order[this.#position + to]];
      sequences[input]!.set(batch, 0, count);
    }
  }

  #copy(part: number, blocks: ExampleBlocks, to: number): void {
    for (let index = 0; index < this.#inputs.length; index++) this.#inputs[index].copy(part, blocks.inputs[index], to);
    for (let index = 0; index < this.#targets.length; index++)
      this.#targets[index].copy(part, blocks.targets[index], to);
    if (this.#exampleWeights) this.#exampleWeights.copy(part, blocks.exampleWeights!, to);
    for (let index = 0; index < this.#termWeights.length; index++)
      this.#termWeights[index].copy(part, blocks.termWeights![index], to);
  }
}
