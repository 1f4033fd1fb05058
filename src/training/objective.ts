/**
 * A loss bound to a network: what a step minimises. It knows how a batch's targets and weights are prepared for its kernels,
 * where labels are smoothed or examples or classes have weights; where nothing of this is asked for, nothing is done.
 */

import type { Values } from "../kernels/dtype.ts";
import type { Kernels } from "../kernels/instance.ts";
import type { Sequences } from "../topology/sequences.ts";
import { type Loss, lossKinds, type TargetKind } from "./losses.ts";

/** Where the blocks of a batch lie that a loss reads and writes. */
export interface LossBlocks {
  readonly outputAddress: number;
  readonly targetAddress: number;
  readonly outputGradAddress: number;
  /** There for losses that prepare their batches. */
  readonly prepared: PreparedBlocks | undefined;
  /** The sequences whose steps are the rows, if they differ in length. */
  readonly sequences: Sequences | undefined;
  /** The blocks of all outputs, these among them, for a loss of several outputs. */
  readonly all: readonly LossBlocks[];
}

/** Where the weights lie, and what becomes of a batch's targets and weights. */
export interface PreparedBlocks {
  /** [rows]; and one for each class, or those of 0 and of 1. */
  readonly exampleWeights: number;
  readonly classWeights: number;
  /** Where the rows are steps: the weights of the sequences, and those of the steps, which are `exampleWeights`. */
  readonly spread: { readonly weights: Values; readonly steps: Values } | undefined;
  /** [rows, positions, outputs] */
  readonly targets: number;
  /** A weight for each term, or for each position; as large as the targets. */
  readonly weights: number;
}

/**
 * A loss bound to an output of so many positions and so many numbers at each. Rows are examples, or the steps of sequences that differ
 * in length.
 */
export interface BoundLoss {
  readonly name: Loss["name"];
  /** What its mean is multiplied by in the loss of all outputs. */
  readonly lossWeight: number;
  readonly targets: TargetKind;
  /** The number between an output's two classes, if each output has its own; for targets it is one half. */
  readonly threshold: number | undefined;
  /** Numbers in the targets of a position, and in those of an example. */
  readonly targetColumns: number;
  readonly targetWidth: number;
  /** Terms that a row has in Σ. */
  readonly termsPerRow: number;
  /** The names of the two kernels that `sum` and `gradient` call, and what they take for a parameter. */
  readonly forward: keyof Kernels;
  readonly backward: keyof Kernels;
  readonly parameter: number;
  /** Whether targets or weights are not those the kernels would read without a word. */
  readonly isPrepared: boolean;
  /** Readies the targets and the weights of `rows` rows. @returns Σ of the weights, which are 1 where there are none */
  readonly prepare: (blocks: LossBlocks, rows: number) => number;
  /** Σ of weight · loss over `rows` rows that have been prepared. */
  readonly sum: (blocks: LossBlocks, rows: number) => number;
  /** Writes ∂(scale · Σ)/∂output over outputGrad. */
  readonly gradient: (blocks: LossBlocks, rows: number, scale: number) => void;
  /** What `sum` is multiplied by to give the loss, given the weights' sum; 0 where that is. */
  readonly scale: (weight: number) => number;
  /** The loss, given Σ and the weights' sum. */
  readonly mean: (sum: number, weight: number) => number;
  /** Refuses outputs that the loss cannot take. */
  readonly checkOutputs: (outputs: Values) => void;
  /** The same loss for examples that have weights. */
  readonly weighted: () => BoundLoss;
}

export interface BindOptions {
  readonly kernels: Kernels;
  /** Positions of an example, and numbers of the output at each. */
  readonly positions: number;
  readonly outputs: number;
  readonly hasClassWeights: boolean;
  /** Default 1. */
  readonly lossWeight?: number;
  /** Default false. */
  readonly hasExampleWeights?: boolean;
}

/**
 * @throws {RangeError} if the loss is one of classes, and there is one output at each position; or one of distances, and there are more
 */
