/**
 * A loss bound to a network: what a step minimises. It knows how a batch's targets and weights are prepared for its kernels,
 * where labels are smoothed or examples or classes have weights; where nothing of this is asked for, nothing is done.
 */

import type { Values } from "../kernels/dtype.ts";
import type { Kernels } from "../kernels/instance.ts";
import { type Address, eachRow, inAll, none, type Operation, op, type Work } from "../kernels/operations.ts";
import type { Sequences } from "../topology/sequences.ts";
import { type Loss, type LossKind, lossKinds, type TargetKind } from "./losses.ts";

/** How far rounding may bring a sum of probabilities above 1. */
const roundingSlack = 1e-3;

/** The addresses of the blocks of a batch that a loss reads and writes. */
export interface LossPlaces {
  /** The record of the batch whose rows are those of the output. */
  readonly batch: Address;
  readonly outputAddress: Address;
  readonly targetAddress: Address;
  readonly outputGradAddress: Address;
  /** A LossResult of assembly/losses/output.ts. */
  readonly result: Address;
  /** Present for losses that prepare their batches. */
  readonly prepared: PreparedPlaces | undefined;
  /** The sequences whose steps are the rows, if they differ in length. */
  readonly sequences: Sequences | undefined;
  /** The places of all outputs, these among them, for a loss of several outputs. */
  readonly all: readonly LossPlaces[];
}

/** The addresses of weights, and of prepared targets and weights. */
export interface PreparedPlaces {
  /** [rows]; and one for each class, or those of 0 and of 1. */
  readonly exampleWeights: Address;
  readonly classWeights: Address;
  /** [rows, positions, outputs] */
  readonly targets: Address;
  /** A weight for each term, or for each position; as large as the targets. */
  readonly weights: Address;
  /** Present for losses that weigh each term by itself. */
  readonly terms: TermPlaces | undefined;
}

/** The addresses of targets and weights if each term has its own weight. */
export interface TermPlaces {
  /** The weights as they were given. */
  readonly givenAddress: Address;
  /** The targets with 0 for those that are missing, and the weights with 0 for these. */
  readonly targetsAddress: Address;
  readonly weightsAddress: Address;
}

/** The blocks of a batch that a loss reads and writes: their addresses, and views of those that JavaScript prepares. */
export interface LossBlocks extends LossPlaces {
  readonly prepared: PreparedBlocks | undefined;
}

export interface PreparedBlocks extends PreparedPlaces {
  /** Writes the weights of the sequences as those of their steps, which are `exampleWeights`; present if the rows are steps. */
  readonly spread: (() => void) | undefined;
  readonly terms: TermBlocks | undefined;
}

export interface TermBlocks extends TermPlaces {
  /** The targets, and the weights of rows and of terms, as they were given. */
  readonly source: Values;
  readonly rowWeights: Values;
  readonly given: Values;
  readonly targets: Values;
  readonly weights: Values;
}

/**
 * A loss bound to an output of so many positions and so many numbers at each. Rows are examples, or the steps of sequences that differ
 * in length.
 */
export interface BoundLoss {
  readonly name: string;
  /** What its mean is multiplied by in the loss of all outputs. */
  readonly lossWeight: number;
  readonly targets: TargetKind;
  /** What the targets are and what has a weight, by which the losses of one output differ. */
  readonly form: string;
  /** The number between an output's two classes, if each output has its own; for targets it is one half. */
  readonly threshold: number | undefined;
  /** Numbers in the targets of a position, and in those of an example. */
  readonly targetColumns: number;
  readonly targetWidth: number;
  /** Terms that a row has in Σ, and the numbers that the target of a term has. */
  readonly termsPerRow: number;
  readonly targetsPerTerm: number;
  /** True if the kernels read prepared targets or weights instead of the given ones. */
  readonly isPrepared: boolean;
  /** True if each term has a weight by itself, because targets have weights or may be missing. */
  readonly hasTermWeights: boolean;
  /** Readies the targets and the weights of `rows` rows. @returns Σ of the weights, which are 1 where there are none */
  readonly prepare: (blocks: LossBlocks, rows: number) => number;
  /** How the loss is computed over rows that have been prepared: by operations, or by calls of a function of one's own. */
  readonly pass: LossOperations | LossCalls;
  /** What Σ is multiplied by to give the loss, given the weights' sum; 0 where that is. */
  readonly scale: (weight: number) => number;
  /** The loss, given Σ and the weights' sum. */
  readonly mean: (sum: number, weight: number) => number;
  /** Refuses outputs that the loss cannot take. */
  readonly checkOutputs: (outputs: Values) => void;
  /** The same loss for examples that have weights, one for each or one for each term. */
  readonly weighted: (by: WeightedBy) => BoundLoss;
}

