/** Trains a network and measures it: chooses the scale of its target, its threshold or the range of its errors by the validation rows. */

import type { Target } from "../index.ts";
import { numberFrom, type OutputErrors } from "../pipeline/target.ts";
import { type Fit, type FitOptions, fitNetwork } from "./fit.ts";
import { linearOutputs } from "./linear.ts";
import { type PreparedData, type PreparedTable, targetValuesOf } from "./prepare.ts";
import { thresholds } from "./ranking.ts";
import { scoresOf, type Tested } from "./score.ts";
import type { Settings, thresholdChoices } from "./settings.ts";

/** The share of the numbers that intervals of predictions are to leave out at either end. */
const outside = 0.05;

/** Returns the predictions for the test rows, by a target whose threshold or errors are chosen by the validation rows. */
export function testedBy({ head }: Pick<Fit, "head">, prepared: PreparedData, settings: Settings): Tested {
  const outputsOf = (examples: PreparedData["test"]) => {
    const results = head.predict<Float32Array | number[][]>(examples.inputs as never);
    return Array.isArray(results) ? results.flat() : results;
  };
  const target = chooseTarget(prepared, () => outputsOf(prepared.validation), settings);
  return {
    target,
    outputs: outputsOf(prepared.test),
    targets: targetValuesOf(prepared, prepared.test),
    units: prepared.parts.units,
  };
}

/** @param outputsOf returns the outputs for the validation rows, which not every target needs */
function chooseTarget(
  { goal, validation }: PreparedData,
  outputsOf: () => ArrayLike<number>,
  { threshold }: Pick<Settings, "threshold">,
): Target {
  if (goal.kind === "number") return { ...goal, errors: errorsOf(outputsOf(), validation.targets) };
  if (threshold === null) return goal;
  if (typeof threshold === "number") return { ...goal, threshold };
  return { ...goal, threshold: bestThreshold(outputsOf(), validation.targets, threshold) };
}

/**
 * Returns the range of the errors that holds the wanted share of new ones: of few rows the share that all of them give.
 *
 * Source  Vovk, Gammerman and Shafer 2005, "Algorithmic learning in a random world": split conformal prediction.
 */
export function errorsOf(outputs: ArrayLike<number>, targets: ArrayLike<number>): OutputErrors {
  const ordered = Float64Array.from(targets, (target, row) => target - outputs[row]).sort();
  const rows = ordered.length;
  const rank = Math.max(1, Math.floor(outside * (rows + 1)));
  // With r errors left out at either end of n, a new one is between the others with a chance of 1 - 2r / (n + 1).
  const share = Math.min(1 - 2 * outside, Math.max(1 - (2 * rank) / (rows + 1), 0.01));
  return { share, least: ordered[rank - 1], greatest: ordered[rows - rank] };
}

/** Returns the threshold that is best by the validation rows, halfway between two probabilities. @param outputs probabilities of two classes */
export function bestThreshold(
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  choice: (typeof thresholdChoices)[number],
): number {
  const width = outputs.length / targets.length;
  const probabilities = Float64Array.from(targets, (_, row) => outputs[row * width + width - 1]);
  const positives = Float64Array.from(targets).filter((target) => target === 1).length;
  const negatives = targets.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  // The rarer class counts for F1: it is the first if the second is the more frequent.
  const isSecond = positives <= negatives;
  const gainOf = (right: number, wrong: number) => {
    if (choice === "balanced") return right / positives + (negatives - wrong) / negatives;
    return isSecond
      ? (2 * right) / (positives + right + wrong)
      : (2 * (negatives - wrong)) / (negatives + targets.length - right - wrong);
  };
  let best = { value: Number.NEGATIVE_INFINITY, threshold: 0.5 };
  let previous: { score: number; value: number } | undefined;
  for (const { score, right, wrong } of thresholds(scoresOf(probabilities, targets, 1))) {
    if (previous && previous.value > best.value)
      best = { value: previous.value, threshold: (previous.score + score) / 2 };
    previous = { score, value: gainOf(right, wrong) };
  }
  return Math.min(Math.max(best.threshold, 1e-6), 1 - 1e-6);
}

/** A table with the scale of its targets. */
export interface Scaled {
  readonly prepared: PreparedTable;
  /** The finished training by which it was chosen, if that had all rows and networks. */
  readonly fit?: Fit;
  /** The root mean squared errors on the validation rows, without logarithms and with them, if they were tried. */
  readonly errors?: readonly [plain: number, logarithmic: number];
}

/** The least skewness of positive targets for which their logarithms are tried. */
const leastSkewness = 1;
/**
 * Logarithms are learned if their error is at most this share of the other. A smaller gain is chance: four of 20 splits of R's tables had
 * one, and in two of them the test rows were against it. Besides, logarithms err without limit far from the training rows.
 */
const greatestError = 0.97;
/** The most training rows by which the scale is chosen. */
const mostTriedRows = 5000;

/**
 * Returns the table with the logarithms of its targets, if these are positive and skewed and a network that learns them has a clearly smaller
 * error on the validation rows, in the target's own unit; otherwise the table as it is. A finished training of the chosen one comes along.
 */
export async function chooseScale(
  prepared: PreparedTable,
  options: Pick<FitOptions, "settings" | "head" | "signal">,
): Promise<Scaled> {
  const { goal } = prepared;
  const { settings } = options;
  const { ensemble = 1 } = settings;
  if (goal.kind !== "number") return { prepared };
  if (skewnessOf(targetValuesOf(prepared, prepared.train)) < leastSkewness) return { prepared };
  const logarithms = prepared.withLogarithms();
  if (!logarithms) return { prepared };
  const candidates = [];
  for (const each of [prepared, logarithms]) {
    const tried = each.shortened(mostTriedRows);
    const fit = await fitNetwork(tried, { ...options, settings: { ...settings, ensemble: 1 } });
    if (fit.checkpoint) return { prepared };
    const outputs = fit.head.predict<Float32Array>(each.validation.inputs as never);
    const wanted = targetValuesOf(prepared, prepared.validation);
    const squares = wanted.map((value, row) => {
      return each.goal.kind === "number" ? (numberFrom(each.goal, outputs[row]) - value) ** 2 : 0;
    });
    const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    candidates.push({ prepared: each, error, ...(tried === each && ensemble === 1 && { fit }) });
  }
  const [plain, logarithmic] = candidates;
  const { error: _, ...chosen } = logarithmic.error <= greatestError * plain.error ? logarithmic : plain;
  return { ...chosen, errors: [plain.error, logarithmic.error] };
}

/** Returns the skewness of positive values; 0 if one is not positive. */
export function skewnessOf(values: Float64Array): number {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / length;
  const deviation = Math.sqrt(moment(2));
  if (deviation === 0 || values.some((value) => value <= 0)) return 0;
  return moment(3) / deviation ** 3;
}

/** Returns the predictions of a network and, if there is one, of a linear model. */
export async function testedWithLinear(fit: Fit, prepared: PreparedData, options: FitOptions): Promise<Tested> {
  const linear = await linearOutputs(prepared, options.settings, options.head);
  return { ...testedBy(fit, prepared, options.settings), ...(linear && { linear }) };
}
