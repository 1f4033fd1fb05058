/** Group normalization: normalizes each group of an example's channels with its own mean and variance over all positions. */

import { normalization } from "../../../build/normalization.js";
import { checkArguments, checkInteger, plural } from "../../errors.ts";
import { eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { type LayerKind, type LayerTraining, piecesOf } from "./layer.ts";
import {
  gainAndShift,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface GroupNormDescription extends NormalizationDescription {
  readonly kind: "groupNorm";
  readonly groups: number;
}

/**
 * weight · (x − mean) / √(variance + epsilon) + bias. The channels (the last side of the shape) are divided into `groups` of equally many
 * neighbours. Mean and (biased) variance are those of a group over all positions of the example, or over the steps that it has. Each
 * channel has a weight and a bias. With one group it is layer normalization of the whole example; with groups of one channel it is instance
 * normalization.
 *
 * Source  Wu & He 2018, like PyTorch's GroupNorm.
 * @param groups the number of groups; the channels must be a multiple of it
 * @throws {RangeError | TypeError} if `groups` is not a whole number from 1, or an option is unknown or out of range
 */
export function groupNorm(groups: number, options: NormalizationOptions = {}): Layer<GroupNormDescription> {
  checkArguments("groupNorm", arguments.length, 2);
  checkInteger("groupNorm: groups", groups, 1, 2 ** 31 - 1);
  return callable(groupNormKind, { kind: "groupNorm", groups, ...normalizationOptions("groupNorm", options) });
}

export const groupNormKind: LayerKind<GroupNormDescription> = {
  family: normalization,

  sequences: (_, [shape]) => (shape.length > 1 ? "kept" : undefined),

  outputShape({ groups }, inputShapes) {
    const shape = onlyShape("groupNorm", inputShapes);
    const [, channels] = matrixOf(shape);
    if (channels % groups === 0) return shape;
    const got = `${groups} groups for a value ${shownShape(shape)}`;
    throw new RangeError(`groupNorm: got ${got}, need a number that divides its ${plural(channels, "channel")}`);
  },

  parameters: (_, [shape]) => gainAndShift(matrixOf(shape)[1]),

  blocks: ({ groups }) => ({
    preactivation: "input",
    statistics: { elements: 2 * groups, per: "row", type: "float64" },
  }),

  forward({ groups, epsilon }, site) {
    const { output, offsets } = site;
    const { statistics } = site.blocks;
    const [input] = site.inputs;
    const [weight, bias] = site.parameters;
    const [positions, channels] = matrixOf(piecesOf(site).shape);
    const sizes = { offsets: offsets[0], positions, channels, groups };
    const parts = { input, weight, bias, output, statistics, ...sizes, epsilon };
    return [op("groupNormForward", eachRow(), parts)];
  },

  title: ({ groups }) => `group normalization ${groups}`,

  fromJSON: ({ groups, ...options }) => groupNorm(groups as number, options),
};

export const groupNormTraining: LayerTraining<GroupNormDescription> = {
  blocks({ groups }, { output }) {
    const [, channels] = matrixOf(output);
    return { sums: { elements: 2 * (channels + groups), per: "row", type: "float64" } };
  },

  backward({ groups }, site) {
    const { batch, blocks, outputGrad, offsets } = site;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [inputGrad = none] = site.inputGrads;
    const [weightGrad, biasGrad] = site.parameterGrads;
    const [positions, channels] = matrixOf(piecesOf(site).shape);
    const { statistics, sums } = blocks;
    const sizes = { offsets: offsets[0], positions, channels, groups };
    const ofInput = { input, weight, statistics, outputGrad, inputGrad, sums, ...sizes };
    const operations: Operation[] = [op("groupNormBackward", eachRow(), ofInput)];
    if (weightGrad !== undefined && biasGrad !== undefined) {
      const ofParameters = { batch, sums, weightGrad, biasGrad, channels, groups };
      operations.push(op("groupNormBackwardParameters", inAll(channels), ofParameters));
    }
    return operations;
  },
};
