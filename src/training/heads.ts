/**
 * The losses of all outputs of a network as one: their means are added, each times its weight. Each is a mean over the rows of its own output, which are
 * examples, or steps of sequences that differ in length. One loss of several outputs stands alone.
 */

import { plural } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { rowsOf } from "../topology/sequences.ts";
import type { LossBlocks } from "./lossPlaces.ts";
import type { BoundLoss } from "./objective.ts";
import type { WeightedBy } from "./preparation.ts";

/** The sums of one batch or of several: for each loss, Σ and the sum of the weights that its mean is over; and the penalties. */
export class LossSums {
  readonly sums: Float64Array;
  readonly weights: Float64Array;
  /** Σ of each batch's penalty times its rows, and Σ of those rows; of sums of losses, Σ of the penalties. */
  penalty = 0;
  penaltyRows = 0;

  constructor(losses: number) {
    this.sums = new Float64Array(losses);
    this.weights = new Float64Array(losses);
  }

  /** Forgets every batch. */
  begin(): void {
    this.sums.fill(0);
    this.weights.fill(0);
    this.penalty = 0;
    this.penaltyRows = 0;
  }

  /** Adds those of further batches. */
  add({ sums, weights, penalty, penaltyRows }: LossSums): void {
    for (let index = 0; index < this.sums.length; index++) {
      this.sums[index] += sums[index];
      this.weights[index] += weights[index];
    }
    this.penalty += penalty;
    this.penaltyRows += penaltyRows;
  }

  get areFinite(): boolean {
    for (let index = 0; index < this.sums.length; index++) if (!Number.isFinite(this.sums[index])) return false;
    return Number.isFinite(this.penalty);
  }
}

/** The 64-bit floats of a LossResult in assembly/losses/output.ts: Σ of the loss, and the factor of its gradient. */
export const resultDoubles = 2;

export class Heads {
  /** One for each output; or one of all. */
  readonly losses: readonly BoundLoss[];
  /** True if a batch's targets or weights are prepared for one of them. */
  readonly isPrepared: boolean;
  /** True if one of them weighs each term by itself. */
  readonly hasTermWeights: boolean;

  constructor(losses: readonly BoundLoss[]) {
    this.losses = losses;
    this.hasTermWeights = losses.some((loss) => loss.hasTermWeights);
    this.isPrepared = losses.some((loss) => loss.isPrepared);
  }

  /** Tells whether others of the same trainer take targets and weights of the same form, so that they have the same operations. */
  hasFormOf({ losses }: Heads): boolean {
    for (let index = 0; index < losses.length; index++) {
      if (this.losses[index] !== losses[index] && this.losses[index].form !== losses[index].form) return false;
    }
    return true;
  }

  /** Tells whether the targets are of the form that these have. */
  hasTargetsOf(other: Heads): boolean {
    return this.losses.every(({ targets }, index) => targets === other.losses[index].targets);
  }

  /**
   * Readies the targets and the weights of a batch of `rows` examples, before it goes forward.
   *
   * @param batch gets Σ of the weights of each loss
   * @param results gets the factor of each loss's gradient
   */
  prepare(blocks: readonly LossBlocks[], rows: number, batch: LossSums, results: Values<"float64">): void {
    for (let index = 0; index < this.losses.length; index++) {
      const loss = this.losses[index];
      const weight = loss.prepare(blocks[index], rowsOf(blocks[index].sequences, rows));
      batch.weights[index] = weight;
      results[resultDoubles * index + 1] = loss.scale(weight) * loss.lossWeight;
    }
    batch.penalty = 0;
    batch.penaltyRows = rows;
  }

  /** Writes Σ of each loss of a batch that has gone forward into `batch`. @param results what the operations have written */
  measure(blocks: readonly LossBlocks[], rows: number, batch: LossSums, results: Values<"float64">): void {
    for (let index = 0; index < this.losses.length; index++) {
      const { pass } = this.losses[index];
      if (pass.kind === "operations") batch.sums[index] = results[resultDoubles * index];
      else batch.sums[index] = pass.sum(blocks[index], rowsOf(blocks[index].sequences, rows));
    }
  }

  /** Has the losses that are functions write their gradients. */
  gradient(blocks: readonly LossBlocks[], rows: number, results: Values<"float64">): void {
    for (let index = 0; index < this.losses.length; index++) {
      const { pass } = this.losses[index];
      if (pass.kind === "operations") continue;
      pass.gradient(blocks[index], rowsOf(blocks[index].sequences, rows), results[resultDoubles * index + 1]);
    }
  }

  /** Returns a batch's penalty in the form that `LossSums` adds up: times the rows if losses are means. */
  penaltyOf(penalty: number, rows: number): number {
    return penalty / this.losses[0].scale(rows);
  }

  /** The loss: the means, each times its weight, added; with the mean of the penalties. */
  mean(all: LossSums): number {
    let loss = this.losses[0].mean(all.penalty, all.penaltyRows);
    for (let index = 0; index < this.losses.length; index++) {
      const { lossWeight } = this.losses[index];
      // Also where its mean is infinite, an output without weight does not count.
      if (lossWeight !== 0) loss += this.meanOf(index, all) * lossWeight;
    }
    return loss;
  }

  /** The loss of one output, without its weight. */
  meanOf(index: number, { sums, weights }: LossSums): number {
    return this.losses[index].mean(sums[index], weights[index]);
  }

  /**
   * Returns the sums that a file has.
   *
   * @param sums one for each loss; or one of all, brought to the weights of the first, as files had it before each had its own
   * @param weights as many
   * @param penalty Σ of the penalties, and the rows; absent from files that had it in the first sum
   * @throws {RangeError} if they are not as many
   */
  sumsOf(sums: readonly number[], weights: readonly number[], penalty?: readonly number[]): LossSums {
    const { losses } = this;
    const all = new LossSums(losses.length);
    if (sums.length !== weights.length || (sums.length !== losses.length && sums.length !== 1)) {
      const got = `${plural(sums.length, "sum")} and ${plural(weights.length, "weight")}`;
      throw new RangeError(
        `fromBytes: got ${got} of losses, need one of each for ${plural(losses.length, "loss", "losses")}`,
      );
    }
    all.sums.set(sums);
    all.weights.set(weights);
    for (let index = weights.length; index < losses.length; index++) {
      all.weights[index] = (weights[0] * losses[index].termsPerRow) / losses[0].termsPerRow;
    }
    [all.penalty, all.penaltyRows] = penalty ?? [0, weights[0] / losses[0].termsPerRow];
    return all;
  }

  /** The same losses for examples that have weights, one for each or one for each term. */
  weighted(by: WeightedBy): Heads {
    return new Heads(this.losses.map((loss) => loss.weighted(by)));
  }
}
