/** The slow twins of assembly/activations/softmax.ts, of one row. */

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function softmaxForward(input: readonly number[]): number[] {
  const maximum = Math.max(...input);
  const powers = input.map((x) => Math.exp(x - maximum));
  return powers.map((power) => power / sum(powers));
}

export function softmaxBackward(activation: readonly number[], outputGrad: readonly number[]): number[] {
  const mean = sum(activation.map((y, index) => y * outputGrad[index]));
  return activation.map((y, index) => y * (outputGrad[index] - mean));
}

export function logSoftmaxForward(input: readonly number[]): number[] {
  const maximum = Math.max(...input);
  const logSum = Math.log(sum(input.map((x) => Math.exp(x - maximum))));
  return input.map((x) => x - maximum - logSum);
}

export function logSoftmaxBackward(activation: readonly number[], outputGrad: readonly number[]): number[] {
  return outputGrad.map((gradient, index) => gradient - Math.exp(activation[index]) * sum(outputGrad));
}
