/** Dropout: in training some elements become 0 and the others larger; in prediction nothing happens. */

import { checkFinite } from "../../errors.ts";
import { copyCall } from "./copy.ts";
import { type LayerDescription, type LayerKind, sizeOf } from "./layer.ts";
import { nameOption } from "./options.ts";
import { onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface DropoutDescription extends LayerDescription {
  readonly kind: "dropout";
  readonly rate: number;
}

/**
 * Inverted dropout: in training each element is 0 with probability `rate`, else multiplied by 1 / (1 − rate). What is dropped
 * depends on the trainer's seed, the step, the layer and the element's place in the batch, and on nothing else.
 *
 * Source  Srivastava et al. 2014, as PyTorch's Dropout.
 * @param rate from 0 to below 1
 * @throws {RangeError | TypeError} if it is out of range
 */
export function dropout(rate: number, options: { readonly name?: string } = {}): Layer<DropoutDescription> {
  checkFinite("dropout: rate", rate);
  if (rate < 0 || rate >= 1) throw new RangeError(`dropout: got rate ${rate}, need a number from 0 to below 1`);
  return callable(dropoutKind, { kind: "dropout", rate, ...nameOption("dropout", options) });
}

export const dropoutKind: LayerKind<DropoutDescription> = {
  isRandom: true,

  outputShape: (_, inputShapes) => onlyShape("dropout", inputShapes),

  preactivation: () => "input",

  forward: (_, { kernels, inputs: [input], output, outputShape }) => [copyCall(kernels, input, output, outputShape)],

  forwardTraining({ rate }, { kernels, inputs: [input], output, outputShape, draws, position }) {
    const size = sizeOf(outputShape);
    return [(rows) => kernels.dropoutForward(input, output, rows * size, rate, draws.seed, draws.step, position)];
  },

  backward({ rate }, { kernels, inputGrads: [inputGrad], outputGrad, outputShape, draws, position }) {
    if (inputGrad === undefined) return [];
    const size = sizeOf(outputShape);
    return [
      (rows) => kernels.dropoutBackward(outputGrad, inputGrad, rows * size, rate, draws.seed, draws.step, position),
    ];
  },

  title: ({ rate }) => `dropout ${rate}`,

  toJSON: ({ rate }) => ({ rate }),

  fromJSON: ({ rate, ...options }) => dropout(rate as number, options),
};
