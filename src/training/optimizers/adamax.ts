/** Adamax. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { betasOf, checkNumbers, checkPositive } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { largestLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Adamax as plain data, every option given. */
export interface Adamax extends Optimizer {
  readonly name: "adamax";
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

/** The learning rate's default is 0.002, the weight decay's 0. */
export interface AdamaxOptions extends OptimizerOptions {
  /** The shares of the gradient's running mean and of its largest size that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined;
  /** Added to the gradient's size; above 0. Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/**
 * Adamax: steps along the running mean of the gradient over the largest recent size of the gradient.
 *
 * Source  Kingma & Ba 2014, as PyTorch's Adamax.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adamax(options: AdamaxOptions = {}): Adamax {
  checkArguments("adamax", arguments.length, 1);
  checkOptions("adamax", options, ["learningRate", "betas", "epsilon", "weightDecay"]);
  const { learningRate = 2e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 } = options;
  const rate = learningRateOf("adamax", learningRate);
  checkNumbers("adamax", { weightDecay });
  checkPositive("adamax", { epsilon });
  return { name: "adamax", learningRate: rate, betas: betasOf("adamax", betas), epsilon, weightDecay };
}

export const adamaxKind: OptimizerKind<Adamax> = {
  make: adamax,

  // It squares no gradient.
  stateBlocks: () => ["velocity", "secondMoment"],
  limits: ({ betas }, dtype) => [largestLimit(...betas, dtype)],

  update({ betas, epsilon, weightDecay }, { fields, states, work }) {
    const [firstMoment, largest] = states;
    const [beta1, beta2] = betas;
    return op("adamaxStep", work, { ...fields, firstMoment, largest, beta1, beta2, epsilon, weightDecay });
  },
};
