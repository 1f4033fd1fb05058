/** Intervals that hold the true value of a score with a chance of 95 %. */

export type Interval = readonly [low: number, high: number];

/** The quantile of the normal distribution. */
const deviations = 1.959963984540054;

/** The quantiles of Student's distribution for 1 to 30 degrees of freedom. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * Returns the interval of a share.
 *
 * Source  Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export function shareInterval(right: number, rows: number): Interval {
  const share = right / rows;
  const square = deviations ** 2 / rows;
  const middle = (share + square / 2) / (1 + square);
  const half = (deviations * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows))) / (1 + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Returns the interval of the mean of values that are at least 0. */
export function meanInterval(values: Float64Array): Interval {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = length < 2 ? mean : studentQuantile(length - 1) * Math.sqrt(squares / (length - 1) / length);
  return [Math.max(0, mean - half), mean + half];
}

/**
 * Returns the mean of the scores of folds and its interval. Folds share most of their training rows, so their scores vary less than those
 * of independent trainings would.
 *
 * Source  Nadeau and Bengio 2003, "Inference for the generalization error", whose correction this is.
 */
export function foldInterval(scores: readonly number[]): { readonly mean: number; readonly interval: Interval } {
  const { length } = scores;
  const mean = scores.reduce((sum, score) => sum + score, 0) / length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (length - 1);
  const half = studentQuantile(length - 1) * Math.sqrt((1 / length + 1 / (length - 1)) * variance);
  return { mean, interval: [mean - half, mean + half] };
}

const studentQuantile = (freedom: number): number => student[freedom - 1] ?? deviations + 2.4 / freedom;
