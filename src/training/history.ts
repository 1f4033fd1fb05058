/** The records of a training as plain arrays, ready to be drawn or saved. */

import type { EpochRecord } from "./loop.ts";
import type { MetricName } from "./metrics.ts";

/** One array a field, one element a record. */
export interface History {
  readonly epoch: number[];
  readonly loss: number[];
  readonly learningRate: number[];
  readonly metrics: { [Name in MetricName]?: number[] };
  /** Empty unless there were validation examples. */
  readonly validation: { loss?: number[] } & { [Name in MetricName]?: number[] };
}

export function emptyHistory(): History {
  return { epoch: [], loss: [], learningRate: [], metrics: {}, validation: {} };
}

export function append(history: History, { epoch, loss, learningRate, metrics, validation }: EpochRecord): void {
  history.epoch.push(epoch);
  history.loss.push(loss);
  history.learningRate.push(learningRate);
  appendEach(history.metrics, metrics);
  if (validation) appendEach(history.validation, validation);
}

function appendEach(lists: Record<string, number[] | undefined>, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    lists[name] ??= [];
    lists[name].push(value);
  }
}
