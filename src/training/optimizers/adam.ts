/** Adam and AdamW. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { betasOf, checkNumbers, checkPositive } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { meanLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Adam or AdamW as plain data, every option given. */
export interface Adam extends Optimizer {
  readonly name: "adam" | "adamW";
  readonly betas: readonly [number, number];
  readonly epsilon: number;
}

/** The learning rate's default is 0.001; the weight decay's 0 for adam and 0.01 for adamW. */
export interface AdamOptions extends OptimizerOptions {
  /** The shares of the running means of the gradient and of its square that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined;
  /** Added to the root of the second mean; above 0. Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/**
 * Adam: steps along the running mean of the gradient over the root of the running mean of its square.
 *
 * Source  Kingma & Ba 2014, as PyTorch's Adam.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adam(options: AdamOptions = {}): Adam {
  checkArguments("adam", arguments.length, 1);
  return adamOf("adam", options, 0);
}

/**
 * Adam with weight decay separate from the gradient: parameter −= learningRate · weightDecay · parameter before each step.
 *
 * Source  Loshchilov & Hutter 2017, as PyTorch's AdamW.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adamW(options: AdamOptions = {}): Adam {
  checkArguments("adamW", arguments.length, 1);
  return adamOf("adamW", options, 0.01);
}

function adamOf(name: Adam["name"], options: AdamOptions, initialDecay: number): Adam {
  checkOptions(name, options, ["learningRate", "betas", "epsilon", "weightDecay"]);
  const { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = initialDecay } = options;
  const rate = learningRateOf(name, learningRate);
  checkNumbers(name, { weightDecay });
  checkPositive(name, { epsilon });
  return { name, learningRate: rate, betas: betasOf(name, betas), epsilon, weightDecay };
}

export const adamKind = /* @__PURE__ */ kindOf(adam, "adamStep");
export const adamWKind = /* @__PURE__ */ kindOf(adamW, "adamWStep");

function kindOf(make: typeof adam, name: "adamStep" | "adamWStep"): OptimizerKind<Adam> {
  return {
    make,

    stateBlocks: () => ["firstMoment", "secondMoment"],
    limits: ({ betas }, dtype) => [meanLimit(0, 1, ...betas, dtype)],

    update({ betas, epsilon, weightDecay }, { fields, states, work }) {
      const [firstMoment, secondMoment] = states;
      const [beta1, beta2] = betas;
      return op(name, work, { ...fields, firstMoment, secondMoment, beta1, beta2, epsilon, weightDecay });
    },
  };
}
