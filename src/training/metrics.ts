/** Metrics: reported, not minimised. Each is a sum over rows and what to divide it by, so that batches can be added up. */

import { shown, unknownName } from "../errors.ts";
import type { Kernels } from "../memory/kernels.ts";
import type { BoundLoss } from "./losses.ts";

export type MetricName = "accuracy" | "meanAbsoluteError" | "meanSquaredError";

const metricNames: readonly MetricName[] = ["accuracy", "meanAbsoluteError", "meanSquaredError"];

/** A metric bound to a network and a loss. */
export interface BoundMetric {
  readonly name: MetricName;
  readonly sum: (output: number, targets: number, rows: number) => number;
  /** Terms of the sum that one row has. */
  readonly termsPerRow: number;
}

/**
 * Refuses what is not an array of names of metrics.
 *
 * @throws {RangeError | TypeError} naming the stranger
 */
export function checkMetrics(metrics: readonly MetricName[]): void {
  if (!Array.isArray(metrics)) throw new TypeError(`trainer: got metrics ${shown(metrics)}, need an array of names`);
  for (const name of metrics) {
    if (!metricNames.includes(name)) throw unknownName("trainer: metrics", name, metricNames);
  }
}

/**
 * The metric `name` for outputs and targets as `loss` has them. Accuracy is the share of examples whose largest output is
 * the target's class; of a single output, or under a binary cross-entropy, the share of outputs on the target's side of
 * one half (of logits: of zero).
 *
 * @throws {RangeError} if the targets are class numbers and the metric is a distance
 */
export function bindMetric(name: MetricName, kernels: Kernels, outputs: number, loss: BoundLoss): BoundMetric {
  if (name === "accuracy") return { name, ...bindAccuracy(kernels, outputs, loss) };
  if (loss.targets === "classes") {
    throw new RangeError(`trainer: got the metric ${name} with class numbers for targets, need rows of numbers`);
  }
  const kernel = name === "meanAbsoluteError" ? kernels.absoluteErrorForward : kernels.squaredErrorForward;
  return { name, sum: (output, targets, rows) => kernel(output, targets, rows, outputs), termsPerRow: outputs };
}

function bindAccuracy(kernels: Kernels, outputs: number, loss: BoundLoss): Omit<BoundMetric, "name"> {
  const { correctBinary, correctClasses } = kernels;
  const isLogits = loss.name === "binaryCrossEntropyWithLogits";
  if (isLogits || loss.name === "binaryCrossEntropy" || outputs === 1) {
    const threshold = isLogits ? 0 : 0.5;
    return {
      sum: (output, targets, rows) => correctBinary(output, targets, rows * outputs, threshold),
      termsPerRow: outputs,
    };
  }
  const { targetWidth } = loss;
  return {
    sum: (output, targets, rows) => correctClasses(output, targets, rows, outputs, targetWidth),
    termsPerRow: 1,
  };
}
