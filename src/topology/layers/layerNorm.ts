/** Layer normalization: normalizes each example with its own mean and variance. */

import { normalization } from "../../../build/normalization.js";
import { checkArguments } from "../../errors.ts";
import { type Address, eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { columnSums, type LayerKind, type LayerTraining, type Site } from "./layer.ts";
import {
  gainAndShift,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface LayerNormDescription extends NormalizationDescription {
  readonly kind: "layerNorm";
}

/**
 * weight · (x − mean) / √(variance + epsilon) + bias, mean and (biased) variance over the last side of the example's shape.
 *
 * Source  Ba, Kiros & Hinton 2016, like PyTorch's LayerNorm.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function layerNorm(options: NormalizationOptions = {}): Layer<LayerNormDescription> {
  checkArguments("layerNorm", arguments.length, 1);
  return callable(layerNormKind, { kind: "layerNorm", ...normalizationOptions("layerNorm", options) });
}

/** @param statistics the address for the mean and the inverse deviation of each position, or `none` */
function normalize({ epsilon }: LayerNormDescription, site: Site, statistics: Address): Operation[] {
  const { output, outputShape } = site;
  const [input] = site.inputs;
  const [weight, bias] = site.parameters;
  const [positions, columns] = matrixOf(outputShape);
  return [op("layerNormForward", eachRow(positions), { input, weight, bias, output, statistics, columns, epsilon })];
}

export const layerNormKind: LayerKind<LayerNormDescription> = {
  sequences: () => "steps",

  family: normalization,

  parameters: (_, [shape]) => gainAndShift(matrixOf(shape)[1]),

  blocks: () => ({ preactivation: "input" }),

  forward: (description, site) => normalize(description, site, none),

  title: () => "layer normalization",

  fromJSON: (options) => layerNorm(options),
};

export const layerNormTraining: LayerTraining<LayerNormDescription> = {
  blocks(_, { output }) {
    const [positions, columns] = matrixOf(output);
    return { statistics: { elements: 2 * positions, per: "row", type: "float64" }, sums: columnSums(2, columns) };
  },

  forward: (description, site) => normalize(description, site, site.blocks.statistics),

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
};
