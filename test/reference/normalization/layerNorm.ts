/** Slow twins of assembly/layerNorm; a matrix is an array of rows. */

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

export function layerNormBackward(
  input: readonly number[][],
  weight: readonly number[],
  outputGrad: readonly number[][],
  epsilon: number,
): { inputGrad: number[][]; weightGrad: number[]; biasGrad: number[] } {
  const rows = input.map((row) => normalize(row, epsilon));
  const inputGrad = rows.map(({ normalized, deviation }, b) => {
    const gradients = outputGrad[b].map((gradient, index) => gradient * weight[index]);
    const share = sum(gradients) / weight.length;
    const slope = sum(gradients.map((gradient, index) => gradient * normalized[index])) / weight.length;
    return gradients.map((gradient, index) => (gradient - share - normalized[index] * slope) / deviation);
  });
  const weightGrad = weight.map((_, index) =>
    sum(rows.map(({ normalized }, b) => outputGrad[b][index] * normalized[index])),
  );
  const biasGrad = weight.map((_, index) => sum(outputGrad.map((row) => row[index])));
  return { inputGrad, weightGrad, biasGrad };
}
