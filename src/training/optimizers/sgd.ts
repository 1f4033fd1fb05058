/** Gradient descent, plain and with a velocity. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { op } from "../../kernels/operations.ts";
import { checkBooleans, checkNumbers, checkShare } from "../options.ts";
import { learningRateOf } from "../schedules/kinds.ts";
import type { Optimizer, OptimizerKind, OptimizerOptions } from "./optimizer.ts";

/** Gradient descent as plain data, every option given. */
export interface Sgd extends Optimizer {
  readonly name: "sgd";
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** The learning rate's default is 0.001, as PyTorch's; the weight decay's 0. */
export interface SgdOptions extends OptimizerOptions {
  /** The share of the last step's velocity that is kept, in [0, 1). Default 0. */
  readonly momentum?: number | undefined;
  /** True for Nesterov's momentum: the gradient is taken one velocity ahead. It needs a momentum. Default false. */
  readonly nesterov?: boolean | undefined;
}

/**
 * Gradient descent: velocity = momentum · velocity + gradient; parameter −= learningRate · velocity.
 *
 * Source  PyTorch's SGD; Sutskever et al. 2013 for Nesterov's form.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function sgd(options: SgdOptions = {}): Sgd {
  checkArguments("sgd", arguments.length, 1);
  checkOptions("sgd", options, ["learningRate", "momentum", "nesterov", "weightDecay"]);
  const { learningRate = 1e-3, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  const rate = learningRateOf("sgd", learningRate);
  checkNumbers("sgd", { weightDecay });
  checkShare("sgd: momentum", momentum);
  checkBooleans("sgd", { nesterov });
  if (nesterov && momentum === 0) throw new RangeError("sgd: got nesterov without momentum, need momentum above 0");
  return { name: "sgd", learningRate: rate, momentum, nesterov, weightDecay };
}

export const sgdKind: OptimizerKind<Sgd> = {
  make: sgd,

  stateBlocks: ({ momentum }) => (momentum > 0 ? ["velocity"] : []),

  update({ momentum, nesterov, weightDecay }, { fields, states: [velocity], work }) {
    if (momentum === 0) return op("sgdStep", work, { ...fields, weightDecay });
    return op(nesterov ? "nesterovStep" : "momentumStep", work, { ...fields, velocity, momentum, weightDecay });
  },

  updateTable({ momentum, weightDecay }, { fields, work }) {
    return momentum > 0 || weightDecay > 0 ? undefined : op("sgdRows", work, fields);
  },
};
