/**
 * The preparation of a batch's targets and weights for the kernels of a loss: weights of examples, terms and classes, missing targets and
 * smoothed labels become one weight for each term, and targets without gaps.
 */

import type { Kernels } from "../kernels/instance.ts";
import { type Address, none } from "../kernels/operations.ts";
import { type Loss, lossKinds } from "./losses.ts";
import type { LossBlocks, LossPlaces } from "./lossPlaces.ts";

/** The unit that a weight belongs to. */
export type WeightedBy = "example" | "term";

/** The form in which an output's targets and weights are given. */
export interface WeightOptions {
  readonly kernels: Kernels;
  /** Positions of an example, and numbers of the output at each. */
  readonly positions: number;
  readonly outputs: number;
  readonly hasClassWeights: boolean;
  /** The unit that has a weight. Default none. */
  readonly weightedBy?: WeightedBy | undefined;
  /** True if these weights may be negative: a mean is over the terms then, whatever their weights. Default false. */
  readonly isSigned?: boolean | undefined;
  /** True if a target that is NaN is missing, and does not count. Default false. */
  readonly allowsMissing?: boolean | undefined;
}

export interface PreparationOptions extends WeightOptions {
  readonly termsPerRow: number;
  readonly targetsPerTerm: number;
}

/** The preparation of a loss. */
export interface Preparation {
  /** True if the kernels read prepared targets or weights instead of the given ones. */
  readonly isPrepared: boolean;
  /** Readies the targets and the weights of `rows` rows. @returns Σ of the weights, which are 1 where there are none */
  readonly prepare: (blocks: LossBlocks, rows: number) => number;
  /** Return the addresses of the targets and of the weights for the kernels. */
  readonly targetsOf: (places: LossPlaces) => Address;
  readonly weightsOf: (places: LossPlaces) => Address;
}

const rawTargets = ({ targetAddress }: LossPlaces) => targetAddress;
const noWeights = () => none;
const preparedTargets = ({ prepared }: LossPlaces) => prepared!.targets;
const preparedWeights = ({ prepared }: LossPlaces) => prepared!.weights;
const presentTargets = ({ prepared }: LossPlaces) => prepared!.terms!.targetsAddress;

/** Tells whether each term has a weight by itself. */
export const hasTermWeights = ({ weightedBy, allowsMissing = false }: WeightOptions) =>
  weightedBy === "term" || allowsMissing;

/** Returns how `loss` prepares its batches: not at all where nothing has a weight and no label is smoothed. */
export function preparationOf(loss: Loss, options: PreparationOptions): Preparation {
  const { weightedBy, isSigned, allowsMissing, hasClassWeights, termsPerRow } = options;
  const isWeighted = hasClassWeights || hasTermWeights(options) || weightedBy !== undefined;
  if (!loss.labelSmoothing && !isWeighted) {
    const prepare: Preparation["prepare"] = (_, rows) => rows * termsPerRow;
    return { isPrepared: false, prepare, targetsOf: rawTargets, weightsOf: noWeights };
  }
  const { fold, ...places } = foldOf(loss, options);
  if (isSigned && weightedBy) {
    return {
      isPrepared: true,
      // A mean counts each term once, or with the weight of its class. The given weights only multiply the terms.
      prepare(blocks, rows) {
        const present = allowsMissing ? markPresent(blocks, rows, options, undefined) : rows * termsPerRow;
        const weight = hasClassWeights ? fold(blocks, rows, allowsMissing ? "term" : undefined) : present;
        if (allowsMissing) markPresent(blocks, rows, options, weightedBy);
        fold(blocks, rows, allowsMissing ? "term" : weightedBy);
        return weight;
      },
      ...places,
    };
  }
  return {
    isPrepared: true,
    prepare(blocks, rows) {
      if (!allowsMissing) return fold(blocks, rows, weightedBy);
      markPresent(blocks, rows, options, weightedBy);
      return fold(blocks, rows, "term");
    },
    ...places,
  };
}

