/** A fully connected layer: activation(x · weight + bias), at each position. */

import { checkArguments, checkInteger } from "../../errors.ts";
import { eachRow, inAll, none, op } from "../../kernels/operations.ts";
import { activationBackward, activationForward } from "../activations.ts";
import { columnSums, type LayerKind, type LayerTraining, perRow } from "./layer.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";
import {
  biasGradient,
  checkFileOptions,
  type MaxNormOption,
  type WeightedDescription,
  type WeightedOptions,
  weightAndBias,
  weightedOptions,
  weightedTitle,
} from "./weighted.ts";

export interface DenseOptions extends WeightedOptions, MaxNormOption {}

export interface DenseDescription extends WeightedDescription {
  readonly kind: "dense";
  readonly units: number;
}

/**
 * Returns a fully connected layer on the last side: activation(x · weight + bias), weight [features, units], bias [units].
 * [steps, features] becomes [steps, units]; a flatten() before it makes one row of all steps.
 *
 * @param units the number of outputs of the layer, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function dense(units: number, options: DenseOptions = {}): Layer<DenseDescription> {
  checkArguments("dense", arguments.length, 2);
  checkInteger("dense: units", units, 1, 2 ** 31 - 1);
  return callable(denseKind, { kind: "dense", units, ...weightedOptions("dense", options, ["maxNorm"]) });
}

export const denseKind: LayerKind<DenseDescription> = {
  sequences: () => "steps",

  outputShape({ units }, inputShapes) {
    return [...onlyShape("dense", inputShapes).slice(0, -1), units];
  },

  parameters(description, [inputShape]) {
    const { units } = description;
    const [, fanIn] = matrixOf(inputShape);
    return weightAndBias(description, [fanIn, units], units, { fanIn, fanOut: units });
  },

  blocks: ({ activation }, { output }) => ({
    preactivation: activation.name === "linear" ? "output" : perRow(output),
  }),

  forward({ units, activation }, { inputShapes, inputs: [input], blocks, output, parameters, outputShape }) {
    const [weight, bias = none] = parameters;
    const { preactivation } = blocks;
    const [positions, fanIn] = matrixOf(inputShapes[0]);
    const product = { input, weight, bias, output: preactivation, fanIn, fanOut: units };
    return [
      op("denseForward", eachRow(positions), product),
      ...activationForward(activation, outputShape, { input: preactivation, output }),
    ];
  },

  trainingOptions: ["maxNorm"],

  title: (description) => `dense ${description.units}${weightedTitle(description)}`,

  toJSON: ({ units, activation, bias, maxNorm }) => ({ units, activation, bias, maxNorm }),

  fromJSON({ units, ...options }) {
    checkFileOptions("dense", options, ["maxNorm"]);
    return dense(units as number, options);
  },
};

export const denseTraining: LayerTraining<DenseDescription> = {
  hasIndependentParameters: true,

  blocks: ({ units, maxNorm }) => (maxNorm === undefined ? {} : { sums: columnSums(2, units) }),

  backward({ units, activation }, site) {
    const { batch, output, outputGrad, outputShape } = site;
    const { preactivation } = site.blocks;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [weightGrad, biasGrad] = site.parameterGrads;
    const [inputGrad] = site.inputGrads;
    const [positions, fanIn] = matrixOf(site.inputShapes[0]);
    const gradients = { preactivation, activation: output, outputGrad, inputGrad: outputGrad };
    const operations = activationBackward(activation, outputShape, gradients);
    if (weightGrad !== undefined) {
      const product = { batch, positions, input, outputGrad, weightGrad, fanIn, fanOut: units };
      operations.push(op("denseBackwardWeight", inAll(fanIn), product));
    }
    if (biasGrad !== undefined) operations.push(biasGradient(outputShape, { batch, outputGrad, biasGrad }));
    if (inputGrad !== undefined) {
      const product = { outputGrad, weight, inputGrad, fanIn, fanOut: units };
      operations.push(op("denseBackwardInput", eachRow(positions), product));
    }
    return operations;
  },

  afterUpdate({ units, maxNorm }, { inputShapes, blocks, parameters: [weights], isTrained }) {
    if (maxNorm === undefined || !isTrained) return [];
    const [, rows] = matrixOf(inputShapes[0]);
    return [op("limitColumns", inAll(units), { weights, rows, columns: units, sums: blocks.sums, limit: maxNorm })];
  },
};
