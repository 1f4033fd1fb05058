/** Finds numbers that are far from all others of a column, such as -999, which often stand for a missing value. */

/** The number of bins between the least and the greatest number. */
const bins = 1000;
/** Outlying numbers are at most this many different ones, and the others at least `leastOthers`. */
const mostOutliers = 3;
const leastOthers = 3;
/** On a logarithmic scale a gap is one of many if more than this share of the others' gaps are at least half as long. */
const shareOfGaps = 0.1;

export interface Outliers {
  /** The outlying numbers, each with its number of rows. */
  readonly numbers: ReadonlyMap<number, number>;
  /** The range of the others. */
  readonly least: number;
  readonly greatest: number;
}

/**
 * Returns the numbers that are farther from all others than the others are from each other, or that are negative and written with nines only
 * where no other number is negative. They are at one end of the range. Undefined if there are none, or if the numbers rather grow by
 * factors, as 8, 16, 32, 64 do.
 *
 * @param values with NaN for a missing one
 * @param hasZero false if 0 does not mean nothing, as for dates, so that no number is a multiple of another
 */
export function outliersIn(values: Float64Array, hasZero = true): Outliers | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < values.length; row++) {
    if (values[row] < least) least = values[row];
    if (values[row] > greatest) greatest = values[row];
  }
  if (!(greatest > least)) return undefined;
  const border = least < 0 && isNines(least) ? split(values, (value) => value < 0) : undefined;
  if (border) return border;
  const found = farthest(values, least, greatest);
  return found && hasZero && isStepOfMany(values, found) ? undefined : found;
}

/** Returns whether a number is 99, -99, 999 and so on. */
const isNines = (value: number): boolean => /^-?99+(\.9+)?$/.test(String(value));

/**
 * Returns whether positive outliers are as far from the others on a logarithmic scale as some of the others are from each other. Zeros have no
 * place on it. Nines and numbers beside others of equal steps, such as ratings, are not judged by it.
 */
function isStepOfMany(values: Float64Array, { numbers, least, greatest }: Outliers): boolean {
  const outliers = [...numbers.keys()];
  if (least < 0 || outliers.some((value) => value <= 0) || outliers.every(isNines)) return false;
  const sorted = values.filter((value) => !Number.isNaN(value) && !numbers.has(value)).sort();
  const others = sorted.filter((value, place) => value !== sorted[place - 1]);
  const steps = others.subarray(1).map((value, place) => value - others[place]);
  const step = (greatest - least) / steps.length;
  if (steps.every((each) => Math.abs(each - step) < 1e-6 * step)) return false;
  const positive = others.subarray(least === 0 ? 1 : 0);
  const ratios = positive.subarray(1).map((value, place) => value / positive[place]);
  const gap = Math.min(...outliers.map((value) => (value < least ? positive[0] / value : value / greatest)));
  return ratios.filter((ratio) => ratio ** 2 >= gap * (1 - 1e-6)).length > shareOfGaps * ratios.length;
}

function farthest(values: Float64Array, least: number, greatest: number): Outliers | undefined {
  const binOf = (value: number) => Math.min(bins - 1, Math.floor(((value - least) / (greatest - least)) * bins));
  const counts = new Uint32Array(bins);
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) counts[binOf(values[row])]++;
  // A gap that is longer than all other numbers reach covers more than half of the bins, so it contains the middle one.
  const middle = bins >> 1;
  let [from, to] = [middle, middle];
  while (from >= 0 && counts[from] === 0) from--;
  while (to < bins && counts[to] === 0) to++;
  if (to - from - 1 < middle - 2) return undefined;
  const border = least + ((greatest - least) * (from + to + 1)) / 2 / bins;
  const low = split(values, (value) => value < border);
  const high = split(values, (value) => value > border);
  const isFar = (found: Outliers | undefined) => {
    if (!found) return false;
    const numbers = [...found.numbers.keys()];
    const gap = Math.min(
      ...numbers.map((number) => (number < found.least ? found.least - number : number - found.greatest)),
    );
    return gap > found.greatest - found.least;
  };
  return [low, high].find(isFar);
}

/** Returns the numbers that satisfy `isOut` and the range of the others; undefined if the first are too many or the others too few. */
function split(values: Float64Array, isOut: (value: number) => boolean): Outliers | undefined {
  const numbers = new Map<number, number>();
  const others = new Set<number>();
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    if (isOut(value)) {
      numbers.set(value, (numbers.get(value) ?? 0) + 1);
      if (numbers.size > mostOutliers) return undefined;
      continue;
    }
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (others.size < leastOthers) others.add(value);
  }
  if (numbers.size === 0 || others.size < leastOthers) return undefined;
  return { numbers, least, greatest };
}
