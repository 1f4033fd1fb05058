/** Slow twin of assembly/optimizers/adamax.ts, as PyTorch writes it: it changes the arrays it is given. */

export function adamaxStep(
  parameters: number[],
  gradients: number[],
  firstMoment: number[],
  largest: number[],
  step: number,
  learningRate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    firstMoment[i] = beta1 * firstMoment[i] + (1 - beta1) * gradient;
    largest[i] = Math.max(beta2 * largest[i], Math.abs(gradient) + epsilon);
    parameters[i] -= ((learningRate / (1 - beta1 ** step)) * firstMoment[i]) / largest[i];
  }
}
