/** The records of a training as plain arrays, ready to be drawn or saved. */

import type { EpochRecord } from "./loop.ts";

/** One array a field, one element a record. */
export interface History {
  readonly epoch: number[];
  readonly loss: number[];
  readonly learningRate: number[];
  readonly metrics: Record<string, number[]>;
  /** "loss" and the metrics on the validation examples; empty if there are none. */
  readonly validation: Record<string, number[]>;
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

function appendEach(lists: Record<string, number[]>, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    lists[name] ??= [];
    lists[name].push(value);
  }
}
