/** Schedules along half waves of the cosine. */

import { checkArguments, checkInteger, checkOptions } from "../../errors.ts";
import { cosPi } from "../../scalar.ts";
import { checkNumbers } from "../options.ts";
import { type ScheduleOf, type ScheduleUnit, scheduleOf } from "./schedule.ts";

/** Returns the value at a share of half a wave from `from` to `to`. At shares of 0 and 1 it is exactly `from` and `to`. */
function alongWave(from: number, to: number, share: number): number {
  const height = cosPi(share);
  return (from * (1 + height) + to * (1 - height)) / 2;
}

export interface CosineDecayOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** Default 0. */
  readonly minimum?: number | undefined;
  /** Steps or epochs until it is reached. */
  readonly steps: number;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * Falls from `initial` to `minimum` in `steps`: minimum + (initial − minimum)(1 + cos(π t / steps)) / 2. Then it rises again, to
 * `initial` at 2 · steps, and so on, as PyTorch's does.
 *
 * Source  Loshchilov & Hutter 2017, as PyTorch's CosineAnnealingLR.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function cosineDecay(options: CosineDecayOptions): ScheduleOf<CosineDecayOptions> {
  checkArguments("cosineDecay", arguments.length, 1);
  checkOptions("cosineDecay", options, ["initial", "minimum", "steps", "per"]);
  const { initial, minimum = 0, steps, per = "step" } = Object(options) as CosineDecayOptions;
  checkNumbers("cosineDecay", { initial, minimum });
  checkInteger("cosineDecay: steps", steps, 1, Number.MAX_SAFE_INTEGER);
  const data = { kind: "cosineDecay", initial, minimum, steps, per };
  return scheduleOf(data, (t) => alongWave(initial, minimum, t / steps));
}

export interface CosineRestartsOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** Default 0. */
  readonly minimum?: number | undefined;
  /** Steps or epochs of the first fall; then the rate is `initial` again. */
  readonly period: number;
  /** The length of each fall over that of the previous one: a whole number. Default 1. */
  readonly factor?: number | undefined;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/**
 * Falls from `initial` towards `minimum` along a cosine, again and again.
 *
 * Source  Loshchilov & Hutter 2017, as PyTorch's CosineAnnealingWarmRestarts.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function cosineRestarts(options: CosineRestartsOptions): ScheduleOf<CosineRestartsOptions> {
  checkArguments("cosineRestarts", arguments.length, 1);
  checkOptions("cosineRestarts", options, ["initial", "minimum", "period", "factor", "per"]);
  const { initial, minimum = 0, period, factor = 1, per = "step" } = Object(options) as CosineRestartsOptions;
  checkNumbers("cosineRestarts", { initial, minimum });
  checkInteger("cosineRestarts: period", period, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("cosineRestarts: factor", factor, 1, Number.MAX_SAFE_INTEGER);
  const data = { kind: "cosineRestarts", initial, minimum, period, factor, per };
  return scheduleOf(data, (t) => {
    if (factor === 1) return alongWave(initial, minimum, (t % period) / period);
    let [since, length] = [t, period];
    for (; since >= length; length *= factor) since -= length;
    return alongWave(initial, minimum, since / length);
  });
}

export interface OneCycleOptions {
  /** The rate at the top. */
  readonly maximum: number;
  /** Steps or epochs of the whole cycle. */
  readonly steps: number;
  /** Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/** The share of the cycle in which the rate rises, the ratio of the maximum to the first rate, and that of the first rate to the last. */
const [risingShare, firstDivisor, lastDivisor] = [0.3, 25, 1e4];

/**
 * Rises from maximum / 25 to `maximum` in the first 0.3 of `steps`, then falls to maximum / 250 000, both along a cosine, and stays there.
 *
 * Source  Smith & Topin 2017, as PyTorch's OneCycleLR with cycle_momentum=False: momentum and betas stay as they are.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function oneCycle(options: OneCycleOptions): ScheduleOf<OneCycleOptions> {
  checkArguments("oneCycle", arguments.length, 1);
  checkOptions("oneCycle", options, ["maximum", "steps", "per"]);
  const { maximum, steps, per = "step" } = Object(options) as OneCycleOptions;
  checkNumbers("oneCycle", { maximum });
  checkInteger("oneCycle: steps", steps, 1, Number.MAX_SAFE_INTEGER);
  const first = maximum / firstDivisor;
  const [top, end] = [risingShare * steps - 1, steps - 1];
  return scheduleOf({ kind: "oneCycle", maximum, steps, per }, (t) => {
    if (t <= top) return alongWave(first, maximum, t / top);
    return alongWave(maximum, first / lastDivisor, (Math.min(t, end) - top) / (end - top));
  });
}
