/** Adam for embeddings, whose tables a batch uses in part. */

import { checkArguments, checkOptions, shown } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { betasOf, checkPositive } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import { adamKind } from "./adam.ts";
import { meanLimit } from "./limits.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** SparseAdam as plain data, every option given. */
export interface SparseAdam extends Optimizer {
  readonly name: "sparseAdam";
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  /** It has no weight decay. */
  readonly weightDecay: 0;
}

/** The learning rate's default is 0.001. */
export interface SparseAdamOptions extends Omit<OptimizerOptions, "weightDecay"> {
  /** The shares of the running means of the gradient and of its square that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number] | undefined;
  /** Added to the root of the second mean; above 0. Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/**
 * Adam that changes only the rows of an embedding's table that occur in the batch, and their means: the means of all other
 * rows do not decay. All other parameters are updated as by adam, and so is a network without an embedding. In tables,
 * epsilon is added to the root before its correction, as in PyTorch's SparseAdam. With l1 or l2, every row has a gradient.
 *
 * Source  PyTorch's SparseAdam, which has no weight decay.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function sparseAdam(options: SparseAdamOptions = {}): SparseAdam {
  checkArguments("sparseAdam", arguments.length, 1);
  checkOptions("sparseAdam", options, ["learningRate", "betas", "epsilon", "weightDecay"]);
  const { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  const { weightDecay = 0 } = options as OptimizerOptions;
  const rate = learningRateOf("sparseAdam", learningRate);
  if (weightDecay !== 0) throw new RangeError(`sparseAdam: got weightDecay ${shown(weightDecay)}, need 0, or adamW()`);
  checkPositive("sparseAdam", { epsilon });
  return { name: "sparseAdam", learningRate: rate, betas: betasOf("sparseAdam", betas), epsilon, weightDecay: 0 };
}

export const sparseAdamKind: OptimizerKind<SparseAdam> = {
  make: sparseAdam,

  stateBlocks: () => ["firstMoment", "secondMoment"],
  // For a row of a table, the steps are those in which it has occurred.
  limits: ({ betas }, dtype) => [meanLimit(0, 1, ...betas, dtype)],

  update: (options, site) => adamKind.update({ ...options, name: "adam" }, site),

  updateTable({ betas, epsilon }, { fields, states, work }) {
    const [firstMoment, secondMoment] = states;
    const [beta1, beta2] = betas;
    return op("sparseAdamStep", work, { ...fields, firstMoment, secondMoment, beta1, beta2, epsilon });
  },
};
