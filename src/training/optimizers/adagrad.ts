/** Adagrad. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { checkNumbers, checkPositive } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Adagrad as plain data, every option given. */
export interface Adagrad extends Optimizer {
  readonly name: "adagrad";
  readonly learningRateDecay: number;
  readonly epsilon: number;
}

/** The learning rate's default is 0.01, the weight decay's 0. */
export interface AdagradOptions extends OptimizerOptions {
  /** The learning rate of the update after `t` others is divided by 1 + learningRateDecay · t. Default 0. */
  readonly learningRateDecay?: number | undefined;
  /** Added to the root of the sum; above 0. Default 1e-10. */
  readonly epsilon?: number | undefined;
}

/**
 * Adagrad: steps along the gradient over the root of the sum of all its squares.
 *
 * Source  Duchi et al. 2011, as PyTorch's Adagrad.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adagrad(options: AdagradOptions = {}): Adagrad {
  checkArguments("adagrad", arguments.length, 1);
  checkOptions("adagrad", options, ["learningRate", "learningRateDecay", "epsilon", "weightDecay"]);
  const { learningRate = 0.01, learningRateDecay = 0, epsilon = 1e-10, weightDecay = 0 } = options;
  const rate = learningRateOf("adagrad", learningRate);
  checkNumbers("adagrad", { learningRateDecay, weightDecay });
  checkPositive("adagrad", { epsilon });
  return { name: "adagrad", learningRate: rate, learningRateDecay, epsilon, weightDecay };
}

export const adagradKind: OptimizerKind<Adagrad> = {
  make: adagrad,

  stateBlocks: () => ["secondMoment"],

  update({ learningRateDecay, epsilon, weightDecay }, { fields, states: [squareSum], work }) {
    return op("adagradStep", work, { ...fields, squareSum, learningRateDecay, epsilon, weightDecay });
  },

  updateTable({ learningRateDecay, epsilon, weightDecay }, { fields, states: [squareSum], work }) {
    if (weightDecay > 0) return undefined;
    return op("adagradRows", work, { ...fields, squareSum, learningRateDecay, epsilon });
  },
};
