/** Slow twins of assembly/normalization/rmsNorm.ts; a matrix is an array of rows. */

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** √(mean square + epsilon) of a row. */
const rootOf = (row: readonly number[], epsilon: number) =>
  Math.sqrt(sum(row.map((x) => x * x)) / row.length + epsilon);

export const rmsNormForward = (input: readonly number[][], weight: readonly number[], epsilon: number): number[][] =>
  input.map((row) => row.map((x, index) => (x / rootOf(row, epsilon)) * weight[index]));

/** Each row's 1 / √(mean square + epsilon). */
export const statistics = (input: readonly number[][], epsilon: number): number[] =>
  input.map((row) => 1 / rootOf(row, epsilon));

export const rmsNormBackwardWeight = (
  input: readonly number[][],
  outputGrad: readonly number[][],
  epsilon: number,
): number[] =>
  input[0].map((_, index) => sum(input.map((row, b) => (outputGrad[b][index] * row[index]) / rootOf(row, epsilon))));

export function rmsNormBackwardInput(
  input: readonly number[][],
  weight: readonly number[],
  outputGrad: readonly number[][],
  epsilon: number,
): number[][] {
  return input.map((row, b) => {
    const root = rootOf(row, epsilon);
    const gradients = outputGrad[b].map((gradient, index) => gradient * weight[index]);
    const slope = sum(gradients.map((gradient, index) => (gradient * row[index]) / root)) / row.length;
    return gradients.map((gradient, index) => (gradient - (row[index] / root) * slope) / root);
  });
}
