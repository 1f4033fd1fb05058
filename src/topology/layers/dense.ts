/** A fully connected layer: activation(x · weight + bias), at each position. */

import { checkFinite, checkInteger, checkOptions, shown } from "../../errors.ts";
import type { Kernels } from "../../kernels/instance.ts";
import {
  type Activation,
  type ActivationName,
  activationKinds,
  activationOf,
  activationTitle,
} from "../activations.ts";
import { type Initializer, zeros } from "../initializers.ts";
import type { Call, LayerDescription, LayerKind, ParameterDescription } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface DenseOptions extends TrainableOptions {
  /** Default "linear". */
  readonly activation?: ActivationName | Activation;
  /** Whether a bias is added; default true. */
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
 * A fully connected layer on the last side: activation(x · weight + bias), weight [features, units], bias [units]. Of [steps, features]
 * it makes [steps, units]; flatten() before it makes one row of all steps.
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

  preactivation: ({ activation }) => (activation.name === "linear" ? "output" : "own"),

  forward({ units, activation }, { kernels, tableIndex, inputShapes, inputs, preactivation, output, parameters }) {
    const [input] = inputs;
    const [weight, bias = 0] = parameters;
    const [positions, fanIn] = matrixOf(inputShapes[0]);
    const { forward } = activationKinds[activation.name];
    const place = forward ? tableIndex(forward) : 0;
    return [
      (rows) =>
        kernels.matmulForward(
          input,
          weight,
          bias,
          preactivation,
          output,
          rows * positions,
          fanIn,
          units,
          place,
          activation.parameter,
        ),
    ];
  },

  backward({ units, activation }, site) {
    const { kernels, preactivation, output, outputGrad } = site;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [weightGrad, biasGrad = 0] = site.parameterGrads;
    const [inputGrad] = site.inputGrads;
    const [positions, fanIn] = matrixOf(site.inputShapes[0]);
    const { parameter } = activation;
    const calls: Call[] = [];
    const { backward } = activationKinds[activation.name];
    if (backward) {
      const kernel = kernels[backward] as Kernels["sigmoidBackward"];
      calls.push((rows) => kernel(preactivation, output, outputGrad, outputGrad, rows * positions, units, parameter));
    }
    if (weightGrad !== undefined) {
      calls.push((rows) =>
        kernels.matmulBackwardWeight(input, outputGrad, weightGrad, biasGrad, rows * positions, fanIn, units),
      );
    }
    if (inputGrad !== undefined) {
      calls.push((rows) => kernels.matmulBackwardInput(outputGrad, weight, inputGrad, rows * positions, fanIn, units));
    }
    return calls;
  },

  afterUpdate({ units, maxNorm }, { kernels, inputShapes, parameters: [weight], isTrained }) {
    if (maxNorm === undefined || !isTrained) return [];
    const [, fanIn] = matrixOf(inputShapes[0]);
    return [() => kernels.limitColumns(weight, fanIn, units, maxNorm)];
  },

  stacked({ activation, maxNorm }) {
    const { forward, backward, isByRow } = activationKinds[activation.name];
    return isByRow || maxNorm !== undefined ? undefined : { forward, backward, parameter: activation.parameter };
  },

  title: ({ units, activation, bias }) => `dense ${units}, ${activationTitle(activation)}${bias ? "" : ", no bias"}`,

  toJSON: ({ units, activation, bias, maxNorm }) => ({ units, activation, bias, maxNorm }),

  fromJSON({ units, ...options }) {
    checkOptions("dense", options, fileOptionNames);
    return dense(units as number, options);
  },
};
