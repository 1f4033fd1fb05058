/** All schedules. "Add something else" in ARCHITECTURE.md says what a new one needs beside its file and its row here. */

import { checkArguments, isKnown, shown, unknownName } from "../../errors.ts";
import { constant } from "./constant.ts";
import { cosineDecay, cosineRestarts, oneCycle } from "./cosines.ts";
import { exponentialDecay, inverseTimeDecay, polynomialDecay, stepDecay } from "./decays.ts";
import { type ReduceOnPlateau, reduceOnPlateau } from "./plateau.ts";
import { Schedule } from "./schedule.ts";
import { type WarmupOptions, warmup } from "./warmup.ts";

/** The learning rate of an optimizer: a number, or a schedule. */
export type LearningRate = number | Schedule | ReduceOnPlateau;

type Maker = (options: never) => Schedule | ReduceOnPlateau;

const makers: Readonly<Record<string, Maker>> = {
  constant({ value, ...options }: { value: number }) {
    return constant(value, options);
  },
  stepDecay,
  exponentialDecay,
  polynomialDecay,
  inverseTimeDecay,
  cosineDecay,
  cosineRestarts,
  oneCycle,
  warmup({ next, ...options }: WarmupOptions & { next: unknown }) {
    return warmup(options, scheduleFromJSON(next) as Schedule);
  },
  reduceOnPlateau,
};

/**
 * Returns the schedule of these data, which may come from JSON. A schedule is returned as it is.
 *
 * @throws {RangeError | TypeError} if they are not those of a schedule, or an option is unknown or out of range
 */
export function scheduleFromJSON(data: unknown): Schedule | ReduceOnPlateau {
  checkArguments("scheduleFromJSON", arguments.length, 1);
  const { kind, ...options } = Object(data) as Record<string, unknown>;
  if (typeof data !== "object" || !isKnown(makers, kind)) {
    const calls = Object.keys(makers).map((maker) => `${maker}()`);
    throw unknownName("schedule", typeof data === "function" ? data.name : (kind ?? data), calls);
  }
  return makers[kind](options as never);
}

/**
 * Checks a learning rate and returns it as an optimizer keeps it.
 *
 * @throws {RangeError | TypeError} if it is neither a number from 0 nor a schedule
 */
export function learningRateOf(who: string, learningRate: LearningRate): LearningRate {
  if (typeof learningRate !== "object" || learningRate === null) {
    if (Number.isFinite(learningRate) && learningRate >= 0) return learningRate;
    throw new RangeError(`${who}: got learningRate ${shown(learningRate)}, need a number from 0, or a schedule`);
  }
  const schedule = scheduleFromJSON(learningRate);
  if (schedule instanceof Schedule && schedule.at(0) < 0) {
    throw new RangeError(`${who}: got a learningRate of ${schedule.at(0)}, need a number from 0, or a schedule`);
  }
  return schedule;
}
