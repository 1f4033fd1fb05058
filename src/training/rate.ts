/** The learning rate of a trainer: a number, a schedule, a plateau, or the number that the user has set instead. */

import { checkFinite, checkInteger } from "../errors.ts";
import { checkMonitored, type Monitored, monitored } from "./monitor.ts";
import { checkNumbers } from "./options.ts";
import type { LearningRate } from "./schedules/kinds.ts";
import { type PlateauState, plateauAfter, plateauStart, type ReduceOnPlateau } from "./schedules/plateau.ts";

export class Rate {
  readonly #learningRate: LearningRate;
  /** The rate if it is always the same. Small networks make a step in less time than a lookup would take. */
  #constant: number | undefined;
  /** A number that has been set to stand instead of the schedule. */
  #override: number | undefined;
  /** The state of a plateau; undefined for any other rate. */
  plateau: PlateauState | undefined;

  constructor(learningRate: LearningRate) {
    this.#learningRate = learningRate;
    this.#constant = typeof learningRate === "number" ? learningRate : undefined;
    if (isPlateau(learningRate)) this.plateau = plateauStart(learningRate);
  }

  /** The number that stands instead of the schedule; undefined if none has been set. */
  get override(): number | undefined {
    return this.#override;
  }

  set override(learningRate: number | undefined) {
    const given = this.#learningRate;
    this.#override = learningRate;
    this.#constant = learningRate ?? (typeof given === "number" ? given : undefined);
  }

  /** True if no step and no epoch changes it. */
  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  /** Refuses a plateau that watches a number that records will not have. @throws {RangeError} naming the numbers of records */
  check(monitors: readonly string[]): void {
    if (this.#override === undefined && isPlateau(this.#learningRate))
      checkMonitored("reduceOnPlateau", this.#learningRate.monitor, monitors);
  }

  /** Returns the learning rate after `steps` updates and `epochs` epochs. */
  at(steps: number, epochs: number): number {
    if (this.#constant !== undefined) return this.#constant;
    const learningRate = this.#learningRate as Exclude<LearningRate, number>;
    if (isPlateau(learningRate)) return this.plateau!.rate;
    return learningRate.at(learningRate.per === "step" ? steps : epochs);
  }

  /**
   * Lets a plateau see the record of an epoch.
   *
   * @throws {RangeError} if it watches a number that the record does not have
   */
  observe(record: Monitored): void {
    const learningRate = this.#learningRate;
    if (this.#override !== undefined || !isPlateau(learningRate)) return;
    const value = monitored("reduceOnPlateau", learningRate.monitor, record);
    this.plateau = plateauAfter(learningRate, this.plateau!, value);
  }
}

const isPlateau = (learningRate: LearningRate): learningRate is ReduceOnPlateau =>
  typeof learningRate === "object" && learningRate.kind === "reduceOnPlateau";

/**
 * Returns the state of a plateau that a file has, if the trainer has a plateau.
 *
 * @throws {RangeError} if only one of them is there, or its numbers are out of range
 */
export function checkPlateau(own: PlateauState | undefined, read: PlateauState | undefined): PlateauState | undefined {
  if (own === undefined || read === undefined) {
    if (own === read) return undefined;
    throw new RangeError("fromBytes: got a file with a plateau or a learning rate that has one, need both or neither");
  }
  const { rate, best, badRecords } = Object(read) as PlateauState;
  checkNumbers("fromBytes: a plateau", { rate });
  checkInteger("fromBytes: the bad records of a plateau", badRecords, 0, Number.MAX_SAFE_INTEGER);
  if (best !== undefined) checkFinite("fromBytes: the best of a plateau", best);
  return { rate, best, badRecords };
}