export function bindLoss(loss: Loss, options: BindOptions): BoundLoss {
  const { name, reduction, parameter = 0, power } = loss;
  const { kernels, positions, outputs, lossWeight = 1 } = options;
  const { terms, targets, classes, threshold, probabilities, isOfDistances, joint } = lossKinds[name];
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
  const { prepare, hasTargets, hasWeights } = preparationOf(loss, termsPerRow, options);
  const isPrepared = hasTargets || hasWeights;
  const targetColumns = targets === "classes" ? 1 : targets === "none" ? 0 : outputs;
  // Prepared class numbers are rows.
  const kind = isPrepared && targets === "classes" ? lossKinds.softmaxCrossEntropy : lossKinds[name];
  const own = (power === 1 && kind.power?.linear) || kind;
  const [forward, backward] = [kernels[own.forward], kernels[own.backward]];
  const targetsOf = ({ targetAddress, prepared }: LossBlocks) => (hasTargets ? prepared!.targets : targetAddress);
  const weightsOf = ({ prepared }: LossBlocks) => (hasWeights ? prepared!.weights : 0);
  return {
    name,
    lossWeight,
    targets,
    threshold,
    targetColumns,
    targetWidth: positions * targetColumns,
    termsPerRow,
    forward: own.forward,
    backward: own.backward,
    parameter,
    isPrepared,
    prepare,
    sum: (blocks, rows) =>
      forward(blocks.outputAddress, targetsOf(blocks), weightsOf(blocks), rows * positions, outputs, parameter),
    gradient(blocks, rows, scale) {
      const target = targetsOf(blocks);
      const weights = weightsOf(blocks);
      const count = rows * positions;
      backward(blocks.outputAddress, target, weights, blocks.outputGradAddress, count, outputs, scale, parameter);
    },
    ...(joint && tripletCalls(loss, options, weightsOf)),
    scale: reduction === "sum" ? () => 1 : (weight) => (weight === 0 ? 0 : 1 / weight),
    mean: reduction === "sum" ? (sum) => sum : (sum, weight) => sum / (weight || 1),
    checkOutputs(values) {
      const stranger = probabilities && values.find((value) => value < 0 || value > 1);
      if (!stranger) return;
      throw new RangeError(`${name}: got an output of ${stranger}, need outputs from 0 to 1: ${probabilities}`);
    },
    weighted: () => bindLoss(loss, { ...options, hasExampleWeights: true }),
  };
}

/** The kernel calls of triplet, the loss of three outputs. */
function tripletCalls(
  { parameter = 0 }: Loss,
  { kernels, positions, outputs }: BindOptions,
  weightsOf: (blocks: LossBlocks) => number,
): Pick<BoundLoss, "sum" | "gradient"> {
  const { tripletForward, tripletBackward } = kernels;
  return {
    sum(blocks, rows) {
      const { all } = blocks;
      const [anchor, same, other] = [all[0].outputAddress, all[1].outputAddress, all[2].outputAddress];
      return tripletForward(anchor, same, other, weightsOf(blocks), rows * positions, outputs, parameter);
    },
    gradient(blocks, rows, scale) {
      const { all } = blocks;
      tripletBackward(
        all[0].outputAddress,
        all[1].outputAddress,
        all[2].outputAddress,
        weightsOf(blocks),
        all[0].outputGradAddress,
        all[1].outputGradAddress,
        all[2].outputGradAddress,
        rows * positions,
        outputs,
        scale,
        parameter,
      );
    },
  };
}

interface Preparation {
  readonly prepare: BoundLoss["prepare"];
  /** Whether it writes targets, and whether it writes weights. */
  readonly hasTargets: boolean;
  readonly hasWeights: boolean;
}

function preparationOf({ name, labelSmoothing = 0 }: Loss, termsPerRow: number, options: BindOptions): Preparation {
  const { kernels, positions, outputs, hasClassWeights, hasExampleWeights = false } = options;
  const { targets, classes } = lossKinds[name];
  const isWeighted = hasClassWeights || hasExampleWeights;
  if (labelSmoothing === 0 && !isWeighted) {
    return { prepare: (_, rows) => rows * termsPerRow, hasTargets: false, hasWeights: false };
  }
  const classesOf = ({ prepared }: LossBlocks) => (hasClassWeights ? prepared!.classWeights : 0);
  const examplesOf = ({ prepared, sequences }: LossBlocks) => {
    if (!hasExampleWeights) return 0;
    const { spread, exampleWeights } = prepared!;
    // The weight of an example is that of each of its steps.
    if (spread) sequences!.spread(spread.weights, spread.steps);
    return exampleWeights;
  };
  if (classes === "row") {
    const prepareTargets = targets === "classes" ? kernels.classNumberTargets : kernels.classTargets;
    return {
      prepare(blocks, rows) {
        const { targetAddress, prepared } = blocks;
        const classWeights = classesOf(blocks);
        const { targets: to, weights } = prepared!;
        const count = rows * positions;
        let exampleWeights = examplesOf(blocks);
        if (exampleWeights && positions > 1) {
          // The weight of an example is that of each of its positions.
          kernels.elementWeights(targetAddress, 0, exampleWeights, weights, rows, positions);
          exampleWeights = weights;
        }
        const weight = prepareTargets(targetAddress, classWeights, exampleWeights, to, count, outputs, labelSmoothing);
        if (hasClassWeights) return weight;
        // Of soft targets that do not sum to 1, the mean is still over positions.
        return hasExampleWeights ? kernels.sum(exampleWeights, count) : count;
      },
      hasTargets: true,
      hasWeights: false,
    };
  }
  return {
    prepare(blocks, rows) {
      const { targetAddress: from, prepared } = blocks;
      const count = rows * positions * outputs;
      if (labelSmoothing > 0) kernels.binaryTargets(from, prepared!.targets, count, labelSmoothing);
      if (!isWeighted) return rows * termsPerRow;
      return kernels.elementWeights(from, classesOf(blocks), examplesOf(blocks), prepared!.weights, rows, termsPerRow);
    },
    hasTargets: labelSmoothing > 0,
    hasWeights: isWeighted,
  };
}
