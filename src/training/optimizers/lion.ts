/** Lion. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { betasOf, checkNumbers } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Lion as plain data, every option given. */
export interface Lion extends Optimizer {
  readonly name: "lion";
  readonly betas: readonly [number, number];
}

/** The learning rate's default is 0.0001. The weight decay's is 0; it is separate from the gradient, as in adamW. */
export interface LionOptions extends OptimizerOptions {
  /** The share of the momentum in the direction of a step, and the share of the momentum that is kept, in [0, 1). Default [0.9, 0.99]. */
  readonly betas?: readonly [number, number] | undefined;
}

/**
 * Lion: steps of the same size along the sign of a momentum: parameter −= learningRate · (sign + weightDecay · parameter).
 *
 * Source  Chen et al. 2023, algorithm 2.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function lion(options: LionOptions = {}): Lion {
  checkArguments("lion", arguments.length, 1);
  checkOptions("lion", options, ["learningRate", "betas", "weightDecay"]);
  const { learningRate = 1e-4, betas = [0.9, 0.99], weightDecay = 0 } = options;
  const rate = learningRateOf("lion", learningRate);
  checkNumbers("lion", { weightDecay });
  return { name: "lion", learningRate: rate, betas: betasOf("lion", betas), weightDecay };
}

export const lionKind: OptimizerKind<Lion> = {
  make: lion,

  stateBlocks: () => ["velocity"],

  update({ betas, weightDecay }, { fields, states: [firstMoment], work }) {
    const [beta1, beta2] = betas;
    return op("lionStep", work, { ...fields, firstMoment, beta1, beta2, weightDecay });
  },
};
