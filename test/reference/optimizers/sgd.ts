/** Slow twins of assembly/optimizers/sgd.ts, as PyTorch writes them: each changes the arrays it is given. */

export function sgdStep(parameters: number[], gradients: number[], learningRate: number, weightDecay: number): void {
  for (let i = 0; i < parameters.length; i++) {
    parameters[i] -= learningRate * (gradients[i] + weightDecay * parameters[i]);
  }
}

export function momentumStep(
  parameters: number[],
  gradients: number[],
  velocity: number[],
  learningRate: number,
  momentum: number,
  weightDecay: number,
  nesterov = false,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    velocity[i] = momentum * velocity[i] + gradient;
    parameters[i] -= learningRate * (nesterov ? gradient + momentum * velocity[i] : velocity[i]);
  }
}

export function nesterovStep(...args: [number[], number[], number[], number, number, number]): void {
  momentumStep(...args, true);
}
