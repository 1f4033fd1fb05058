/** Slow twin of assembly/optimizers/adagrad.ts, as PyTorch writes it: it changes the arrays it is given. */

export function adagradStep(
  parameters: number[],
  gradients: number[],
  squareSum: number[],
  learningRate: number,
  epsilon: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    squareSum[i] += gradient * gradient;
    parameters[i] -= (learningRate * gradient) / (Math.sqrt(squareSum[i]) + epsilon);
  }
}
