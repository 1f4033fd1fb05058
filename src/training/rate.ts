/** The learning rate of a training under way: what a number, a schedule or a plateau gives where it stands. */

import { type Monitored, monitored } from "./monitor.ts";
import type { LearningRate } from "./schedules/kinds.ts";
import { type PlateauState, plateauAfter, plateauStart, type ReduceOnPlateau } from "./schedules/plateau.ts";

export class Rate {
  readonly #learningRate: LearningRate;
  /** Where a plateau stands; undefined for all else. */
  plateau: PlateauState | undefined;

  constructor(learningRate: LearningRate) {
    this.#learningRate = learningRate;
    if (isPlateau(learningRate)) this.plateau = plateauStart(learningRate);
  }

  /** The learning rate after so many updates and epochs. */
  at(steps: number, epochs: number): number {
    const learningRate = this.#learningRate;
    if (typeof learningRate === "number") return learningRate;
    if (isPlateau(learningRate)) return this.plateau!.rate;
    return learningRate.at(learningRate.per === "step" ? steps : epochs);
  }

  /**
   * Shows it the record of an epoch.
   *
   * @throws {RangeError} if a plateau watches what the record does not have
   */
  observe(record: Monitored): void {
    const learningRate = this.#learningRate;
    if (!isPlateau(learningRate)) return;
    const value = monitored("reduceOnPlateau", learningRate.monitor, record);
    this.plateau = plateauAfter(learningRate, this.plateau!, value);
  }
}

const isPlateau = (learningRate: LearningRate): learningRate is ReduceOnPlateau =>
  typeof learningRate === "object" && learningRate.kind === "reduceOnPlateau";
