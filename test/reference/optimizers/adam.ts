/** Slow twins of assembly/optimizers/adam.ts, as PyTorch writes them: each changes the arrays it is given. */

export function adamStep(
  parameters: number[],
  gradients: number[],
  firstMoment: number[],
  secondMoment: number[],
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
    secondMoment[i] = beta2 * secondMoment[i] + (1 - beta2) * gradient * gradient;
    const first = firstMoment[i] / (1 - beta1 ** step);
    const second = secondMoment[i] / (1 - beta2 ** step);
    parameters[i] -= (learningRate * first) / (Math.sqrt(second) + epsilon);
  }
}

export function adamWStep(...args: Parameters<typeof adamStep>): void {
  const [parameters, , , , , learningRate] = args;
  const weightDecay = args[9];
  for (let i = 0; i < parameters.length; i++) parameters[i] -= learningRate * weightDecay * parameters[i];
  args[9] = 0;
  adamStep(...args);
}
