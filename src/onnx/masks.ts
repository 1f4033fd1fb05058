/** Masks: constants that are added to the scores of attention. */

import type { Constant } from "./constants.ts";

type Kind = "none" | "causal" | "other";

/** The kinds of masks that have been looked at, for as many steps as they have. */
const kinds = new WeakMap<Constant, Kind>();

/** Returns whether a mask hides nothing, all later steps from each step, or something else. */
export function maskKind(mask: Constant | undefined, steps: number): Kind {
  if (!mask) return "none";
  const known = kinds.get(mask) ?? kindOf(mask);
  kinds.set(mask, known);
  return known === "causal" && mask.dims.at(-1) !== steps ? "other" : known;
}

function kindOf(mask: Constant): Kind {
  if (mask.uniform === 0) return "none";
  const [rows, steps] = mask.dims.slice(-2);
  const isSquare = rows === steps && mask.size === steps * steps;
  const isLater = (index: number) => index % steps > Math.floor(index / steps);
  const fits = isSquare && mask.values.every((value, index) => (isLater(index) ? value <= -1e4 : value === 0));
  return fits ? "causal" : "other";
}
