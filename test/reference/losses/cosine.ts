/** Slow twins of assembly/losses/cosine.ts, for one row. */

const dotProduct = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, index) => sum + x * b[index], 0);
const lengthOf = (row: readonly number[]) => Math.max(Math.sqrt(dotProduct(row, row)), 1e-8);

/** 1 - cosine */
export function cosineSimilarity(row: readonly number[], targets: readonly number[]): number {
  return 1 - dotProduct(row, targets) / (lengthOf(row) * lengthOf(targets));
}

/** row · cosine / |row|² - targets / (|row| |targets|); a length below 1e-8 is constant. */
export function cosineSimilarityGrad(row: readonly number[], targets: readonly number[]): number[] {
  const [length, lengths] = [lengthOf(row), lengthOf(row) * lengthOf(targets)];
  const ratio = length > 1e-8 ? dotProduct(row, targets) / lengths / length ** 2 : 0;
  return row.map((x, column) => x * ratio - targets[column] / lengths);
}
