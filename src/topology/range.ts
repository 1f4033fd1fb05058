/** Refuses options that a network's type cannot hold. */

import { shown } from "../errors.ts";
import type { Dtype } from "../kernels/dtype.ts";

/**
 * Refuses numbers that would become 0 or infinite in a network of `dtype`. It looks into objects and arrays, whose fields are named behind
 * `who`.
 *
 * @param mayBecomeZero whether numbers are accepted that would become 0
 * @throws {RangeError} naming the first, and its place
 */
export function checkRange(who: string, options: unknown, dtype: Dtype, mayBecomeZero = false): void {
  if (dtype === "float64") return;
  if (typeof options === "number") {
    const rounded = Math.fround(options);
    const becomesZero = rounded === 0 && options !== 0;
    if (Number.isFinite(rounded) === Number.isFinite(options) && (mayBecomeZero || !becomesZero)) return;
    const need = "need a size from 1e-45 to 3e+38, or a network of float64";
    throw new RangeError(`${who}: got ${shown(options)}, which is ${rounded === 0 ? 0 : rounded} in float32, ${need}`);
  }
  if (typeof options !== "object" || options === null) return;
  const separator = Array.isArray(options) ? " " : ": ";
  for (const [name, value] of Object.entries(options))
    checkRange(`${who}${separator}${name}`, value, dtype, mayBecomeZero);
}
