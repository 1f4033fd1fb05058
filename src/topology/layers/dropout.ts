/** Dropout: in training some elements become 0 and the others larger; in prediction nothing happens. */

import { checkFinite } from "../../errors.ts";
import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { copyForward } from "./copy.ts";
import { type LayerDescription, type LayerKind, type LayerTraining, sizeOf, type TrainingSite } from "./layer.ts";
import { nameOption } from "./options.ts";
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
  blocks: () => ({ preactivation: "input" }),

  forward: copyForward,

  title: ({ rate }) => `dropout ${rate}`,

  fromJSON: ({ rate, ...options }) => dropout(rate as number, options),
};

/** Returns the operation that drops elements of a value or, at the same places, of its gradient. */
function drop(
  rate: number,
  { batch, outputShape, position }: TrainingSite,
  input: Address,
  output: Address,
): Operation {
  return op("dropout", eachRow(), { batch, input, output, columns: sizeOf(outputShape), stream: position, rate });
}

export const dropoutTraining: LayerTraining<DropoutDescription> = {
  isRandom: true,

  forward: ({ rate }, site) => [drop(rate, site, site.inputs[0], site.output)],

  backward({ rate }, site) {
    const [inputGrad] = site.inputGrads;
    return inputGrad === undefined ? [] : [drop(rate, site, site.outputGrad, inputGrad)];
  },
};
