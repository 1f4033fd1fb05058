/** The state of a learner as plain data, and its check when it comes from a file. */

import { checkInteger } from "../errors.ts";
import type { Dtype } from "../kernels/dtype.ts";
import { checkRange } from "../topology/range.ts";
import type { StateTensor } from "./optimizers/state.ts";
import { checkNumbers } from "./options.ts";
import { checkPlateau, type Rate } from "./rate.ts";
import type { PlateauState } from "./schedules/plateau.ts";

export interface LearnerState {
  /** The updates made so far. */
  readonly steps: number;
  /** The epochs that have ended. */
  readonly epochs: number;
  readonly lastLearningRate: number;
  /** The number that stands instead of the schedule, if one has been set. */
  readonly learningRate?: number;
  /** The seed of random layers. */
  readonly seed: number;
  /** The state of a learning rate that watches records. */
  readonly plateau?: PlateauState | undefined;
  /** The memory of the optimizer: named arrays. */
  readonly optimizer: readonly StateTensor[];
}

/**
 * Refuses numbers that no training has. The memory of the optimizer is not checked here.
 *
 * @param rate the learning rate of the trainer that takes the state
 * @returns the state, of the plateau no more than its fields
 * @throws {RangeError} naming the number
 */
export function checkLearnerState(state: LearnerState, rate: Rate, dtype: Dtype): LearnerState {
  const { steps, epochs, lastLearningRate, learningRate, seed } = state;
  checkInteger("fromBytes: steps", steps, 0, 2 ** 31 - 2);
  checkInteger("fromBytes: epochs", epochs, 0, Number.MAX_SAFE_INTEGER);
  checkNumbers("fromBytes", { lastLearningRate });
  if (learningRate !== undefined) checkNumbers("fromBytes", { learningRate });
  checkInteger("fromBytes: seed", seed, 0, 2 ** 32 - 1);
  const plateau = checkPlateau(rate.plateau, state.plateau);
  checkRange("fromBytes", { learningRate, rate: plateau?.rate }, dtype, true);
  return { ...state, plateau };
}
