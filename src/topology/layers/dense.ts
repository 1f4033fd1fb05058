/** A fully connected layer: activation(x · weight + bias), at each position. */

import { checkFinite, checkInteger, checkOptions, shown } from "../../errors.ts";
import { eachRow, inAll, none, op } from "../../kernels/operations.ts";
import {
  type Activation,
  type ActivationName,
  activationBackward,
  activationForward,
  activationKinds,
  activationOf,
  activationTitle,
} from "../activations.ts";
import { type Initializer, zeros } from "../initializers.ts";
import {
  columnSums,
  type LayerDescription,
  type LayerKind,
  type LayerTraining,
  type ParameterDescription,
  perRow,
} from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface DenseOptions extends TrainableOptions {
  /** Default "linear". */
  readonly activation?: ActivationName | Activation;
  /** True if a bias is added; default true. */
  readonly bias?: boolean;
  /** Default by activation: the relu family heUniform(), selu lecunNormal(), all others glorotUniform(). */
  readonly weightInitializer?: Initializer;
  /** Default zeros(). */
  readonly biasInitializer?: Initializer;
  /** The greatest Euclidean norm of the weights into one unit, kept after each update; above 0. Default none. */
  readonly maxNorm?: number;
}

export interface DenseDescription extends LayerDescription {
  readonly kind: "dense";
  readonly units: number;
  readonly activation: Activation;
  readonly bias: boolean;
  readonly weightInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly maxNorm?: number;
}

const fileOptionNames = ["activation", "bias", "maxNorm", ...trainableOptionNames];
const optionNames = [...fileOptionNames, "weightInitializer", "biasInitializer"];

/**
 * Returns a fully connected layer on the last side: activation(x · weight + bias), weight [features, units], bias [units].
 * Of [steps, features] it makes [steps, units]; flatten() before it makes one row of all steps.
 *
 * @param units outputs of the layer, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function dense(units: number, options: DenseOptions = {}): Layer<DenseDescription> {
  checkInteger("dense: units", units, 1, 2 ** 31 - 1);
  checkOptions("dense", options, optionNames);
  const activation = activationOf(options.activation ?? "linear");
  const { bias = true, maxNorm } = options;
  if (typeof bias !== "boolean") throw new TypeError(`dense: got bias ${shown(bias)}, need true or false`);
  if (maxNorm !== undefined && checkFinite("dense: maxNorm", maxNorm) <= 0) {
    throw new RangeError(`dense: got maxNorm ${maxNorm}, need a number above 0`);
  }
  return callable(denseKind, {
    kind: "dense",
    units,
    activation,
    bias,
    weightInitializer: options.weightInitializer ?? activationKinds[activation.name].weights(),
    biasInitializer: options.biasInitializer ?? zeros(),
    ...(maxNorm !== undefined && { maxNorm }),
    ...trainableOptions("dense", options),
  });
}

export const denseKind: LayerKind<DenseDescription> = {
  outputShape({ units }, inputShapes) {
    return [...onlyShape("dense", inputShapes).slice(0, -1), units];
  },

  parameters({ units, bias, weightInitializer, biasInitializer }, [inputShape]) {
    const [, fanIn] = matrixOf(inputShape);
    const fans = { fanIn, fanOut: units };
    const weight: ParameterDescription = {
      name: "weight",
      shape: [fanIn, units],
      initializer: weightInitializer,
      isWeight: true,
      ...fans,
    };
    if (!bias) return [weight];
    return [weight, { name: "bias", shape: [units], initializer: biasInitializer, isWeight: false, ...fans }];
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

  title: ({ units, activation, bias }) => `dense ${units}, ${activationTitle(activation)}${bias ? "" : ", no bias"}`,

  toJSON: ({ units, activation, bias, maxNorm }) => ({ units, activation, bias, maxNorm }),

  fromJSON({ units, ...options }) {
    checkOptions("dense", options, fileOptionNames);
    return dense(units as number, options);
  },
};

export const denseTraining: LayerTraining<DenseDescription> = {
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
    if (biasGrad !== undefined) {
      const sum = { batch, positions, outputGrad, biasGrad, fanOut: units };
      operations.push(op("denseBackwardBias", inAll(units), sum));
    }
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
