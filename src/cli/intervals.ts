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
 * Returns how many rows say as much as these, where rows of one unit say the same: copies of a row, or rows of one group.
 *
 * @param units the number of the unit of each row
 *
 * Source  Kish 1965, "Survey sampling": the design effect of clusters whose rows agree.
 */
export function independentRows(units: ArrayLike<number>): number {
  let squares = 0;
  for (const size of sizesOf(units).values()) squares += size * size;
  return units.length ** 2 / squares;
}

function sizesOf(units: ArrayLike<number>): Map<number, number> {
  const sizes = new Map<number, number>();
  for (let row = 0; row < units.length; row++) sizes.set(units[row], (sizes.get(units[row]) ?? 0) + 1);
  return sizes;
}

/**
 * Returns the interval of a share.
 *
 * @param independent the number of rows that are no copies of others; default all
 *
 * Source  Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export function shareInterval(right: number, rows: number, independent = rows): Interval {
  const share = right / rows;
  const square = deviations ** 2 / independent;
  const middle = (share + square / 2) / (1 + square);
  const half =
    (deviations * Math.sqrt((share * (1 - share)) / independent + square / (4 * independent))) / (1 + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Returns the interval of the mean of values that are at least 0.
 *
 * @param units the number of the unit of each value, as in `independentRows`; default each is its own. The variance is that of the sums of
 * units
 */
export function meanInterval(values: Float64Array, units?: ArrayLike<number>): Interval {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const sums = new Map<number, number>();
  for (let row = 0; row < length; row++) {
    const unit = units ? units[row] : row;
    sums.set(unit, (sums.get(unit) ?? 0) + values[row] - mean);
  }
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  const { size } = sums;
  const half = size < 2 ? mean : (studentQuantile(size - 1) * Math.sqrt((squares * size) / (size - 1))) / length;
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
