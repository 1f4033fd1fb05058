/** RMSprop, plain, centered and with a velocity. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { none, op } from "../../kernels/operations.ts";
import { checkBooleans, checkNumbers, checkPositive, checkShare } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { meanLimit, velocityLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Rmsprop as plain data, every option given. */
export interface Rmsprop extends Optimizer {
  readonly name: "rmsprop";
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly centered: boolean;
}

/** The learning rate's default is 0.01, the weight decay's 0. */
export interface RmspropOptions extends OptimizerOptions {
  /** The share of the running mean of the gradient's square that is kept, in [0, 1). Default 0.99. */
  readonly alpha?: number | undefined;
  /** Added to the root of that mean; above 0. Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** The share of the last step's velocity that is kept, in [0, 1). Default 0. */
  readonly momentum?: number | undefined;
  /** True if the gradient is divided by its deviation: the square of its running mean is subtracted first. Default false. */
  readonly centered?: boolean | undefined;
}

/**
 * RMSprop: steps along the gradient over the root of the running mean of its square.
 *
 * Source  Hinton's lecture 6e, 2012, as PyTorch's RMSprop.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function rmsprop(options: RmspropOptions = {}): Rmsprop {
  checkArguments("rmsprop", arguments.length, 1);
  checkOptions("rmsprop", options, ["learningRate", "alpha", "epsilon", "momentum", "centered", "weightDecay"]);
  const {
    learningRate = 0.01,
    alpha = 0.99,
    epsilon = 1e-8,
    momentum = 0,
    centered = false,
    weightDecay = 0,
  } = options;
  const rate = learningRateOf("rmsprop", learningRate);
  checkShare("rmsprop: alpha", alpha);
  checkPositive("rmsprop", { epsilon });
  checkShare("rmsprop: momentum", momentum);
  checkBooleans("rmsprop", { centered });
  checkNumbers("rmsprop", { weightDecay });
  return { name: "rmsprop", learningRate: rate, alpha, epsilon, momentum, centered, weightDecay };
}

export const rmspropKind: OptimizerKind<Rmsprop> = {
  make: rmsprop,

  stateBlocks: ({ momentum, centered }) => [
    "secondMoment",
    ...(centered ? (["firstMoment"] as const) : []),
    ...(momentum > 0 ? (["velocity"] as const) : []),
  ],
  // If it is centered, the divisor may come near epsilon, so the velocity has no limit.
  limits({ alpha, epsilon, momentum, centered }, dtype) {
    if (centered) return [meanLimit(1, 0, alpha, alpha, dtype)];
    return momentum > 0 ? [velocityLimit(alpha, momentum, epsilon, dtype)] : [];
  },

  update({ alpha, epsilon, momentum, centered, weightDecay }, { fields, states, work }) {
    const [squareMean, ...others] = states;
    const mean = centered ? others[0] : none;
    const velocity = momentum > 0 ? others[others.length - 1] : none;
    return op("rmspropStep", work, { ...fields, squareMean, mean, velocity, alpha, epsilon, momentum, weightDecay });
  },
};
