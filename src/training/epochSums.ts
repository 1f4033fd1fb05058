/** The sums of an epoch under way: of its losses, its metrics and its penalties. */

import type { BatchBlocks } from "./blocks.ts";
import { type Results, resultsOf } from "./evaluation.ts";
import { nameOf } from "./forms.ts";
import { type Heads, LossSums } from "./heads.ts";
import type { Learner } from "./learner.ts";
import type { Measurements } from "./metrics.ts";
import type { SumsState } from "./runState.ts";

export class EpochSums {
  readonly #learner: Learner;
  readonly #loss: Heads;
  readonly #metrics: Measurements;
  readonly #sums: LossSums;
  #batchLoss = 0;

  /**
   * @param loss the losses for the form of the targets
   * @throws {RangeError} if a metric does not fit the targets
   */
  constructor(learner: Learner, loss: Heads) {
    this.#learner = learner;
    this.#loss = loss;
    this.#metrics = learner.metrics.measurements(loss);
    this.#sums = new LossSums(loss.losses.length);
  }

  /** Begins an epoch. */
  begin(): void {
    this.#sums.begin();
    this.#metrics.begin();
  }

  /** Adds a batch after its step. @param isMeasured true if metrics are counted, too */
  add(blocks: BatchBlocks, rows: number, isMeasured: boolean): void {
    const { sums } = this.#learner;
    this.#sums.add(sums);
    this.#batchLoss = this.#loss.mean(sums);
    // The outputs are still those before the update.
    if (isMeasured) this.#metrics.add(blocks.measured, rows);
  }

  /** The loss of the last batch, before its update. */
  get batchLoss(): number {
    return this.#batchLoss;
  }

  /** The loss of all batches. */
  get loss(): number {
    return this.#loss.mean(this.#sums);
  }

  /** Returns the metrics of all batches, and the results of each of several outputs. */
  results(): Results {
    return resultsOf(this.#loss, this.#sums, this.#metrics);
  }

  /** Refuses an epoch in which no target of an output counted, unless its loss has a weight of 0. @throws {RangeError} naming the output */
  checkCounted(who: string): void {
    const index = this.#loss.losses.findIndex(({ lossWeight }, of) => lossWeight !== 0 && this.#sums.weights[of] === 0);
    if (index < 0) return;
    const name = nameOf(this.#learner.format, index);
    throw new RangeError(
      `${who}: ${name}: got only targets that are missing or weigh 0, need one at least that counts`,
    );
  }

  /** Returns the sums as plain data. @param isMeasured true if metrics have been counted, too */
  stateOf(isMeasured: boolean): SumsState {
    const { sums, weights, penalty, penaltyRows } = this.#sums;
    const metrics = isMeasured ? { metrics: this.#metrics.state } : {};
    return { losses: [...sums], weights: [...weights], penalty: [penalty, penaltyRows], ...metrics };
  }

  /** Takes over sums. @throws {RangeError} if they are of other losses or metrics; nothing has changed then */
  restore({ losses, weights, penalty, metrics }: SumsState): void {
    const sums = this.#loss.sumsOf(losses, weights, penalty);
    if (metrics) this.#metrics.state = metrics;
    this.#sums.begin();
    this.#sums.add(sums);
  }
}
