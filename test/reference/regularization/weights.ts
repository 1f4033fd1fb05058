/** Slow twins of assembly/regularization/weights.ts. */
import { sumOf } from "../vector/reduce.ts";

export function penalty(weights: readonly number[], l1: number, l2: number): number {
  return l1 * sumOf(weights, Math.abs) + l2 * sumOf(weights, (w) => w * w);
}

export const addPenaltyGradient = (
  weights: readonly number[],
  gradients: readonly number[],
  l1: number,
  l2: number,
): number[] => weights.map((w, index) => gradients[index] + (l1 * Math.sign(w) + 2 * l2 * w));

/** Of a row-major matrix, each column whose norm is above `limit` scaled to it, as torch.renorm does. */
export function limitColumns(weights: readonly number[], columns: number, limit: number): number[] {
  const factors = Array.from({ length: columns }, (_, column) => {
    let square = 0;
    for (let index = column; index < weights.length; index += columns) square += weights[index] * weights[index];
    const norm = Math.sqrt(square);
    return norm > limit ? limit / (norm + 1e-7) : 1;
  });
  return weights.map((w, index) => w * factors[index % columns]);
}
