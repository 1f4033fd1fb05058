/** Schedules that fall (or, with a factor above 1, rise) by one formula. */

import { checkArguments, checkInteger, checkOptions } from "../../errors.ts";
import { power } from "../../scalar.ts";
import { checkNumbers } from "../options.ts";
import { type ScheduleOf, type ScheduleUnit, scheduleOf } from "./schedule.ts";

export interface StepDecayOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** The factor of the rate. */
  readonly factor: number;
  /** Steps or epochs from one factor to the next. */
  readonly every: number;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * initial · factor^⌊t / every⌋.
 *
 * Source  PyTorch's StepLR.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function stepDecay(options: StepDecayOptions): ScheduleOf<StepDecayOptions> {
  checkArguments("stepDecay", arguments.length, 1);
  checkOptions("stepDecay", options, ["initial", "factor", "every", "per"]);
  const { initial, factor, every, per = "step" } = Object(options) as StepDecayOptions;
  checkNumbers("stepDecay", { initial, factor });
  checkInteger("stepDecay: every", every, 1, Number.MAX_SAFE_INTEGER);
  const data = { kind: "stepDecay", initial, factor, every, per };
  return scheduleOf(data, (t) => initial * power(factor, Math.floor(t / every)));
}

export interface ExponentialDecayOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** The factor of the rate at each step or epoch. */
  readonly factor: number;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * initial · factorᵗ.
 *
 * Source  PyTorch's ExponentialLR.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function exponentialDecay(options: ExponentialDecayOptions): ScheduleOf<ExponentialDecayOptions> {
  checkArguments("exponentialDecay", arguments.length, 1);
  checkOptions("exponentialDecay", options, ["initial", "factor", "per"]);
  const { initial, factor, per = "step" } = Object(options) as ExponentialDecayOptions;
  checkNumbers("exponentialDecay", { initial, factor });
  return scheduleOf({ kind: "exponentialDecay", initial, factor, per }, (t) => initial * power(factor, t));
}

export interface PolynomialDecayOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** The rate from `steps` on. Default 0. */
  readonly final?: number | undefined;
  /** Steps or epochs until it is reached. */
  readonly steps: number;
  /** The power of the remaining share of the steps; 1 is a line. Default 1. */
  readonly power?: number | undefined;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * final + (initial − final) · (1 − t / steps)^power, and `final` from `steps` on.
 *
 * Source  PyTorch's PolynomialLR, which has no `final`.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function polynomialDecay(options: PolynomialDecayOptions): ScheduleOf<PolynomialDecayOptions> {
  checkArguments("polynomialDecay", arguments.length, 1);
  checkOptions("polynomialDecay", options, ["initial", "final", "steps", "power", "per"]);
  const { initial, final = 0, steps, power: exponent = 1, per = "step" } = Object(options) as PolynomialDecayOptions;
  checkNumbers("polynomialDecay", { initial, final, power: exponent });
  checkInteger("polynomialDecay: steps", steps, 1, Number.MAX_SAFE_INTEGER);
  const data = { kind: "polynomialDecay", initial, final, steps, power: exponent, per };
  return scheduleOf(data, (t) => (t < steps ? final + (initial - final) * power(1 - t / steps, exponent) : final));
}

export interface InverseTimeDecayOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** The speed of the fall: after 1 / rate steps or epochs the rate is halved. */
  readonly rate: number;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * initial / (1 + rate · t).
 *
 * Source  Keras's InverseTimeDecay, of one decay step.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): ScheduleOf<InverseTimeDecayOptions> {
  checkArguments("inverseTimeDecay", arguments.length, 1);
  checkOptions("inverseTimeDecay", options, ["initial", "rate", "per"]);
  const { initial, rate, per = "step" } = Object(options) as InverseTimeDecayOptions;
  checkNumbers("inverseTimeDecay", { initial, rate });
  return scheduleOf({ kind: "inverseTimeDecay", initial, rate, per }, (t) => initial / (1 + rate * t));
}
