/** Adadelta. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { checkNumbers, checkPositive, checkShare } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { changeLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Adadelta as plain data, every option given. */
export interface Adadelta extends Optimizer {
  readonly name: "adadelta";
  readonly rho: number;
  readonly epsilon: number;
}

/** The learning rate's default is 1, the weight decay's 0. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** The share of the running means of the squares that is kept, in [0, 1). Default 0.9. */
  readonly rho?: number | undefined;
  /** Added to both means under their roots; above 0. Default 1e-6. */
  readonly epsilon?: number | undefined;
}

/**
 * Adadelta: steps along the gradient, as large as the last ones relative to the gradients that led to them.
 *
 * Source  Zeiler 2012, as PyTorch's Adadelta.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adadelta(options: AdadeltaOptions = {}): Adadelta {
  checkArguments("adadelta", arguments.length, 1);
  checkOptions("adadelta", options, ["learningRate", "rho", "epsilon", "weightDecay"]);
  const { learningRate = 1, rho = 0.9, epsilon = 1e-6, weightDecay = 0 } = options;
  const rate = learningRateOf("adadelta", learningRate);
  checkShare("adadelta: rho", rho);
  checkPositive("adadelta", { epsilon });
  checkNumbers("adadelta", { weightDecay });
  return { name: "adadelta", learningRate: rate, rho, epsilon, weightDecay };
}

export const adadeltaKind: OptimizerKind<Adadelta> = {
  make: adadelta,

  stateBlocks: () => ["secondMoment", "secondMoment"],
  limits: ({ rho, epsilon }, dtype, steps) => [changeLimit(rho, epsilon, dtype, steps)],

  update({ rho, epsilon, weightDecay }, { fields, states: [squareMean, changeMean], work }) {
    return op("adadeltaStep", work, { ...fields, squareMean, changeMean, rho, epsilon, weightDecay });
  },
};
