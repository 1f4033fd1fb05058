/** Slow twin of assembly/optimizers/nadam.ts, as PyTorch writes it: it changes the arrays it is given. */

export function nadamStep(
  parameters: number[],
  gradients: number[],
  firstMoment: number[],
  secondMoment: number[],
  step: number,
  gradientRate: number,
  momentRate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    firstMoment[i] = beta1 * firstMoment[i] + (1 - beta1) * gradient;
    secondMoment[i] = beta2 * secondMoment[i] + (1 - beta2) * gradient * gradient;
    const divisor = Math.sqrt(secondMoment[i] / (1 - beta2 ** step)) + epsilon;
    parameters[i] -= (gradientRate * gradient) / divisor;
    parameters[i] -= (momentRate * firstMoment[i]) / divisor;
  }
}
