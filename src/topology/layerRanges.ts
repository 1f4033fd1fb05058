/** Refuses options of layers that the network's type cannot hold. */

import type { Dtype } from "../kernels/dtype.ts";
import { type Activation, activationKinds } from "./activations.ts";
import type { Graph } from "./graph.ts";
import { checkRange } from "./range.ts";

/** @throws {RangeError} naming the layer, the option and its value */
export function checkLayerRanges({ layers }: Graph, dtype: Dtype): void {
  for (const { name, kind, description, learningRateFactor } of layers) {
    const { activation, ...options } = kind.toJSON?.(description) ?? { ...description };
    checkRange(name, { ...options, ...(activation !== undefined && optionOf(activation as Activation)) }, dtype);
    checkRange(name, { learningRateFactor }, dtype);
  }
}

/** Returns the parameter of an activation under the name that its function has for it. */
function optionOf({ name, parameter }: Activation): Record<string, Record<string, number>> {
  const { option } = activationKinds[name].parameter ?? {};
  return option ? { [name]: { [option]: parameter } } : {};
}