/** The operations of a loss. Their records have the same fields, and are the same for all losses of one output. */
export interface LossOperations {
  readonly kind: "operations";
  /** Returns what writes Σ of weight · loss to the result. */
  readonly forward: (places: LossPlaces) => Operation;
  /** Returns what writes ∂(scale · Σ)/∂output over outputGrad, by the scale in the result. */
  readonly backward: (places: LossPlaces) => Operation;
}

/** The calls of a loss that is a function in JavaScript, after the forward pass and before the backward pass. */
export interface LossCalls {
  readonly kind: "calls";
  /** Returns Σ of weight · loss over `rows` rows. */
  readonly sum: (blocks: LossBlocks, rows: number) => number;
  /** Writes ∂(scale · Σ)/∂output over outputGrad. */
  readonly gradient: (blocks: LossBlocks, rows: number, scale: number) => void;
}

/** What has a weight by itself. */
export type WeightedBy = "example" | "term";

export interface BindOptions {
  readonly kernels: Kernels;
  /** Positions of an example, and numbers of the output at each. */
  readonly positions: number;
  readonly outputs: number;
  readonly hasClassWeights: boolean;
  /** Default 1. */
  readonly lossWeight?: number | undefined;
  /** What has a weight. Default nothing. */
  readonly weightedBy?: WeightedBy | undefined;
  /** True if these weights may be negative: a mean is over the terms then, whatever their weights. Default false. */
  readonly isSigned?: boolean | undefined;
  /** True if a target that is NaN is missing, and does not count. Default false. */
  readonly allowsMissing?: boolean | undefined;
}

/**
 * @throws {RangeError} if the loss is one of classes, and there is one output at each position; or one of distances, and there are more
 */
export function bindLoss(loss: Loss, options: BindOptions): BoundLoss {
  const { name, reduction, parameter = 0, power } = loss;
  const { positions, outputs, lossWeight = 1 } = options;
  const { terms, targets, classes, threshold, takes, isOfDistances, joint } = lossKinds[name];
  if (classes === "row" && outputs === 1) {
    const got = positions === 1 ? "a network of 1 output" : "1 output at each position";
    throw new RangeError(`${name}: got ${got}, need one for each class, or the loss binaryCrossEntropy`);
  }
  if (isOfDistances && outputs > 1) {
    throw new RangeError(
      `${name}: got ${outputs} outputs at each position, need 1: a distance, as distance() gives it`,
    );
  }
  const termsPerRow = terms === "output" ? positions * outputs : positions;
  const targetColumns = targets === "classes" ? 1 : targets === "none" ? 0 : outputs;
  const targetsPerTerm = terms === "output" ? 1 : targetColumns;
  const { prepare, targetsOf, weightsOf } = preparationOf(loss, { ...options, termsPerRow, targetsPerTerm });
  const isPrepared = targetsOf !== rawTargets || weightsOf !== noWeights;
  // Prepared class numbers are rows.
  const kind = isPrepared && targets === "classes" ? lossKinds.softmaxCrossEntropy : lossKinds[name];
  const own = (power === 1 && kind.power?.linear) || kind;
  return {
    name,
    lossWeight,
    targets,
    form: `${targets} ${options.weightedBy}`,
    threshold,
    targetColumns,
    targetWidth: positions * targetColumns,
    termsPerRow,
    targetsPerTerm,
    isPrepared,
    hasTermWeights: hasTermWeights(options),
    prepare,
    pass: joint ? tripletPass(loss, options, weightsOf) : passOf(own, parameter, options, targetsOf, weightsOf),
    scale: reduction === "sum" ? () => 1 : (weight) => (weight === 0 ? 0 : 1 / weight),
    mean: reduction === "sum" ? (sum) => sum : (sum, weight) => sum / (weight || 1),
    checkOutputs(values) {
      const most = classes === "row" ? 1 + roundingSlack : 1;
      const areProbabilities = takes?.endings.some((ending) => ending === "probabilities" || ending === "shares");
      const stranger = areProbabilities && values.find((value) => value < 0 || value > most);
      if (!stranger) return;
      throw new RangeError(`${name}: got an output of ${stranger}, need ${takes!.what}: ${takes!.need}`);
    },
    weighted: (weightedBy) => bindLoss(loss, { ...options, weightedBy }),
  };
}

