/** Refuses options of layers that the network's type cannot hold. */

import type { Dtype } from "../kernels/dtype.ts";
import { type Activation, activationKinds } from "./activations.ts";
import type { Graph } from "./graph.ts";
import { checkRange } from "./range.ts";

/**
 * @param mayBecomeZero whether options are accepted that would become 0. Files of earlier versions have such options
 * @throws {RangeError} naming the layer, the option and its value
 */
export function checkLayerRanges({ layers }: Graph, dtype: Dtype, mayBecomeZero: boolean): void {
  for (const { name, kind, description, learningRateFactor } of layers) {
    const { activation, ...options } = kind.toJSON?.(description) ?? { ...description };
    const own = { ...options, ...(activation !== undefined && optionOf(activation as Activation)) };
    checkRange(name, own, dtype, mayBecomeZero);
    checkRange(name, { learningRateFactor }, dtype, mayBecomeZero);
  }
}

/** Returns the parameter of an activation under the name that its function has for it. */
function optionOf({ name, parameter }: Activation): Record<string, Record<string, number>> {
  const { option } = activationKinds[name].parameter ?? {};
  return option ? { [name]: { [option]: parameter } } : {};
}
