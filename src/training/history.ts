/** The records of a training as plain arrays, ready to be drawn or saved. */

import type { Evaluation } from "./evaluation.ts";
import type { MetricValues } from "./metrics.ts";
import type { EpochRecord } from "./record.ts";

/** A list for each of `Values`. */
type Lists<Values> = { readonly [Name in keyof Values]: Values[Name][] };

/** One array a field, one element a record. */
export interface History {
  readonly epoch: number[];
  readonly loss: number[];
  readonly learningRate: number[];
  readonly metrics: Lists<MetricValues>;
  /** "loss" and the metrics on the validation examples; empty if there are none. */
  readonly validation: Lists<Evaluation>;
}

export function emptyHistory(): History {
  const [metrics, validation] = [{} as History["metrics"], {} as History["validation"]];
  return { epoch: [], loss: [], learningRate: [], metrics, validation };
}

export function append(history: History, { epoch, loss, learningRate, metrics, validation }: EpochRecord): void {
  history.epoch.push(epoch);
  history.loss.push(loss);
  history.learningRate.push(learningRate);
  appendEach(history.metrics, metrics);
  if (validation) appendEach(history.validation, validation);
}

function appendEach<Values extends MetricValues>(lists: Lists<Values>, values: Values): void {
  const byName = lists as Record<string, unknown[]>;
  for (const [name, value] of Object.entries(values)) {
    byName[name] ??= [];
    byName[name].push(value);
  }
}
