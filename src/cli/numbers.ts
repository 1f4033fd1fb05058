/** Numbers as they are shown. */

export const count = (value: number): string => value.toLocaleString("en-US");
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** Four digits that count. */
export const short = (value: number): string =>
  Math.abs(value) >= 10_000 && Math.abs(value) < 1e15 ? count(Math.round(value)) : String(Number(value.toPrecision(4)));
/** "1 row", "2 rows" */
export const plural = (number: number, word: string): string => `${count(number)} ${word}${number === 1 ? "" : "s"}`;

/** From this ratio of the greatest to the least value on, a curve is drawn on a logarithmic scale. */
const logarithmicRatio = 30;

export function isLogarithmic(values: readonly number[]): boolean {
  const least = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  return least > 0 && values.some((value) => value > logarithmicRatio * least);
}

export function bytes(size: number): string {
  if (size < 1000) return plural(size, "byte");
  return size < 1e6 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
