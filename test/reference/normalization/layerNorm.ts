/** Slow twins of assembly/normalization/layerNorm.ts; a matrix is an array of rows. */

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A row brought to mean 0 and variance 1, and the deviation that it was divided by. */
function normalize(row: readonly number[], epsilon: number): { normalized: number[]; deviation: number } {
  const mean = sum(row) / row.length;
  const variance = sum(row.map((x) => (x - mean) * (x - mean))) / row.length;
  const deviation = Math.sqrt(variance + epsilon);
  return { normalized: row.map((x) => (x - mean) / deviation), deviation };
}

export function layerNormForward(
  input: readonly number[][],
  weight: readonly number[],
  bias: readonly number[],
  epsilon: number,
): number[][] {
  return input.map((row) => normalize(row, epsilon).normalized.map((x, index) => x * weight[index] + bias[index]));
}

/** Each row's mean and 1 / √(variance + epsilon). */
export const statistics = (input: readonly number[][], epsilon: number): [mean: number, inverse: number][] =>
  input.map((row) => [sum(row) / row.length, 1 / normalize(row, epsilon).deviation]);

export function layerNormBackwardParameters(
  input: readonly number[][],
  outputGrad: readonly number[][],
  epsilon: number,
): { weightGrad: number[]; biasGrad: number[] } {
  const rows = input.map((row) => normalize(row, epsilon));
  const columns = input[0].map((_, index) => index);
  const weightGrad = columns.map((index) =>
    sum(rows.map(({ normalized }, b) => outputGrad[b][index] * normalized[index])),
  );
  const biasGrad = columns.map((index) => sum(outputGrad.map((row) => row[index])));
  return { weightGrad, biasGrad };
}

export function layerNormBackwardInput(
  input: readonly number[][],
  weight: readonly number[],
  outputGrad: readonly number[][],
  epsilon: number,
): number[][] {
  return input.map((row, b) => {
    const { normalized, deviation } = normalize(row, epsilon);
    const gradients = outputGrad[b].map((gradient, index) => gradient * weight[index]);
    const share = sum(gradients) / weight.length;
    const slope = sum(gradients.map((gradient, index) => gradient * normalized[index])) / weight.length;
    return gradients.map((gradient, index) => (gradient - share - normalized[index] * slope) / deviation);
  });
}
