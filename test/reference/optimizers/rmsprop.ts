/** Slow twin of assembly/optimizers/rmsprop.ts, as PyTorch writes it: it changes the arrays it is given. */

export function rmspropStep(
  parameters: number[],
  gradients: number[],
  squareMean: number[],
  mean: number[] | undefined,
  velocity: number[] | undefined,
  learningRate: number,
  alpha: number,
  epsilon: number,
  momentum: number,
  weightDecay: number,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const gradient = gradients[i] + weightDecay * parameters[i];
    squareMean[i] = alpha * squareMean[i] + (1 - alpha) * gradient * gradient;
    let variance = squareMean[i];
    if (mean) {
      mean[i] = alpha * mean[i] + (1 - alpha) * gradient;
      variance -= mean[i] * mean[i];
    }
    let direction = gradient / (Math.sqrt(variance) + epsilon);
    if (velocity) {
      velocity[i] = momentum * velocity[i] + direction;
      direction = velocity[i];
    }
    parameters[i] -= learningRate * direction;
  }
}
