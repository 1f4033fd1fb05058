/** Slow twin of assembly/stack.ts, in float64: dense layers with sigmoids, and the squared error. */
import { biasBackward, matmulBackwardInput, matmulBackwardWeight, matmulForward } from "../products/dense.ts";

export interface StackLayer {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weight: readonly number[];
  readonly bias: readonly number[] | undefined;
}

export interface StackPass {
  readonly loss: number;
  /** [weight's, bias's] of each layer. */
  readonly gradients: readonly (readonly [number[], number[]])[];
}

export function stackPass(layers: readonly StackLayer[], input: number[], targets: number[], rows: number): StackPass {
  const values = [input];
  for (const { weight, bias, fanIn, fanOut } of layers) {
    const preactivation = matmulForward(values.at(-1)!, weight, bias, { rows, fanIn, fanOut });
    values.push(preactivation.map((x) => 1 / (1 + Math.exp(-x))));
  }
  const errors = values.at(-1)!.map((value, index) => value - targets[index]);
  let grad = errors.map((error) => 2 * error);
  const gradients = layers
    .map(({ weight, fanIn, fanOut }, index) => ({ weight, sizes: { rows, fanIn, fanOut }, index }))
    .toReversed()
    .map(({ weight, sizes, index }) => {
      const preactivationGrad = grad.map((g, element) => {
        const y = values[index + 1][element];
        return g * y * (1 - y);
      });
      grad = matmulBackwardInput(preactivationGrad, weight, sizes);
      const weightGrad = matmulBackwardWeight(values[index], preactivationGrad, sizes);
      return [weightGrad, biasBackward(preactivationGrad, sizes)] as const;
    });
  return { loss: errors.reduce((sum, error) => sum + error * error, 0), gradients: gradients.toReversed() };
}
