/** An activation as a layer of its own, for where it does not stand behind a dense layer. */

import type { Kernels } from "../../kernels/instance.ts";
import {
  type Activation,
  type ActivationName,
  activationKinds,
  activationOf,
  activationTitle,
} from "../activations.ts";
import { copyCall } from "./copy.ts";
import type { LayerDescription, LayerKind } from "./layer.ts";
import { nameOption } from "./options.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface ActivationDescription extends LayerDescription {
  readonly kind: "activation";
  readonly activation: Activation;
}

/**
 * activation(x), each element for itself, softmax and logSoftmax over the last side of the shape.
 *
 * @throws {RangeError | TypeError} if there is no such activation
 */
export function activation(
  kind: ActivationName | Activation,
  options: { readonly name?: string } = {},
): Layer<ActivationDescription> {
  return callable(activationKind, {
    kind: "activation",
    activation: activationOf(kind),
    ...nameOption("activation", options),
  });
}

export const activationKind: LayerKind<ActivationDescription> = {
  outputShape: (_, inputShapes) => onlyShape("activation", inputShapes),

  preactivation: () => "input",

  forward({ activation: { name, parameter } }, { kernels, inputs: [input], output, outputShape }) {
    const [positions, columns] = matrixOf(outputShape);
    const { forward } = activationKinds[name];
    if (!forward) return [copyCall(kernels, input, output, outputShape)];
    const kernel = kernels[forward] as Kernels["sigmoidForward"];
    return [(rows) => kernel(input, output, rows * positions, columns, parameter)];
  },

  backward({ activation: { name, parameter } }, site) {
    const { kernels, output, outputGrad, outputShape } = site;
    const [input] = site.inputs;
    const [inputGrad] = site.inputGrads;
    if (inputGrad === undefined) return [];
    const [positions, columns] = matrixOf(outputShape);
    const { backward } = activationKinds[name];
    if (!backward) return [copyCall(kernels, outputGrad, inputGrad, outputShape)];
    const kernel = kernels[backward] as Kernels["sigmoidBackward"];
    return [(rows) => kernel(input, output, outputGrad, inputGrad, rows * positions, columns, parameter)];
  },

  title: ({ activation: kind }) => activationTitle(kind),

  toJSON: ({ activation: kind }) => ({ activation: kind }),

  fromJSON: ({ activation: kind, ...options }) => activation(kind as Activation, options),
};
