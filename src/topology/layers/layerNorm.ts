/** Layer normalization: each example by its own mean and variance. */

import { normalization } from "../../../build/normalization.js";
import { eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { columnSums, type LayerKind, perRow } from "./layer.ts";
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

  blocks(_, { output }, isTraining) {
    const [positions, columns] = matrixOf(output);
    return {
      output: perRow(output),
      preactivation: "input",
      // The mean and the inverse deviation of each position.
      ...(isTraining && {
        statistics: { elements: 2 * positions, per: "row", type: "float64" },
        sums: columnSums(2, columns),
      }),
    };
  },

  forward({ epsilon }, { inputs: [input], output, blocks, outputShape, parameters: [weight, bias] }) {
    const [positions, columns] = matrixOf(outputShape);
    const { statistics = none } = blocks;
    return [op("layerNormForward", eachRow(positions), { input, weight, bias, output, statistics, columns, epsilon })];
  },

  backward(_, { batch, inputs: [input], blocks, outputGrad, inputGrads, parameterGrads, parameters, outputShape }) {
    const [weight] = parameters;
    const [inputGrad] = inputGrads;
    const [weightGrad, biasGrad] = parameterGrads;
    const [positions, columns] = matrixOf(outputShape);
    const { statistics, sums } = blocks;
    const operations: Operation[] = [];
    if (weightGrad !== undefined && biasGrad !== undefined) {
      const parts = { batch, positions, input, statistics, outputGrad, weightGrad, biasGrad, sums, columns };
      operations.push(op("layerNormBackwardParameters", inAll(columns), parts));
    }
    if (inputGrad !== undefined) {
      const parts = { input, weight, statistics, outputGrad, inputGrad, columns };
      operations.push(op("layerNormBackwardInput", eachRow(positions), parts));
    }
    return operations;
  },

  title: () => "layer normalization",

  toJSON: ({ epsilon }) => ({ epsilon }),

  fromJSON: (options) => layerNorm(options),
};
