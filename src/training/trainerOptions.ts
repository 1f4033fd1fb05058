/** The options of a trainer, and their check. */

import { checkInteger, checkOptions, shown, unknownName } from "../errors.ts";
import { mostThreads } from "../kernels/team.ts";
import type { RandomGenerator } from "../random.ts";
import { isFlat } from "../topology/rows.ts";
import { type LastBatch, lastBatches } from "./batches.ts";
import { customLoss, isCustom } from "./customLoss.ts";
import { type LossName, lossOf } from "./losses.ts";
import { checkMetrics, isOfEach, type Metric } from "./metrics.ts";
import { adam } from "./optimizers/adam.ts";
import { checkOptimizer } from "./optimizers/kinds.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { checkBooleans } from "./options.ts";
import type { AnyLoss } from "./outputs.ts";
import { type RegularizationOptions, regularizationNames } from "./regularization.ts";
import type { ClassWeights, Weights } from "./weights.ts";

export interface TrainerOptions<Asked extends Metric = Metric> extends RegularizationOptions {
  /**
   * The loss to minimise: a name, or a call such as `squaredError({ reduction: "sum" })`. With several outputs it is the sum of their
   * losses: give one loss for all of them, or an array with one for each. `triplet` is one loss of three outputs, and `customLoss` makes
   * one of a function.
   */
  readonly loss: LossName | AnyLoss | readonly (LossName | AnyLoss)[];
  /** The weight of each output's loss in their sum, from 0 up. Default 1. */
  readonly lossWeights?: readonly number[] | undefined;
  /** Default adam(). */
  readonly optimizer?: Optimizer | undefined;
  /** Rows of a batch, or "full" for all. Default 32. */
  readonly batchSize?: number | "full" | undefined;
  /**
   * The use of the rows that are left at the end of an epoch. "use" makes a smaller batch of them, "drop" leaves them out, "join" adds
   * them to the previous batch. Where a layer needs more rows, as batchNorm needs two, they join without being asked. For `fit`, `epochs`
   * and `fitFor`. Default "use".
   */
  readonly lastBatch?: LastBatch | undefined;
  /** True if each epoch takes the examples in a new order. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Draws the order, and what dropout drops. With a generator that has no `state`, a training cannot resume. Default 0. */
  readonly seed?: number | RandomGenerator | undefined;
  /**
   * Reported beside the loss: names, or `topKAccuracy({ k })`. Of several outputs, one list for all of them, or an array of one for
   * each. Default none.
   */
  readonly metrics?: readonly Asked[] | readonly (readonly Metric[] | null | undefined)[] | undefined;
  /**
   * The weight of each class in the loss; of a binary loss, of the targets 0 and 1. With several outputs, an array of weights for each, or
   * undefined. Default 1.
   */
  readonly classWeights?: ClassWeights | undefined;
  /**
   * True if targets that are NaN, or null in arrays, are missing: they count neither in the loss nor in metrics. For losses that compare
   * whole rows, all numbers of a row are missing or none. Default false.
   */
  readonly missingTargets?: boolean | undefined;
  /**
   * True if `exampleWeights` may be negative, as for policy gradients. The loss is then Σ weight · loss divided by the number of targets;
   * otherwise it is divided by Σ weight. Default false.
   */
  readonly signedWeights?: boolean | undefined;
  /**
   * The processor cores that a step uses; the bits do not depend on it. It pays for steps of 100 µs and more. `trainer.threads` says how many
   * there are: 1 where the host has no workers or no shared memory. Default 1.
   */
  readonly threads?: number | undefined;
  /** True if NaN and infinities in inputs and targets are refused. Default true. */
  readonly validate?: boolean | undefined;
}

/** The checked options as plain data, with their defaults. The seed is not among them. */
export type CheckedOptions = Omit<
  Required<TrainerOptions>,
  "loss" | "lossWeights" | "seed" | "classWeights" | keyof RegularizationOptions
> &
  RegularizationOptions & {
    readonly loss: AnyLoss | readonly AnyLoss[];
    readonly lossWeights?: readonly number[];
    readonly classWeights?: ClassWeights;
  };

const names = [
  "loss",
  "lossWeights",
  "optimizer",
  "batchSize",
  "lastBatch",
  "shuffle",
  "seed",
  "metrics",
  "classWeights",
  "missingTargets",
  "signedWeights",
  "threads",
];

/**
 * Checks the options as far as that is possible without a network.
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
    lastBatch = "use",
    shuffle = true,
    metrics = [],
    missingTargets = false,
    signedWeights = false,
    threads = 1,
    validate = true,
    ...others
  } = Object(options) as TrainerOptions;
  checkBooleans("trainer", { shuffle, missingTargets, signedWeights, validate });
  checkInteger("trainer: threads", threads, 1, mostThreads);
  if (batchSize !== "full") checkInteger("trainer: batchSize", batchSize, 1, 2 ** 31 - 1);
  if (!lastBatches.includes(lastBatch)) throw unknownName("trainer: lastBatch", lastBatch, lastBatches);
  const { classWeights, lossWeights, ...regularization } = others;
  return {
    loss: Array.isArray(loss) ? loss.map(anyLossOf) : anyLossOf(loss as LossName | AnyLoss),
    optimizer: checkOptimizer(optimizer),
    batchSize,
    lastBatch,
    shuffle,
    metrics: checkMetrics(metrics),
    missingTargets,
    signedWeights,
    threads,
    validate,
    ...(lossWeights !== undefined && { lossWeights: checkLossWeights(lossWeights) }),
    ...(classWeights !== undefined && { classWeights: copyOfEach(classWeights) }),
    ...regularization,
  };
}

function anyLossOf(loss: LossName | AnyLoss): AnyLoss {
  if (!isCustom(loss)) return lossOf(loss);
  const { name, compute, ...options } = loss;
  return customLoss(name, compute, options);
}

/** Refuses anything but an array of finite numbers from 0 up, one of which is above 0. */
function checkLossWeights(weights: readonly number[]): readonly number[] {
  const who = "trainer: lossWeights";
  const need = "an array of finite numbers from 0 up, one for each output";
  if (!Array.isArray(weights)) throw new TypeError(`${who}: got ${shown(weights)}, need ${need}`);
  const bad = weights.findIndex((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (bad >= 0) throw new RangeError(`${who}: got ${shown(weights[bad])} at ${bad}, need ${need}`);
  if (!weights.some((weight) => weight > 0)) {
    throw new RangeError(`${who}: got only zeros, need a number above 0 among them`);
  }
  return [...weights];
}

/** Returns class weights as plain arrays, also those of each output; null for an output without them. */
function copyOfEach(weights: ClassWeights): ClassWeights {
  if (!isOfEach(weights)) return copyOf(weights as Weights);
  return Array.from(weights as readonly (Weights | null | undefined)[], (each) =>
    each ? copyOf(each) : (each ?? null),
  );
}

/** Returns an array as a plain one, which JSON keeps. Any other value stays as it is and is refused later. */
function copyOf(weights: Weights): Weights {
  return Array.isArray(weights) || isFlat(weights) ? Array.from(weights) : weights;
}
