/** Layers with a weight, a bias and an activation: the options and parameters that dense layers and convolutions share. */

import { checkFinite, checkOptions, shown } from "../../errors.ts";
import { type Address, inAll, type Operation, op } from "../../kernels/operations.ts";
import {
  type Activation,
  type ActivationName,
  activationKinds,
  activationOf,
  activationTitle,
} from "../activations.ts";
import { type Initializer, zeros } from "../initializers.ts";
import type { DescriptionBase, ParameterDescription, Shape } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { matrixOf } from "./shape.ts";

/** The options of layers with a weight, a bias and an activation. */
export interface WeightedOptions extends TrainableOptions {
  /** The activation. Default "linear". */
  readonly activation?: ActivationName | Activation | undefined;
  /** If true, a bias is added; default true. */
  readonly bias?: boolean | undefined;
  /**
   * The initializer of the weight. The default depends on the activation: the relu family heUniform(), selu lecunNormal(), all others
   * glorotUniform().
   */
  readonly weightInitializer?: Initializer | undefined;
  /** The initializer of the bias. Default zeros(). */
  readonly biasInitializer?: Initializer | undefined;
}

/** The option of layers whose weight has a column for each unit. */
export interface MaxNormOption {
  /** The greatest Euclidean norm of the weights into one unit, enforced after each update; above 0. Default none. */
  readonly maxNorm?: number | undefined;
}

/** A layer with a weight and a bias, as plain data. */
export interface WeightedDescription extends DescriptionBase {
  readonly activation: Activation;
  readonly bias: boolean;
  readonly weightInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly maxNorm?: number | undefined;
}

/** The options in a file, which has no use for initializers. */
const fileOptionNames = ["activation", "bias", ...trainableOptionNames];

/** Refuses options of a file that the layer does not have. */
export const checkFileOptions = (who: string, options: unknown, more: readonly string[]) =>
  checkOptions(who, options, [...fileOptionNames, ...more]);

/**
 * Returns the options of a layer with a weight, with defaults except for maxNorm.
 *
 * @param more the names of the layer's own options
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function weightedOptions(
  who: string,
  options: WeightedOptions & MaxNormOption,
  more: readonly string[],
): Omit<WeightedDescription, "kind"> {
  checkOptions(who, options, [...fileOptionNames, "weightInitializer", "biasInitializer", ...more]);
  const activation = activationOf(options.activation ?? "linear");
  const { bias = true, maxNorm } = options;
  if (typeof bias !== "boolean") throw new TypeError(`${who}: got bias ${shown(bias)}, need true or false`);
  if (maxNorm !== undefined && checkFinite(`${who}: maxNorm`, maxNorm) <= 0) {
    throw new RangeError(`${who}: got maxNorm ${shown(maxNorm)}, need a number above 0`);
  }
  return {
    activation,
    bias,
    weightInitializer: options.weightInitializer ?? activationKinds[activation.name].weights(),
    biasInitializer: options.biasInitializer ?? zeros(),
    ...(maxNorm !== undefined && { maxNorm }),
    ...trainableOptions(who, options),
  };
}

/** Returns the weight and, if there is one, the bias of `units` numbers. */
export function weightAndBias(
  { bias, weightInitializer, biasInitializer }: WeightedDescription,
  shape: Shape,
  units: number,
  fans: { readonly fanIn: number; readonly fanOut: number },
): readonly ParameterDescription[] {
  const weight = { name: "weight", shape, initializer: weightInitializer, isWeight: true, ...fans };
  if (!bias) return [weight];
  return [weight, { name: "bias", shape: [units], initializer: biasInitializer, isWeight: false, ...fans }];
}

/** Returns the part of a title about the activation and a missing bias: ", relu, no bias". */
export const weightedTitle = ({ activation, bias }: WeightedDescription): string =>
  `, ${activationTitle(activation)}${bias ? "" : ", no bias"}`;

/** Returns the operation of the gradient of a bias that is added at every position of a value of this shape. */
export function biasGradient(shape: Shape, blocks: Record<"batch" | "outputGrad" | "biasGrad", Address>): Operation {
  const [positions, fanOut] = matrixOf(shape);
  return op("denseBackwardBias", inAll(fanOut), { positions, ...blocks, fanOut });
}
