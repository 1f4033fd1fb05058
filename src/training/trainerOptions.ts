/** The options of a trainer: what they are, and their check. */

import { checkInteger, checkOptions } from "../errors.ts";
import type { RandomGenerator } from "../random.ts";
import { isFlat } from "../topology/rows.ts";
import { type Loss, type LossName, lossOf } from "./losses.ts";
import { checkMetrics, type Metric } from "./metrics.ts";
import { adam } from "./optimizers/adam.ts";
import { checkOptimizer } from "./optimizers/kinds.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { checkBooleans } from "./options.ts";
import { type RegularizationOptions, regularizationNames } from "./regularization.ts";
import type { Weights } from "./weights.ts";

export interface TrainerOptions<Asked extends Metric = Metric> extends RegularizationOptions {
  /**
   * What is minimised: a name, or a call such as `squaredError({ reduction: "sum" })`. Of a network of several outputs, the sum
   * of the losses of all: one loss for each of them, or an array of one for each. `triplet` is one loss of three outputs.
   */
  readonly loss: LossName | Loss | readonly (LossName | Loss)[];
  /** Default adam(). */
  readonly optimizer?: Optimizer | undefined;
  /** Rows of a batch, or "full" for all. The last batch of an epoch may be smaller. Default 32. */
  readonly batchSize?: number | "full" | undefined;
  /** Whether each epoch takes the examples in a new order. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Draws the order, and what dropout drops. A generator without a `state` leaves nothing to go on with. Default 0. */
  readonly seed?: number | RandomGenerator | undefined;
  /** Reported beside the loss: names, or `topKAccuracy({ k })`. Default none. */
  readonly metrics?: readonly Asked[] | undefined;
  /** How much each class counts in the loss; of a binary loss, the targets 0 and 1. Default 1. */
  readonly classWeights?: Weights | undefined;
  /** Whether NaN and infinities in inputs and targets are refused. Default true. */
  readonly validate?: boolean | undefined;
}

/** The options as they are in force, as plain data, but for the seed. */
export type CheckedOptions = Omit<
  Required<TrainerOptions>,
  "loss" | "seed" | "classWeights" | keyof RegularizationOptions
> &
  RegularizationOptions & { readonly loss: Loss | readonly Loss[]; readonly classWeights?: Weights };

const names = ["loss", "optimizer", "batchSize", "shuffle", "seed", "metrics", "classWeights"];

/**
 * Checks what can be checked without a network.
 *
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function checkTrainerOptions(options: TrainerOptions): CheckedOptions {
  checkOptions("trainer", options, [...names, ...regularizationNames, "validate"]);
  const {
    seed: _,
    loss,
    optimizer = adam(),
    batchSize = 32,
    shuffle = true,
    metrics = [],
    validate = true,
    ...others
  } = Object(options) as TrainerOptions;
  checkBooleans("trainer", { shuffle, validate });
  if (batchSize !== "full") checkInteger("trainer: batchSize", batchSize, 1, 2 ** 31 - 1);
  const { classWeights, ...regularization } = others;
  return {
    loss: Array.isArray(loss) ? loss.map(lossOf) : lossOf(loss as LossName | Loss),
    optimizer: checkOptimizer(optimizer),
    batchSize,
    shuffle,
    metrics: checkMetrics(metrics),
    validate,
    ...(classWeights !== undefined && { classWeights: copyOf(classWeights) }),
    ...regularization,
  };
}

/** A plain array, which JSON keeps; what is no array stays as it is, to be refused. */
function copyOf(weights: Weights): Weights {
  return Array.isArray(weights) || isFlat(weights) ? Array.from(weights) : weights;
}
