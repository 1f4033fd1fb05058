/** Slow twins of assembly/comparison/unitNorm.ts, for one row. */

const dotProduct = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, index) => sum + x * b[index], 0);
const lengthOf = (row: readonly number[]) => Math.max(Math.sqrt(dotProduct(row, row)), 1e-12);

export const unitNormForward = (row: readonly number[]): number[] => row.map((x) => x / lengthOf(row));

export function unitNormBackward(row: readonly number[], outputGrad: readonly number[]): number[] {
  const length = lengthOf(row);
  const slope = length > 1e-12 ? dotProduct(outputGrad, row) / length ** 2 : 0;
  return outputGrad.map((gradient, index) => (gradient - row[index] * slope) / length);
}
