/** Slow twin of assembly/optimizers/sparseAdam.ts: tables are arrays of rows. */

export function sparseAdamStep(
  parameters: number[][],
  gradients: readonly number[][],
  firstMoment: number[][],
  secondMoment: number[][],
  marks: readonly number[],
  step: number,
  learningRate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
): void {
  const stepSize = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  parameters.forEach((row, index) => {
    if (!marks[index]) return;
    row.forEach((_, column) => {
      const gradient = gradients[index][column];
      const first = beta1 * firstMoment[index][column] + (1 - beta1) * gradient;
      const second = beta2 * secondMoment[index][column] + (1 - beta2) * gradient * gradient;
      firstMoment[index][column] = first;
      secondMoment[index][column] = second;
      row[column] -= (stepSize * first) / (Math.sqrt(second) + epsilon);
    });
  });
}
