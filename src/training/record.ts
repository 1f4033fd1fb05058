/** What a training tells of its batches and epochs: plain records, and the sums that they are made of. */

import { now } from "../host.ts";
import type { BatchBlocks } from "./blocks.ts";
import { type Evaluation, findingsOf, type OutputEvaluation } from "./evaluation.ts";
import { nameOf } from "./forms.ts";
import { type Heads, LossSums } from "./heads.ts";
import type { Learner } from "./learner.ts";
import type { Measurements, Metric, MetricValues } from "./metrics.ts";

/** The record of an epoch. */
export interface EpochRecord<Asked extends Metric = Metric> {
  /** Counted from 1. */
  readonly epoch: number;
  /** Updates that the trainer has made in all. */
  readonly step: number;
  /** Over the epoch's batches as they were seen, each before its update. */
  readonly loss: number;
  /** The learning rate of the epoch's last update. */
  readonly learningRate: number;
  /** Each metric of the trainer, by its name, over the same batches; of several outputs they are in `outputs`. */
  readonly metrics: MetricValues<Asked>;
  /** The loss and the metrics of each output over the same batches, if several outputs have a loss. */
  readonly outputs?: readonly OutputEvaluation[] | undefined;
  /** Over the validation examples, after the epoch; undefined if there are none. */
  readonly validation: Evaluation<Asked> | undefined;
  /** Since the training began, or went on. */
  readonly seconds: number;
}

/** The record of a batch. */
export interface BatchRecord {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
}

/** An epoch as far as it has come, as plain data. */
export interface AccountState {
  /** LossSums, one of each for each loss; of a file from before there were several, one in all. */
  readonly lossSum: readonly number[];
  readonly weightSum: readonly number[];
  /** Σ of the penalties, and of the rows; absent from files that had it in `lossSum`. */
  readonly penalty?: readonly number[];
  /** What each metric has gathered. */
  readonly metrics: readonly (readonly number[])[];
}

/** The sums of an epoch under way. */
export class Account {
  readonly #learner: Learner;
  readonly #loss: Heads;
  readonly #metrics: Measurements;
  readonly #began = now();
  readonly #sums: LossSums;
  #batchLoss = 0;

  /** @throws {RangeError} if a metric does not fit the targets */
  constructor(learner: Learner, loss: Heads) {
    this.#learner = learner;
    this.#loss = loss;
    this.#metrics = learner.metrics.measurements(loss);
    this.#sums = new LossSums(loss.losses.length);
  }

  /** Begins an epoch. */
  begin(): void {
    this.#sums.begin();
    this.#metrics.begin();
  }

  /** Adds a batch of which a step has just been made. */
  add(blocks: BatchBlocks, rows: number, isDue: boolean): void {
    const { sums } = this.#learner;
    this.#sums.add(sums);
    this.#batchLoss = this.#loss.mean(sums);
    // The outputs are still those of before the update.
    if (isDue) this.#metrics.add(blocks.measured, rows);
  }

  /** Refuses an epoch in which no target of an output counted, unless its loss has a weight of 0. @throws {RangeError} naming the output */
  checkCounted(who: string): void {
    const index = this.#loss.losses.findIndex(({ lossWeight }, of) => lossWeight !== 0 && this.#sums.weights[of] === 0);
    if (index < 0) return;
    const name = nameOf(this.#learner.format, index);
    throw new RangeError(
      `${who}: ${name}: got only targets that are missing or weigh 0, need one at least that counts`,
    );
  }

  batchRecord(epoch: number): BatchRecord {
    const { steps, lastLearningRate } = this.#learner;
    return { epoch, step: steps, loss: this.#batchLoss, learningRate: lastLearningRate };
  }

  /**
   * The record of the epoch that has just ended, with what the validation examples have come to; the learning rate may fall by it.
   *
   * @throws {RangeError} if the learning rate watches what the record does not have
   */
  record(epoch: number, validation: Evaluation | undefined): EpochRecord {
    const { steps, lastLearningRate } = this.#learner;
    const record = {
      epoch,
      step: steps,
      loss: this.#loss.mean(this.#sums),
      learningRate: lastLearningRate,
      ...findingsOf(this.#loss, this.#sums, this.#metrics),
      validation,
      seconds: (now() - this.#began) / 1000,
    };
    this.#learner.rate.observe(record);
    return record;
  }

  /** What the epoch has come to; of one that is over, nothing is needed any more. */
  stateFor(isOver: boolean): AccountState {
    if (isOver) return { lossSum: [], weightSum: [], metrics: [] };
    const { sums, weights, penalty, penaltyRows } = this.#sums;
    const metrics = this.#metrics.state;
    return { lossSum: [...sums], weightSum: [...weights], penalty: [penalty, penaltyRows], metrics };
  }

  /** @throws {RangeError} if the losses or the metrics are others than those that gave it; nothing has changed then */
  set state({ lossSum, weightSum, penalty, metrics }: AccountState) {
    const sums = this.#loss.sumsOf(lossSum, weightSum, penalty);
    this.#metrics.state = metrics;
    this.#sums.begin();
    this.#sums.add(sums);
  }
}

/** Which epochs a record is made of: the first, every `every`-th from there, and the last; none if `every` is 0. */
export function isRecorded(epoch: number, { epochs, every }: { epochs: number; every: number }): boolean {
  return every > 0 && ((epoch - 1) % every === 0 || epoch === epochs);
}
