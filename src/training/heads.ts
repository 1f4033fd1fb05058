/**
 * The losses of all outputs of a network as one: their means are added. Each is a mean over the rows of its own output, which are
 * examples, or steps of sequences that differ in length. One loss of several outputs stands alone.
 */

import { plural } from "../errors.ts";
import { rowsOf } from "../topology/sequences.ts";
import type { BoundLoss, LossBlocks } from "./objective.ts";

/** Of each loss, Σ over the rows of one batch or of several, and Σ of the weights that its mean is over. */
export class LossSums {
  readonly sums: Float64Array;
  readonly weights: Float64Array;

  constructor(losses: number) {
    this.sums = new Float64Array(losses);
    this.weights = new Float64Array(losses);
  }

  /** Forgets every batch. */
  begin(): void {
    this.sums.fill(0);
    this.weights.fill(0);
  }

  /** Adds those of further batches. */
  add({ sums, weights }: LossSums): void {
    for (let index = 0; index < this.sums.length; index++) {
      this.sums[index] += sums[index];
      this.weights[index] += weights[index];
    }
  }

  get areFinite(): boolean {
    for (let index = 0; index < this.sums.length; index++) if (!Number.isFinite(this.sums[index])) return false;
    return true;
  }
}

export class Heads {
  /** One for each output; or one of all. */
  readonly losses: readonly BoundLoss[];
  /** Whether a batch's targets or weights are prepared for one of them. */
  readonly isPrepared: boolean;

  constructor(losses: readonly BoundLoss[]) {
    this.losses = losses;
    this.isPrepared = losses.some((loss) => loss.isPrepared);
  }

  /** Whether the targets are of the form that these have. */
  isLike(other: Heads): boolean {
    return this.losses.every(({ targets }, index) => targets === other.losses[index].targets);
  }

  /** Writes both Σ of a batch of `rows` examples into `batch`, after it has readied the targets and the weights. */
  measure(blocks: readonly LossBlocks[], rows: number, batch: LossSums): void {
    for (let index = 0; index < this.losses.length; index++) {
      const loss = this.losses[index];
      const count = rowsOf(blocks[index].sequences, rows);
      batch.weights[index] = loss.prepare(blocks[index], count);
      batch.sums[index] = loss.sum(blocks[index], count);
    }
  }

  /** Writes ∂loss/∂output over each output's gradient, of a batch that has been measured. */
  gradient(blocks: readonly LossBlocks[], rows: number, { weights }: LossSums): void {
    for (let index = 0; index < this.losses.length; index++) {
      const loss = this.losses[index];
      loss.gradient(blocks[index], rowsOf(blocks[index].sequences, rows), loss.scale(weights[index]));
    }
  }

  /** Has a batch's loss be greater by `penalty`; not where its weights are all 0. */
  addPenalty(penalty: number, { sums, weights }: LossSums): void {
    const scale = this.losses[0].scale(weights[0]);
    if (scale !== 0) sums[0] += penalty / scale;
  }

  /** The loss: the means, added. */
  mean({ sums, weights }: LossSums): number {
    let loss = this.losses[0].mean(sums[0], weights[0]);
    for (let index = 1; index < this.losses.length; index++) {
      loss += this.losses[index].mean(sums[index], weights[index]);
    }
    return loss;
  }

  /**
   * Returns the sums that a file has.
   *
   * @param sums one for each loss; or one of all, brought to the weights of the first, as files had it before each had its own
   * @param weights as many
   * @throws {RangeError} if they are not as many
   */
  sumsOf(sums: readonly number[], weights: readonly number[]): LossSums {
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
    return all;
  }

  /** The same losses for examples that have weights. */
  weighted(): Heads {
    return new Heads(this.losses.map((loss) => loss.weighted()));
  }
}
