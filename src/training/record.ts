/** The records of a training's batches and epochs: plain data. */

import type { Evaluation, OutputEvaluation } from "./evaluation.ts";
import type { Metric, MetricValues } from "./metrics.ts";

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

/** Returns true if a record is made of an epoch: of the first, of every `every`-th from there, and of the last; of none if `every` is 0. */
export function isRecorded(epoch: number, { epochs, every }: { epochs: number; every: number }): boolean {
  return every > 0 && ((epoch - 1) % every === 0 || epoch === epochs);
}