/** Returns the operations of a loss of one output. */
function passOf(
  { forward, backward }: Pick<LossKind, "forward" | "backward">,
  parameter: number,
  { positions, outputs: columns }: BindOptions,
  targetsOf: (places: LossPlaces) => Address,
  weightsOf: (places: LossPlaces) => Address,
): LossOperations {
  const fieldsOf = (places: LossPlaces) => ({
    batch: places.batch,
    output: places.outputAddress,
    outputGrad: places.outputGradAddress,
    targets: targetsOf(places),
    weights: weightsOf(places),
    positions,
    columns,
    result: places.result,
    parameter,
  });
  return {
    kind: "operations",
    forward: (places) => op(forward, inAll(1), fieldsOf(places)),
    backward: (places) => op(backward, eachPosition(positions, places), fieldsOf(places)),
  };
}

/** Returns the operations of triplet, the loss of three outputs. */
function tripletPass(
  { parameter: margin = 0 }: Loss,
  { positions, outputs: columns }: BindOptions,
  weightsOf: (places: LossPlaces) => Address,
): LossOperations {
  const fieldsOf = (places: LossPlaces) => {
    const [anchor, same, other] = places.all.map(({ outputAddress }) => outputAddress);
    const [anchorGrad, sameGrad, otherGrad] = places.all.map(({ outputGradAddress }) => outputGradAddress);
    const outputs = { anchor, same, other, anchorGrad, sameGrad, otherGrad };
    const { batch, result } = places;
    return { batch, ...outputs, weights: weightsOf(places), positions, columns, result, margin };
  };
  return {
    kind: "operations",
    forward: (places) => op("tripletForward", inAll(1), fieldsOf(places)),
    backward: (places) => op("tripletBackward", eachPosition(positions, places), fieldsOf(places)),
  };
}

/** Returns a unit of work for each position of an output. */
function eachPosition(positions: number, { sequences }: LossPlaces): Work {
  return sequences ? { ...eachRow(positions), batch: sequences.batch } : eachRow(positions);
}

interface Preparation {
  readonly prepare: BoundLoss["prepare"];
  /** Where the kernels find the targets, and the weights. */
  readonly targetsOf: (places: LossPlaces) => Address;
  readonly weightsOf: (places: LossPlaces) => Address;
}

const rawTargets = ({ targetAddress }: LossPlaces) => targetAddress;
const noWeights = () => none;
const preparedTargets = ({ prepared }: LossPlaces) => prepared!.targets;
const preparedWeights = ({ prepared }: LossPlaces) => prepared!.weights;
const presentTargets = ({ prepared }: LossPlaces) => prepared!.terms!.targetsAddress;

const hasTermWeights = ({ weightedBy, allowsMissing = false }: BindOptions) => weightedBy === "term" || allowsMissing;

interface PreparationOptions extends BindOptions {
  readonly termsPerRow: number;
  readonly targetsPerTerm: number;
}

function preparationOf(loss: Loss, options: PreparationOptions): Preparation {
  const { weightedBy, isSigned, allowsMissing, hasClassWeights, termsPerRow } = options;
  const isWeighted = hasClassWeights || hasTermWeights(options) || weightedBy !== undefined;
  if (!loss.labelSmoothing && !isWeighted) {
    return { prepare: (_, rows) => rows * termsPerRow, targetsOf: rawTargets, weightsOf: noWeights };
  }
  const { fold, ...places } = foldOf(loss, options);
  if (isSigned && weightedBy) {
    return {
      // What a mean is over are the terms as if they had no weights, but for those of their classes.
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
    prepare(blocks, rows) {
      if (!allowsMissing) return fold(blocks, rows, weightedBy);
      markPresent(blocks, rows, options, weightedBy);
      return fold(blocks, rows, "term");
    },
    ...places,
  };
}

/** Writes targets and weights with 0 for those of terms whose target is missing. @returns how many are not */
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
interface Fold extends Omit<Preparation, "prepare"> {
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
