/** The constant schedule, which is an initializer as well. */

import { checkArguments, checkOptions } from "../../errors.ts";
import { constant as initializer } from "../../topology/initializers.ts";
import { type ScheduleOf, type ScheduleUnit, scheduleOf } from "./schedule.ts";

export interface ConstantOptions {
  /** The unit that a `warmup` before it counts. Default "step". */
  readonly per?: ScheduleUnit | undefined;
}

/** A constant: the first value of every element as an initializer, the learning rate as a schedule. */
export type Constant = ScheduleOf<ConstantOptions> & { readonly kind: "constant"; readonly value: number };

/**
 * Returns the constant `value`, as an initializer or as a learning rate.
 *
 * @throws {RangeError | TypeError} if `value` is not a finite number or an option is unknown
 */
export function constant(value: number, options: ConstantOptions = {}): Constant {
  checkArguments("constant", arguments.length, 2);
  checkOptions("constant", options, ["per"]);
  const { per = "step" } = options;
  const data = { ...initializer(value), kind: "constant", value, per } as const;
  return scheduleOf(data, () => value);
}
