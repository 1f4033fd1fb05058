/** A loss bound to a network: what a step minimises, and how it is computed. */

import type { Values } from "../kernels/dtype.ts";
import { eachRow, inAll, type Operation, op, type Work } from "../kernels/operations.ts";
import { type Loss, type LossKind, lossKinds, type TargetKind } from "./losses.ts";
import type { LossBlocks, LossPlaces } from "./lossPlaces.ts";
import { hasTermWeights, type Preparation, preparationOf, type WeightedBy, type WeightOptions } from "./preparation.ts";

/** The rounding error allowed in a sum of probabilities. */
const roundingSlack = 1e-3;

/**
 * A loss bound to an output of so many positions and so many numbers at each. Rows are examples, or the steps of sequences that differ
 * in length.
 */
export interface BoundLoss {
  readonly name: string;
  /** The factor of its mean in the loss of all outputs. */
  readonly lossWeight: number;
  readonly targets: TargetKind;
  /** The form of targets and weights, in which the losses of one output differ. */
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
  /** The computation of the loss over prepared rows: operations, or calls of a custom function. */
  readonly pass: LossOperations | LossCalls;
  /** Returns the factor that turns Σ into the loss, given the sum of the weights; 0 if that sum is 0. */
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

export interface BindOptions extends WeightOptions {
  /** Default 1. */
  readonly lossWeight?: number | undefined;
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
  const preparation = preparationOf(loss, { ...options, termsPerRow, targetsPerTerm });
  const { prepare, isPrepared } = preparation;
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
    pass: joint ? tripletPass(loss, options, preparation) : passOf(own, parameter, options, preparation),
    scale: reduction === "sum" ? () => 1 : (weight) => (weight === 0 ? 0 : 1 / weight),
    mean: reduction === "sum" ? (sum) => sum : (sum, weight) => sum / (weight || 1),
    checkOutputs(values) {
      const most = classes === "row" ? 1 + roundingSlack : 1;
      if (isOfDistances) {
        const negative = values.find((value) => value < 0);
        if (negative === undefined) return;
        throw new RangeError(`${name}: got an output of ${negative}, need distances from 0, as distance() gives them`);
      }
      const areProbabilities = takes?.endings.some((ending) => ending === "probabilities" || ending === "shares");
      const invalid = areProbabilities && values.find((value) => value < 0 || value > most);
      if (!invalid) return;
      throw new RangeError(`${name}: got an output of ${invalid}, need ${takes!.what}: ${takes!.need}`);
    },
    weighted: (weightedBy) => bindLoss(loss, { ...options, weightedBy }),
  };
}

/** Returns the operations of a loss of one output. */
function passOf(
  { forward, backward }: Pick<LossKind, "forward" | "backward">,
  parameter: number,
  { positions, outputs: columns }: BindOptions,
  { targetsOf, weightsOf }: Preparation,
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
  { weightsOf }: Preparation,
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
