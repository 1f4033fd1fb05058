/** Slow twin of assembly/optimizers/lion.ts, as the paper's algorithm 2: it changes the arrays it is given. */

export function lionStep(
  parameters: number[],
  gradients: number[],
  firstMoment: number[],
  learningRate: number,
  beta1: number,
  beta2: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const direction = Math.sign(beta1 * firstMoment[i] + (1 - beta1) * gradients[i]);
    parameters[i] -= learningRate * (direction + weightDecay * parameters[i]);
    firstMoment[i] = beta2 * firstMoment[i] + (1 - beta2) * gradients[i];
  }
}
