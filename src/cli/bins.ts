/**
 * Divides each number into ranges of equally many training rows. The network also gets the position of a number within each range, so it
 * learns effects that only a part of the values has: an age of 3 days, a price above a limit. The first layer computes the positions, so
 * every use of the model does.
 *
 * Source  Gorishniy, Rubachev and Babenko 2022, "On embeddings for numerical features in tabular deep learning": piecewise linear encoding.
 */

import type { Network } from "../index.ts";

/** A range of a feature. */
export interface Bin {
  /** The number of the feature. */
  readonly feature: number;
  readonly from: number;
  readonly to: number;
}

/** The layer that computes the bins. */
export const binsName = "bins";

/** A feature with fewer different values has no bins: categories, and marks of missing values. */
const leastValues = 6;
/** The least width of a bin, in deviations of the feature: narrower ones have a slope that float32 cannot compute with. */
const leastWidth = 1e-3;
/** The most rows by which bins are chosen. */
const mostRows = 20_000;
/** The most bins of all features: more take longer than they are worth. */
const mostBins = 192;

/** The least bins of a feature: one would be the number itself. */
const leastBins = 2;

/** The values of a feature in order, of some rows. */
interface Ordered {
  readonly feature: number;
  readonly values: Float64Array;
}

/**
 * Returns the bins of all features.
 *
 * @param rows features of the training rows, one row after the other
 * @param width the number of features
 * @param most the most bins of a feature; 0 for none. Where many features have bins, each has fewer
 */
export function binsOf(rows: Float64Array, width: number, most: number): Bin[] {
  if (most === 0) return [];
  const every = Math.ceil(rows.length / width / mostRows);
  const length = Math.ceil(rows.length / width / every);
  let columns: readonly Ordered[] = Array.from({ length: width }, (_, feature) => {
    const values = Float64Array.from({ length }, (_, index) => rows[index * every * width + feature]).sort();
    return { feature, values };
  }).filter(({ values }) => hasMany(values));
  let count = most;
  for (;;) {
    const divided = columns
      .map((column) => ({ column, bins: binsIn(column, count) }))
      .filter(({ bins }) => bins.length >= leastBins);
    // Only features that have bins share the most bins of all.
    const next = Math.min(most, Math.floor(mostBins / divided.length));
    if (next === count) return divided.flatMap(({ bins }) => bins);
    columns = divided.map(({ column }) => column);
    count = next;
  }
}

/** Returns the bins of a feature: at most `count`, fewer where many rows have the same value. */
function binsIn({ feature, values }: Ordered, count: number): Bin[] {
  const borders = [values[0]];
  for (let bin = 1; bin <= count; bin++) {
    const border = values[Math.round(((values.length - 1) * bin) / count)];
    if (border - borders[borders.length - 1] >= leastWidth) borders.push(border);
  }
  return borders.slice(1).map((to, index) => ({ feature, from: borders[index], to }));
}

/** Tells whether there are enough different values among these in order. */
function hasMany(ordered: Float64Array): boolean {
  let different = 1;
  for (let index = 1; index < ordered.length && different < leastValues; index++) {
    if (ordered[index] !== ordered[index - 1]) different++;
  }
  return different === leastValues;
}

/** Sets the parameters of the layer of bins, whose activation is hardSigmoid: 0 below a bin, 1 above it, and linear in it. */
export function setBins({ parameters }: Network, bins: readonly Bin[]): void {
  const [weights, biases] = ["weight", "bias"].map(
    (name) => parameters.find((parameter) => parameter.name === `${binsName}.${name}`)!.values,
  );
  weights.fill(0);
  bins.forEach(({ feature, from, to }, index) => {
    // hardSigmoid(x) is x / 6 + 1 / 2 between -3 and 3.
    const slope = 6 / (to - from);
    weights[feature * bins.length + index] = slope;
    biases[index] = -slope * from - 3;
  });
}