/** Copies targets and weights, with 0 in both where a target is missing. @returns the number of targets that are there */
function markPresent(
  { prepared }: LossBlocks,
  rows: number,
  { termsPerRow, targetsPerTerm }: PreparationOptions,
  weightedBy: WeightedBy | undefined,
): number {
  const { source, rowWeights, given, targets, weights } = prepared!.terms!;
  if (weightedBy === "example") prepared!.spread?.();
  let present = 0;
  let place = 0;
  for (let row = 0, term = 0; row < rows; row++) {
    for (let end = term + termsPerRow; term < end; term++) {
      // Of the numbers of one target, all are missing or none.
      const isPresent = !Number.isNaN(source[place]);
      const weight = weightedBy === "term" ? given[term] : weightedBy ? rowWeights[row] : 1;
      weights[term] = isPresent ? weight : 0;
      for (let end = place + targetsPerTerm; place < end; place++) targets[place] = isPresent ? source[place] : 0;
      if (isPresent) present++;
    }
  }
  return present;
}

/** Folds weights of classes and of examples or terms, and smoothed labels, into what the loss's kernels read. */
interface Fold extends Omit<Preparation, "prepare" | "isPrepared"> {
  /** @returns Σ of the weights, which are 1 where there are none */
  readonly fold: (blocks: LossBlocks, rows: number, weightedBy: WeightedBy | undefined) => number;
}

function foldOf({ name, labelSmoothing = 0 }: Loss, options: PreparationOptions): Fold {
  const { kernels, positions, outputs, termsPerRow, hasClassWeights, weightedBy, allowsMissing } = options;
  const { targets, classes } = lossKinds[name];
  const sourceOf = allowsMissing ? presentTargets : rawTargets;
  const classesOf = ({ prepared }: LossBlocks) => (hasClassWeights ? prepared!.classWeights : 0);
  const termWeightsOf = ({ prepared }: LossBlocks) => {
    return allowsMissing ? prepared!.terms!.weightsAddress : prepared!.terms!.givenAddress;
  };
  const rowWeightsOf = ({ prepared }: LossBlocks) => {
    prepared!.spread?.();
    return prepared!.exampleWeights;
  };
  if (classes === "row") {
    const prepareTargets = targets === "classes" ? "classNumberTargets" : "classTargets";
    return {
      fold(blocks, rows, by) {
        const from = sourceOf(blocks);
        const { targets: to, weights } = blocks.prepared!;
        const count = rows * positions;
        let positionWeights = by === "term" ? termWeightsOf(blocks) : by ? rowWeightsOf(blocks) : 0;
        if (by === "example" && positions > 1) {
          // The weight of an example is that of each of its positions.
          kernels.elementWeights(from, 0, positionWeights, weights, rows, positions);
          positionWeights = weights;
        }
        const weight = kernels[prepareTargets](
          from,
          classesOf(blocks),
          positionWeights,
          to,
          count,
          outputs,
          labelSmoothing,
        );
        if (hasClassWeights) return weight;
        // Of soft targets that do not sum to 1, the mean is still over positions.
        return by ? kernels.sum(positionWeights, count) : count;
      },
      targetsOf: preparedTargets,
      weightsOf: noWeights,
    };
  }
  const isWeighted = hasClassWeights || hasTermWeights(options) || weightedBy !== undefined;
  return {
    fold(blocks, rows, by) {
      const from = sourceOf(blocks);
      const { prepared } = blocks;
      const count = rows * termsPerRow;
      if (labelSmoothing > 0) kernels.binaryTargets(from, prepared!.targets, count, labelSmoothing);
      if (!isWeighted) return count;
      const classWeights = classesOf(blocks);
      if (by === "term") {
        return kernels.elementWeights(from, classWeights, termWeightsOf(blocks), prepared!.weights, count, 1);
      }
      const rowWeights = by ? rowWeightsOf(blocks) : 0;
      return kernels.elementWeights(from, classWeights, rowWeights, prepared!.weights, rows, termsPerRow);
    },
    targetsOf: labelSmoothing > 0 ? preparedTargets : sourceOf,
    weightsOf: isWeighted ? preparedWeights : noWeights,
  };
}
