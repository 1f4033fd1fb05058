/** The activations by name: their kernels, their parameter, and the initializer that suits the weights before them. */

import { checkArguments, checkFinite, checkOptions, isKnown, unknownName } from "../errors.ts";
import { escapeHidden } from "../hidden.ts";
import { type Address, eachRow, type Operation, type Operations, op } from "../kernels/operations.ts";
import { glorotUniform, heUniform, type Initializer, lecunNormal } from "./initializers.ts";
import type { Shape } from "./layers/layer.ts";
import { matrixOf } from "./layers/shape.ts";

/** The name of an activation. */
export type ActivationName =
  | "linear"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "elu"
  | "selu"
  | "gelu"
  | "geluTanh"
  | "silu"
  | "mish"
  | "softplus"
  | "softsign"
  | "hardSigmoid"
  | "hardSwish"
  | "softmax"
  | "logSoftmax";

/** An activation as plain data: its name, and its parameter if it has one. */
export interface Activation {
  readonly name: ActivationName;
  /** The slope of leakyRelu or the alpha of elu; 0 for all others. */
  readonly parameter: number;
}

/** The operations that take a record. */
type NamesOf<OfRecord> = {
  [Name in keyof Operations]: Operations[Name] extends OfRecord ? Name : never;
}[keyof Operations];

type ForwardName = NamesOf<Operations["reluForward"]>;
type BackwardName = NamesOf<Operations["reluBackward"]>;

interface ActivationKind {
  /** True if an output depends on its whole row. */
  readonly isByRow?: boolean | undefined;
  /** The option that its parameter is, with its default, if it has one. */
  readonly parameter?: { readonly option: "slope" | "alpha"; readonly usual: number } | undefined;
  /** The default initializer of the weights before it. */
  readonly weights: () => Initializer;
}

const kind = (
  weights: ActivationKind["weights"] = glorotUniform,
  parameter?: ActivationKind["parameter"],
): ActivationKind => ({ weights, parameter });

export const activationKinds: Readonly<Record<ActivationName, ActivationKind>> = {
  linear: kind(),
  sigmoid: kind(),
  tanh: kind(),
  relu: kind(heUniform),
  leakyRelu: kind(heUniform, { option: "slope", usual: 0.01 }),
  elu: kind(heUniform, { option: "alpha", usual: 1 }),
  selu: kind(lecunNormal),
  gelu: kind(heUniform),
  geluTanh: kind(heUniform),
  silu: kind(heUniform),
  mish: kind(heUniform),
  softplus: kind(),
  softsign: kind(),
  hardSigmoid: kind(),
  hardSwish: kind(heUniform),
  softmax: { ...kind(), isByRow: true },
  logSoftmax: { ...kind(), isByRow: true },
};

export interface LeakyReluOptions {
  /** The factor of numbers below 0. Default 0.01. */
  slope?: number | undefined;
}

export interface EluOptions {
  /** Large negative numbers become −alpha. Default 1. */
  alpha?: number | undefined;
}

/**
 * Returns the activation x where x > 0, else slope · x.
 *
 * @throws {RangeError | TypeError} if an option is unknown or not a finite number
 */
export function leakyRelu(options: LeakyReluOptions = {}): Activation {
  checkArguments("leakyRelu", arguments.length, 1);
  checkOptions("leakyRelu", options, ["slope"]);
  const { slope = activationKinds.leakyRelu.parameter?.usual } = options;
  return { name: "leakyRelu", parameter: checkFinite("leakyRelu: slope", slope) };
}

/**
 * Returns the activation x where x > 0, else alpha · (eˣ − 1).
 *
 * @throws {RangeError | TypeError} if an option is unknown or not a finite number
 */
export function elu(options: EluOptions = {}): Activation {
  checkArguments("elu", arguments.length, 1);
  checkOptions("elu", options, ["alpha"]);
  const { alpha = activationKinds.elu.parameter?.usual } = options;
  return { name: "elu", parameter: checkFinite("elu: alpha", alpha) };
}

/**
 * Returns the activation for a name, or for the result of a call.
 *
 * @throws {RangeError} if no activation has that name
 */
export function activationOf(activation: ActivationName | Activation): Activation {
  if (typeof activation === "function") {
    const { name } = activation as { name: string };
    throw new TypeError(
      `activation: got a function, need a name or a call such as ${escapeHidden(name) || "leakyRelu"}()`,
    );
  }
  const name = typeof activation === "string" ? activation : activation?.name;
  if (!isKnown(activationKinds, name)) throw unknownName("activation", name, Object.keys(activationKinds));
  if (typeof activation === "string") return { name, parameter: activationKinds[name].parameter?.usual ?? 0 };
  return { name, parameter: checkFinite(`activation: the parameter of ${name}`, activation.parameter) };
}

/** The blocks that an activation reads and writes; `output` may be `input` if the operation allows it. */
type ForwardBlocks = Readonly<Record<"input" | "output", Address>>;
type BackwardBlocks = Readonly<Record<"preactivation" | "activation" | "outputGrad" | "inputGrad", Address>>;

/** Returns the name of the forward operation of an activation; linear has none. */
export const forwardName = (name: ActivationName) =>
  name === "linear" ? undefined : (`${name}Forward` satisfies ForwardName);

/** Returns the name of the operation of the derivative; linear has none. */
export const backwardName = (name: ActivationName) =>
  name === "linear" ? undefined : (`${name}Backward` satisfies BackwardName);

/** Returns the operations that apply an activation to a value of this shape: one, or none if it is linear. */
export function activationForward({ name, parameter }: Activation, shape: Shape, blocks: ForwardBlocks): Operation[] {
  const forward = forwardName(name);
  const [positions, columns] = matrixOf(shape);
  return forward ? [op(forward, eachRow(positions), { ...blocks, columns, parameter })] : [];
}

/** Returns the operations of the derivative: one, or none if it is linear. */
export function activationBackward({ name, parameter }: Activation, shape: Shape, blocks: BackwardBlocks): Operation[] {
  const backward = backwardName(name);
  const [positions, columns] = matrixOf(shape);
  return backward ? [op(backward, eachRow(positions), { ...blocks, columns, parameter })] : [];
}

/** Returns the name, with the parameter if there is one: "leakyRelu(0.2)". */
export function activationTitle({ name, parameter }: Activation): string {
  return activationKinds[name].parameter !== undefined ? `${name}(${parameter})` : name;
}
