/** A kind of layer that the library has not: the sum of two values. It makes graphs that are no chains. */
import type { LayerDescription, LayerKind } from "../../src/topology/layers/layer.ts";
import { sizeOf } from "../../src/topology/layers/layer.ts";

export const addition: LayerDescription = { kind: "addition" };

/** Only for float64, where affineFill, which reads doubles, copies. */
export const additionKind: LayerKind = {
  outputShape: (_, [shape]) => shape,
  parameters: () => [],
  keepsPreactivation: () => false,
  forward: (_, { kernels, inputs: [left, right], output, outputShape }) => [
    (rows) => kernels.affineFill(left, output, rows * sizeOf(outputShape), 0, 1),
    (rows) => kernels.accumulate(right, output, rows * sizeOf(outputShape)),
  ],
  backward: (_, { kernels, inputGrads, outputGrad, outputShape }) =>
    inputGrads
      .filter((inputGrad) => inputGrad !== undefined)
      .map((inputGrad) => (rows) => kernels.affineFill(outputGrad, inputGrad, rows * sizeOf(outputShape), 0, 1)),
  title: () => "addition",
  toJSON: () => ({}),
  fromJSON: () => addition,
};
