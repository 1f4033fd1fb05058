/** Scores predictions on rows with known targets, next to a naive baseline. */

import type { Target } from "../index.ts";
import { placeOfGreatest } from "./numbers.ts";

export interface ClassScore {
  readonly kind: "classes";
  readonly rows: number;
  readonly right: number;
  readonly accuracy: number;
  /** The mean of −ln of the probability of the right class. */
  readonly crossEntropy: number;
  /** The score of always predicting the most frequent class of the training rows. */
  readonly baseline: { readonly says: string | number; readonly accuracy: number };
  readonly classes: readonly (string | number)[];
  /** confusion[is][said] */
  readonly confusion: readonly (readonly number[])[];
}

export interface NumberScore {
  readonly kind: "number";
  readonly rows: number;
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /** null if all targets are the same. */
  readonly r2: number | null;
  /** Quantiles of prediction minus target. */
  readonly residuals: Readonly<Record<"p5" | "p25" | "p50" | "p75" | "p95", number>>;
  /** The score of always predicting the mean of the training rows. */
  readonly baseline: {
    readonly says: number;
    readonly meanAbsoluteError: number;
    readonly rootMeanSquaredError: number;
  };
}

export type Score = ClassScore | NumberScore;

/**
 * @param outputs of a pipeline, for each row
 * @param targets class numbers, or numbers in their own unit
 * @param naive the naive prediction: a class number, or a number
 */
export function scoreOf(target: Target, outputs: ArrayLike<number>, targets: ArrayLike<number>, naive: number): Score {
  return target.kind === "classes"
    ? classScore(target.classes, outputs, targets, naive)
    : numberScore(target, outputs, targets, naive);
}

/** Returns whether a model beats the naive baseline. */
export function isBetterThanNaive(score: Score): boolean {
  return score.kind === "classes"
    ? score.accuracy > score.baseline.accuracy
    : score.rootMeanSquaredError < score.baseline.rootMeanSquaredError;
}

/** Returns the most frequent class number, the first of equals. */
export function mostFrequentClass(classNumbers: ArrayLike<number>, classes: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < classNumbers.length; row++) counts[classNumbers[row]]++;
  return placeOfGreatest(counts);
}

function classScore(
  classes: readonly (string | number)[],
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  naive: number,
): ClassScore {
  const rows = targets.length;
  const width = outputs.length / rows;
  const confusion = classes.map(() => classes.map(() => 0));
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const probability = (number: number) => {
      if (width > 1) return outputs[row * width + number];
      return number === 1 ? outputs[row] : 1 - outputs[row];
    };
    let said = 0;
    for (let number = 1; number < classes.length; number++) if (probability(number) > probability(said)) said = number;
    confusion[targets[row]][said]++;
    // As in PyTorch, the logarithm is at least -100, because a probability may round to 0.
    loss -= Math.max(Math.log(probability(targets[row])), -100);
  }
  const right = confusion.reduce((sum, row, number) => sum + row[number], 0);
  const naiveRight = confusion[naive].reduce((sum, count) => sum + count, 0);
  return {
    kind: "classes",
    rows,
    right,
    accuracy: right / rows,
    crossEntropy: loss / rows,
    baseline: { says: classes[naive], accuracy: naiveRight / rows },
    classes,
    confusion,
  };
}

function numberScore(
  { offset, divisor }: { offset: number; divisor: number },
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  naive: number,
): NumberScore {
  const rows = targets.length;
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += targets[row] / rows;
  const sums = { absolute: 0, squared: 0, naiveAbsolute: 0, naiveSquared: 0, spread: 0 };
  const errors = new Float64Array(rows);
  let isConstant = true;
  for (let row = 1; row < rows; row++) isConstant &&= targets[row] === targets[0];
  for (let row = 0; row < rows; row++) {
    const [error, naiveError] = [outputs[row] * divisor + offset - targets[row], naive - targets[row]];
    errors[row] = error;
    sums.absolute += Math.abs(error);
    sums.squared += error * error;
    sums.naiveAbsolute += Math.abs(naiveError);
    sums.naiveSquared += naiveError * naiveError;
    sums.spread += (targets[row] - mean) ** 2;
  }
  return {
    kind: "number",
    rows,
    meanAbsoluteError: sums.absolute / rows,
    rootMeanSquaredError: Math.sqrt(sums.squared / rows),
    r2: isConstant ? null : 1 - sums.squared / sums.spread,
    residuals: quantilesOf(errors),
    baseline: {
      says: naive,
      meanAbsoluteError: sums.naiveAbsolute / rows,
      rootMeanSquaredError: Math.sqrt(sums.naiveSquared / rows),
    },
  };
}

function quantilesOf(values: Float64Array): NumberScore["residuals"] {
  const ordered = values.toSorted();
  const at = (share: number) => ordered[Math.round(share * (ordered.length - 1))];
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
