/** The sinusoids of positionalEncoding, as a table. */

import { cosPi, power } from "../scalar.ts";

/** Returns the number for a feature of a step: sin or cos of step / 10000^(…), the same bits as the layer's. */
export function sinusoid(step: number, feature: number, features: number): number {
  const isSine = feature % 2 === 0;
  const halfTurns = power(10_000, -(isSine ? feature : feature - 1) / features) / Math.PI;
  const angle = step * halfTurns;
  return cosPi(isSine ? angle - 0.5 : angle);
}
