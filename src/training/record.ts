/** The records of a training's batches and epochs: plain data. */

import type { Evaluation, OutputEvaluation } from "./evaluation.ts";
import type { Metric, MetricValues } from "./metrics.ts";

/** The record of an epoch. */
export interface EpochRecord<Asked extends Metric = Metric> {
  /** The epoch, counted from 1. */
  readonly epoch: number;
  /** The updates that the trainer has made in all. */
  readonly step: number;
  /** The loss over the epoch's batches, each before its update. */
  readonly loss: number;
  /** The learning rate of the epoch's last update. */
  readonly learningRate: number;
  /** The metrics over the same batches, by their names. With several outputs, they are in `outputs`. */
  readonly metrics: MetricValues<Asked>;
  /** The loss and the metrics of each output over the same batches, if several outputs have a loss. */
  readonly outputs?: readonly OutputEvaluation[] | undefined;
  /** The loss and the metrics over the validation examples after the epoch; undefined if there are none. */
  readonly validation: Evaluation<Asked> | undefined;
  /** The seconds since the training began or was resumed. */
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
