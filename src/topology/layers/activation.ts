/** An activation as a layer of its own, for places that are not after a dense layer. */

import { checkArguments } from "../../errors.ts";
import {
  type Activation,
  type ActivationName,
  activationBackward,
  activationForward,
  activationOf,
  activationTitle,
} from "../activations.ts";
import { copyOf } from "./copy.ts";
import type { DescriptionBase, LayerKind, LayerTraining } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { callable, type Layer } from "./value.ts";

export interface ActivationDescription extends DescriptionBase {
  readonly kind: "activation";
  readonly activation: Activation;
}

/**
 * Returns a layer that applies an activation to each element. softmax and logSoftmax act on the last side of the shape.
 *
 * @throws {RangeError | TypeError} if there is no such activation
 */
export function activation(kind: ActivationName | Activation, options: NameOption = {}): Layer<ActivationDescription> {
  checkArguments("activation", arguments.length, 2);
  return callable(activationKind, {
    kind: "activation",
    activation: activationOf(kind),
    ...nameOption("activation", options),
  });
}

export const activationKind: LayerKind<ActivationDescription> = {
  sequences: () => "steps",

  blocks: () => ({ preactivation: "input" }),

  forward({ activation: kind }, { inputs: [input], output, outputShape }) {
    const operations = activationForward(kind, outputShape, { input, output });
    return operations.length > 0 ? operations : [copyOf(input, output, outputShape)];
  },

  title: ({ activation: kind }) => activationTitle(kind),

  fromJSON: ({ activation: kind, ...options }) => activation(kind as Activation, options),
};

export const activationTraining: LayerTraining<ActivationDescription> = {
  backward(
    { activation: kind },
    { inputs: [preactivation], inputGrads: [inputGrad], output, outputGrad, outputShape },
  ) {
    if (inputGrad === undefined) return [];
    const blocks = { preactivation, activation: output, outputGrad, inputGrad };
    const operations = activationBackward(kind, outputShape, blocks);
    return operations.length > 0 ? operations : [copyOf(outputGrad, inputGrad, outputShape)];
  },
};
