/** Nadam. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { power } from "../../scalar.ts";
import { betasOf, checkNumbers, checkPositive } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { meanLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Nadam as plain data, every option given. */
export interface Nadam extends Optimizer {
  readonly name: "nadam";
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly momentumDecay: number;
}

/** The learning rate's default is 0.002, the weight decay's 0. */
export interface NadamOptions extends OptimizerOptions {
  /** The shares of the running means of the gradient and of its square that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined;
  /** Added to the root of the second mean; above 0. Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** The rate at which the momentum rises from half of the first beta. Default 0.004. */
  readonly momentumDecay?: number | undefined;
}

/**
 * Nadam: Adam that looks one momentum ahead, as Nesterov's form of gradient descent does.
 *
 * Source  Dozat 2016, as PyTorch's NAdam is documented and PyTorch 2 computes it.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function nadam(options: NadamOptions = {}): Nadam {
  checkArguments("nadam", arguments.length, 1);
  checkOptions("nadam", options, ["learningRate", "betas", "epsilon", "momentumDecay", "weightDecay"]);
  const { learningRate = 2e-3, betas = [0.9, 0.999], epsilon = 1e-8, momentumDecay = 4e-3, weightDecay = 0 } = options;
  const rate = learningRateOf("nadam", learningRate);
  checkNumbers("nadam", { momentumDecay, weightDecay });
  checkPositive("nadam", { epsilon });
  return { name: "nadam", learningRate: rate, betas: betasOf("nadam", betas), epsilon, momentumDecay, weightDecay };
}

/** The most factors, because the number of steps in a file must not decide how long this takes. */
const mostFactors = 2 ** 20;

/**
 * Returns a function that multiplies the `factor` of every step from 1. It stops when the product is negligible beside 1, after 356 steps at
 * 0.9, or at `mostFactors`, which only betas above 0.9999 reach. It goes on from the last product, or from the beginning if that belongs to
 * a later step. So the product is a function of the step, and nothing has to be kept with the optimizer's blocks.
 */
export function productsOf(factor: (step: number) => number): (step: number) => number {
  let known = 0;
  let product = 1;
  return (step) => {
    if (step < known) {
      known = 0;
      product = 1;
    }
    while (known < Math.min(step, mostFactors) && 1 - product < 1) product *= factor(++known);
    return product;
  };
}

export const nadamKind: OptimizerKind<Nadam> = {
  make: nadam,

  stateBlocks: () => ["firstMoment", "secondMoment"],
  limits: ({ betas }, dtype) => [meanLimit(0, 1, ...betas, dtype)],

  update({ betas, epsilon, weightDecay }, { fields, states, work }) {
    const [firstMoment, secondMoment] = states;
    const [beta1, beta2] = betas;
    return op("nadamStep", work, { ...fields, firstMoment, secondMoment, beta1, beta2, epsilon, weightDecay });
  },

  momenta({ betas: [beta1], momentumDecay }) {
    const momentum = (step: number) => beta1 * (1 - 0.5 * power(0.96, step * momentumDecay));
    const productTo = productsOf(momentum);
    return (step) => [momentum(step), momentum(step + 1), productTo(step)];
  },
};
