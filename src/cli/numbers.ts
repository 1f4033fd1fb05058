/** Formats numbers for display. */

export const count = (value: number): string => value.toLocaleString("en-US");
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** Four significant digits. */
export const short = (value: number): string =>
  Math.abs(value) >= 10_000 && Math.abs(value) < 1e15 ? count(Math.round(value)) : String(Number(value.toPrecision(4)));
/** "1 row", "2 rows" */
export const plural = (number: number, word: string): string => `${count(number)} ${word}${number === 1 ? "" : "s"}`;

/** A curve has a logarithmic scale if its greatest value is more than this many times its least. */
const logarithmicRatio = 30;

export function isLogarithmic(values: readonly number[]): boolean {
  const least = leastOf(values);
  return least > 0 && values.some((value) => value > logarithmicRatio * least);
}

/** Returns the least value. Math.min(...values) would fail for long arrays. */
export const leastOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);

/** Returns the greatest value. */
export const greatestOf = (values: readonly number[]): number =>
  values.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY);

/** Returns the index of the greatest value, the first of equals. */
export const placeOfGreatest = (values: readonly number[]): number =>
  values.reduce((best, value, place) => (value > values[best] ? place : best), 0);

export function bytes(size: number): string {
  if (size < 1000) return plural(size, "byte");
  return size < 1e6 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
