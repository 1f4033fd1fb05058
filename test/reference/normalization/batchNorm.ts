/** Slow twins of assembly/normalization/batchNorm.ts; a matrix is an array of rows. */

const column = (matrix: readonly number[][], index: number) => matrix.map((row) => row[index]);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The mean and the biased variance of each column. */
export function columnStatistics(input: readonly number[][]): { mean: number[]; variance: number[] } {
  const columns = input[0].map((_, index) => column(input, index));
  const mean = columns.map((values) => sum(values) / values.length);
  const squares = columns.map((values, index) => sum(values.map((x) => (x - mean[index]) * (x - mean[index]))));
  return { mean, variance: squares.map((square) => square / input.length) };
}

export const columnScale = (weight: readonly number[], variance: readonly number[], epsilon: number): number[] =>
  weight.map((w, index) => (Number.isFinite(variance[index]) ? w / Math.sqrt(variance[index] + epsilon) : Number.NaN));

export function normalizeColumns(
  input: readonly number[][],
  mean: readonly number[],
  scale: readonly number[],
  bias: readonly number[],
): number[][] {
  return input.map((row) => row.map((x, index) => (x - mean[index]) * scale[index] + bias[index]));
}

export function batchNormBackward(
  input: readonly number[][],
  mean: readonly number[],
  variance: readonly number[],
  weight: readonly number[],
  outputGrad: readonly number[][],
  epsilon: number,
): { inputGrad: number[][]; weightGrad: number[]; biasGrad: number[] } {
  const deviation = variance.map((v) => Math.sqrt(v + epsilon));
  const normalized = input.map((row) => row.map((x, index) => (x - mean[index]) / deviation[index]));
  const products = outputGrad.map((row, b) => row.map((gradient, index) => gradient * normalized[b][index]));
  const biasGrad = mean.map((_, index) => sum(column(outputGrad, index)));
  const weightGrad = mean.map((_, index) => sum(column(products, index)));
  const inputGrad = outputGrad.map((row, b) =>
    row.map((gradient, index) => {
      const share = (biasGrad[index] + normalized[b][index] * weightGrad[index]) / input.length;
      return (weight[index] / deviation[index]) * (gradient - share);
    }),
  );
  return { inputGrad, weightGrad, biasGrad };
}

/** @param varianceRows the rows of which the source is the biased variance; none if it is a mean */
export function movingAverage(
  source: readonly number[],
  average: readonly number[],
  momentum: number,
  varianceRows?: number,
): number[] {
  const factor = varianceRows === undefined ? 1 : varianceRows / (varianceRows - 1);
  return average.map((old, index) => (1 - momentum) * old + momentum * factor * source[index]);
}
