/** The records of a training as plain arrays, for charts and files. */

import type { Evaluation, OutputEvaluation } from "./evaluation.ts";
import type { Metric, MetricValues } from "./metrics.ts";
import type { EpochRecord } from "./record.ts";

/** A list for each of `Values`. */
export type Lists<Values> = { readonly [Name in keyof Values]: Exclude<Values[Name], undefined>[] };

/** The history of a training: an array for each field, with an element for each record. */
export interface History<Asked extends Metric = Metric> {
  readonly epoch: number[];
  readonly loss: number[];
  readonly learningRate: number[];
  readonly metrics: MetricLists<Asked>;
  /** The loss and the metrics of each output, for each record; present if several outputs have a loss. */
  readonly outputs?: (readonly OutputEvaluation[])[] | undefined;
  /** The loss, the metrics and `outputs` on the validation examples; empty if there are none. */
  readonly validation: Partial<EvaluationLists<Asked>>;
}

/** The history of a training with validation examples. */
export interface ValidatedHistory<Asked extends Metric = Metric> extends History<Asked> {
  readonly validation: EvaluationLists<Asked>;
}

/** A list for each metric. */
export type MetricLists<Asked extends Metric = Metric> = Lists<MetricValues<Asked>>;

/** A list of losses, and one for each metric. */
export type EvaluationLists<Asked extends Metric = Metric> = Lists<Evaluation<Asked>>;

export function emptyHistory(): History {
  const [metrics, validation] = [{} as History["metrics"], {} as History["validation"]];
  return { epoch: [], loss: [], learningRate: [], metrics, validation };
}

export function append(history: History, record: EpochRecord): void {
  const { epoch, loss, learningRate, metrics, outputs, validation } = record;
  history.epoch.push(epoch);
  history.loss.push(loss);
  history.learningRate.push(learningRate);
  appendEach(history.metrics, metrics);
  if (outputs) appendEach(history, { outputs });
  if (validation) appendEach(history.validation, validation);
}

function appendEach(lists: object, values: object): void {
  const byName = lists as Record<string, unknown[]>;
  for (const [name, value] of Object.entries(values)) {
    byName[name] ??= [];
    byName[name].push(value);
  }
}
