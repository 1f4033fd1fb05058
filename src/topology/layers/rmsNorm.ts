/** Normalization by the root mean square: divides each example by its own. */

import { normalization } from "../../../build/normalization.js";
import { checkArguments } from "../../errors.ts";
import { type Address, eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { columnSums, type LayerKind, type LayerTraining, type Site } from "./layer.ts";
import {
  gain,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface RmsNormOptions extends NormalizationOptions {
  /** Added to the mean square; above 0. Default 1e-6. */
  readonly epsilon?: number | undefined;
}

export interface RmsNormDescription extends NormalizationDescription {
  readonly kind: "rmsNorm";
}

/**
 * weight · x / √(mean(x²) + epsilon), the mean over the last side of the example's shape, at each position. It has a gain and no
 * shift.
 *
 * Source  Zhang & Sennrich 2019, like PyTorch's RMSNorm.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function rmsNorm(options: RmsNormOptions = {}): Layer<RmsNormDescription> {
  checkArguments("rmsNorm", arguments.length, 1);
  return callable(rmsNormKind, { kind: "rmsNorm", ...normalizationOptions("rmsNorm", options, [], 1e-6) });
}

/** @param statistics the address for the inverse root mean square of each position, or `none` */
function normalize({ epsilon }: RmsNormDescription, site: Site, statistics: Address): Operation[] {
  const { output, outputShape } = site;
  const [input] = site.inputs;
  const [weight] = site.parameters;
  const [positions, columns] = matrixOf(outputShape);
  return [op("rmsNormForward", eachRow(positions), { input, weight, output, statistics, columns, epsilon })];
}

export const rmsNormKind: LayerKind<RmsNormDescription> = {
  sequences: () => "steps",

  family: normalization,

  parameters: (_, [shape]) => [gain(matrixOf(shape)[1])],

  blocks: () => ({ preactivation: "input" }),

  forward: (description, site) => normalize(description, site, none),

  title: () => "root mean square normalization",

  fromJSON: (options) => rmsNorm(options),
};

export const rmsNormTraining: LayerTraining<RmsNormDescription> = {
  blocks(_, { output }) {
    const [positions, columns] = matrixOf(output);
    return { statistics: { elements: positions, per: "row", type: "float64" }, sums: columnSums(1, columns) };
  },

  forward: (description, site) => normalize(description, site, site.blocks.statistics),

  backward(_, { batch, inputs: [input], blocks, outputGrad, inputGrads, parameterGrads, parameters, outputShape }) {
    const [weight] = parameters;
    const [inputGrad] = inputGrads;
    const [weightGrad] = parameterGrads;
    const [positions, columns] = matrixOf(outputShape);
    const { statistics, sums } = blocks;
    const operations: Operation[] = [];
    if (weightGrad !== undefined) {
      const parts = { batch, positions, input, statistics, outputGrad, weightGrad, sums, columns };
      operations.push(op("rmsNormBackwardWeight", inAll(columns), parts));
    }
    if (inputGrad !== undefined) {
      const parts = { input, weight, statistics, outputGrad, inputGrad, columns };
      operations.push(op("rmsNormBackwardInput", eachRow(positions), parts));
    }
    return operations;
  },
};
