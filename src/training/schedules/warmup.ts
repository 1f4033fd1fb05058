/** The schedule that rises in a line to the start of another one. */

import { checkArguments, checkInteger, checkOptions, shown } from "../../errors.ts";
import { checkNumbers } from "../options.ts";
import { Schedule, type ScheduleOf, type ScheduleUnit, scheduleOf } from "./schedule.ts";

export interface WarmupOptions {
  /** Steps or epochs until `then` begins. */
  readonly steps: number;
  /** The first rate. Default 0. */
  readonly from?: number | undefined;
  /** The unit of `then`, which is also the default. */
  readonly per?: ScheduleUnit | undefined;
}

/** A `warmup`, with the schedule that follows it. */
export type Warmup = ScheduleOf<WarmupOptions> & { readonly next: Schedule };

/**
 * Rises in a line from `from` to the first rate of `then` in `steps`; then `then` begins at its own 0.
 *
 * Source  Goyal et al. 2017, as PyTorch's LinearLR and then another by SequentialLR.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range, or if `then` is not a schedule
 */
export function warmup(options: WarmupOptions, then: Schedule): Warmup {
  checkArguments("warmup", arguments.length, 2);
  checkOptions("warmup", options, ["steps", "from", "per"]);
  if (!(then instanceof Schedule)) {
    throw new TypeError(`warmup: got ${shown(then)} as what follows, need a schedule such as constant(0.01)`);
  }
  const { steps, from = 0, per = then.per } = Object(options) as WarmupOptions;
  checkInteger("warmup: steps", steps, 1, Number.MAX_SAFE_INTEGER);
  checkNumbers("warmup", { from, "the next schedule's first rate": then.at(0) });
  if (per !== then.per) {
    throw new RangeError(`warmup: got per ${shown(per)} before a schedule per ${then.per}, need the same`);
  }
  const to = then.at(0);
  const data = { kind: "warmup", steps, from, per, next: then };
  return scheduleOf(data, (t) => (t < steps ? from + ((to - from) * t) / steps : then.at(t - steps)));
}
