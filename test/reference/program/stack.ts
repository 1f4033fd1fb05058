/** Slow twin of assembly/program/stack.ts, in float64: dense layers with sigmoids, and the squared error. */
import { denseBackwardBias, denseBackwardInput, denseBackwardWeight, denseForward } from "../products/dense.ts";

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
    const preactivation = denseForward(values.at(-1)!, weight, bias, { rows, fanIn, fanOut });
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
      grad = denseBackwardInput(preactivationGrad, weight, sizes);
      const weightGrad = denseBackwardWeight(values[index], preactivationGrad, sizes);
      return [weightGrad, denseBackwardBias(preactivationGrad, sizes)] as const;
    });
  return { loss: errors.reduce((sum, error) => sum + error * error, 0), gradients: gradients.toReversed() };
}
