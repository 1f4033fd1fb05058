/** Slow twin of assembly/optimizers/adadelta.ts, as PyTorch writes it: it changes the arrays it is given. */

export function adadeltaStep(
  parameters: number[],
  gradients: number[],
  squareMean: number[],
  changeMean: number[],
  learningRate: number,
  rho: number,
  epsilon: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    squareMean[i] = rho * squareMean[i] + (1 - rho) * gradient * gradient;
    const change = (Math.sqrt(changeMean[i] + epsilon) / Math.sqrt(squareMean[i] + epsilon)) * gradient;
    changeMean[i] = rho * changeMean[i] + (1 - rho) * change * change;
    parameters[i] -= learningRate * change;
  }
}
