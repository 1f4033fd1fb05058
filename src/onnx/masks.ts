/** Masks: constants that are added to the scores of attention. */

import type { Constant } from "./constants.ts";

/** Returns whether a mask hides nothing, all later steps from each step, or something else. */
export function maskKind(mask: Constant | undefined, steps: number): "none" | "causal" | "other" {
  if (!mask || mask.uniform === 0) return "none";
  const isSquare = mask.dims.slice(-2).join() === [steps, steps].join() && mask.size === steps * steps;
  const isLater = (index: number) => index % steps > Math.floor(index / steps);
  const fits = isSquare && mask.values.every((value, index) => (isLater(index) ? value <= -1e4 : value === 0));
  return fits ? "causal" : "other";
}
