/** Layer normalization: each example by its own mean and variance. */

import { normalization } from "../../../build/normalization.js";
import type { LayerKind } from "./layer.ts";
import {
  gainAndShift,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface LayerNormDescription extends NormalizationDescription {
  readonly kind: "layerNorm";
}

/**
 * weight · (x − mean) / √(variance + epsilon) + bias, mean and (biased) variance over the last side of the example's shape.
 *
 * Source  Ba, Kiros & Hinton 2016, as PyTorch's LayerNorm.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function layerNorm(options: NormalizationOptions = {}): Layer<LayerNormDescription> {
  return callable(layerNormKind, { kind: "layerNorm", ...normalizationOptions("layerNorm", options) });
}

export const layerNormKind: LayerKind<LayerNormDescription> = {
  family: normalization,

  outputShape: (_, inputShapes) => onlyShape("layerNorm", inputShapes),

  parameters: (_, [shape]) => gainAndShift(matrixOf(shape)[1]),

  preactivation: () => "input",

  forward({ epsilon }, { kernels, inputs: [input], output, outputShape, parameters: [weight, bias] }) {
    const [positions, columns] = matrixOf(outputShape);
    return [(rows) => kernels.layerNormForward(input, weight, bias, output, rows * positions, columns, epsilon)];
  },

  backward({ epsilon }, site) {
    const { kernels, outputGrad, outputShape } = site;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [inputGrad = 0] = site.inputGrads;
    const [weightGrad = 0, biasGrad = 0] = site.parameterGrads;
    const [positions, columns] = matrixOf(outputShape);
    return [
      (rows) =>
        kernels.layerNormBackward(
          input,
          weight,
          outputGrad,
          inputGrad,
          weightGrad,
          biasGrad,
          rows * positions,
          columns,
          epsilon,
        ),
    ];
  },

  title: () => "layer normalization",

  toJSON: ({ epsilon }) => ({ epsilon }),

  fromJSON: (options) => layerNorm(options),
};
