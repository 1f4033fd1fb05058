/** The training loop: epochs of batches, and the records it makes of them. */

import type { Batches } from "./batches.ts";
import type { Evaluation } from "./evaluation.ts";
import type { FlatExamples } from "./examples.ts";
import type { Learner } from "./learner.ts";
import type { Measurement, MetricValues } from "./metrics.ts";

/** What an epoch has come to. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Updates that the trainer has made in all. */
  readonly step: number;
  /** Over the epoch's batches as they were seen, each before its update. */
  readonly loss: number;
  /** Of the epoch's last update. */
  readonly learningRate: number;
  /** Each metric of the trainer, by its name, over the same batches. */
  readonly metrics: MetricValues;
  /** Over the validation examples, after the epoch; undefined if there are none. */
  readonly validation: Evaluation | undefined;
  /** Since the loop began. */
  readonly seconds: number;
}

/** What a batch has come to. */
export interface BatchRecord {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** Of its update. */
  readonly learningRate: number;
}

export interface LoopOptions {
  readonly learner: Learner;
  readonly batches: Batches;
  readonly examples: FlatExamples;
  readonly epochs: number;
  /** Records are made of the first epoch, of every `every`-th from there, and of the last. */
  readonly every: number;
  /** Whether a record is made of each batch. */
  readonly reportsBatches: boolean;
}

/** Steps that are made at once: some milliseconds at most, so that a long training can give way. */
const mostRepeats = 100;

export class Loop {
  readonly #options: LoopOptions;
  readonly #metrics: Measurement;
  readonly #began = performance.now();
  #epoch = 0;
  #lossSum = 0;
  #weightSum = 0;
  #batchLoss = 0;

  /** @throws {RangeError} if a metric does not fit the targets */
  constructor(options: LoopOptions) {
    this.#options = options;
    this.#metrics = options.learner.metrics(options.examples.loss);
  }

  /** Whether the last epoch has ended. */
  get isDone(): boolean {
    return this.#epoch === this.#options.epochs && this.isEpochDone;
  }

  /** Whether the next batch begins an epoch. */
  get isEpochDone(): boolean {
    return this.#options.batches.isDone;
  }

  /** Whether the epoch under way is one that a record is made of. */
  get isDue(): boolean {
    const { epochs, every } = this.#options;
    return (this.#epoch - 1) % every === 0 || this.#epoch === epochs;
  }

  /**
   * Trains on one batch; or, where a batch is an epoch of a small network, on many epochs, of which only the last may be due.
   *
   * @throws {DivergenceError} if its loss or its update is not finite
   */
  batch(): void {
    const { learner, batches, examples } = this.#options;
    // First, because the memory may refuse, and then nothing has been drawn.
    const blocks = learner.prepare(batches.batchSize, examples.loss);
    if (batches.isDone) this.#startEpoch();
    const rows = batches.take(blocks);
    if (rows === examples.rows) {
      this.#epoch += learner.repeat(blocks, rows, examples.loss, this.#repeatable, this.#epoch);
    }
    const sum = learner.step(blocks, rows, examples.loss, this.#epoch);
    this.#lossSum += sum;
    this.#weightSum += learner.weight;
    this.#batchLoss = examples.loss.mean(sum, learner.weight);
    // The outputs are still those of before the update.
    if (this.isDue) this.#metrics.add(blocks, rows);
    if (batches.isDone) learner.endEpoch();
  }

  /** Epochs, from the one under way, before the next that is due; none if each batch is reported. */
  get #repeatable(): number {
    const { epochs, every, reportsBatches } = this.#options;
    const sinceDue = (this.#epoch - 1) % every;
    if (reportsBatches || sinceDue === 0) return 0;
    return Math.min(every - sinceDue, epochs - this.#epoch, mostRepeats);
  }

  batchRecord(): BatchRecord {
    const { steps, lastLearningRate } = this.#options.learner;
    return { epoch: this.#epoch, step: steps, loss: this.#batchLoss, learningRate: lastLearningRate };
  }

  /**
   * The record of the epoch that has just ended, with what the validation examples have come to; the learning rate may fall by it.
   *
   * @throws {RangeError} if the learning rate watches what the record does not have
   */
  record(validation: Evaluation | undefined): EpochRecord {
    const { learner, examples } = this.#options;
    const record = {
      epoch: this.#epoch,
      step: learner.steps,
      loss: examples.loss.mean(this.#lossSum, this.#weightSum),
      learningRate: learner.lastLearningRate,
      metrics: this.#metrics.values(),
      validation,
      seconds: (performance.now() - this.#began) / 1000,
    };
    learner.observe(record);
    return record;
  }

  #startEpoch(): void {
    this.#epoch++;
    this.#lossSum = 0;
    this.#metrics.begin();
    this.#weightSum = 0;
    this.#options.batches.start();
  }
}
