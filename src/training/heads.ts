/**
 * The losses of all outputs of a network as one: their means are added. Of a network of one output, its loss; one loss of several outputs
 * stands alone, too.
 */

import { rowsOf } from "../topology/sequences.ts";
import type { BoundLoss, LossBlocks } from "./objective.ts";

export class Heads {
  /** One for each output; or one of all. */
  readonly losses: readonly BoundLoss[];
  /** Whether a batch's targets or weights are prepared for one of them. */
  readonly isPrepared: boolean;
  /** Of the last batch, for each. */
  readonly #weights: number[];

  constructor(losses: readonly BoundLoss[]) {
    this.losses = losses;
    this.isPrepared = losses.some((loss) => loss.isPrepared);
    this.#weights = losses.map(() => 0);
  }

  /** Whether the targets are of the form that these have. */
  isLike(other: Heads): boolean {
    return this.losses.every(({ targets }, index) => targets === other.losses[index].targets);
  }

  /** Readies the targets and the weights of `rows` rows. @returns Σ of the first loss's weights, which a mean is over */
  prepare(blocks: readonly LossBlocks[], rows: number): number {
    for (let index = 0; index < this.losses.length; index++) {
      const block = blocks[index];
      this.#weights[index] = this.losses[index].prepare(block, rowsOf(block.sequences, rows));
    }
    return this.#weights[0];
  }

  /** What, divided as the first loss's Σ is, gives the sum of all means over `rows` rows that have been prepared. */
  sum(blocks: readonly LossBlocks[], rows: number): number {
    let sum = this.losses[0].sum(blocks[0], rowsOf(blocks[0].sequences, rows));
    for (let index = 1; index < this.losses.length; index++) {
      const count = rowsOf(blocks[index].sequences, rows);
      sum += this.#share(index) * this.losses[index].sum(blocks[index], count);
    }
    return sum;
  }

  /** The factor by which the Σ of a further loss is brought to the scale of the first, which divides both. */
  #share(index: number): number {
    const first = this.scale(this.#weights[0]);
    return first === 0 ? 0 : this.losses[index].scale(this.#weights[index]) / first;
  }

  /** Writes ∂loss/∂output over each output's gradient. */
  gradient(blocks: readonly LossBlocks[], rows: number): void {
    for (let index = 0; index < this.losses.length; index++) {
      const loss = this.losses[index];
      loss.gradient(blocks[index], rowsOf(blocks[index].sequences, rows), loss.scale(this.#weights[index]));
    }
  }

  /** What `sum` is multiplied by to give the loss, given the weights' sum; 0 where that is. */
  scale(weight: number): number {
    return this.losses[0].scale(weight);
  }

  /** The loss, given a sum and the weights' sum. */
  mean(sum: number, weight: number): number {
    return this.losses[0].mean(sum, weight);
  }

  /** The same losses for examples that have weights. */
  weighted(): Heads {
    return new Heads(this.losses.map((loss) => loss.weighted()));
  }
}
