/**
 * Bounds of the numbers that an optimizer remembers. A checkpoint with larger numbers was not made by training, and its next step would throw the
 * parameters far away. The bounds are those of exact arithmetic, with much room for rounding.
 */

import type { Dtype } from "../../kernels/dtype.ts";
import { power } from "../../scalar.ts";
import type { StateLimit } from "./optimizer.ts";

/** The factor by which a number may exceed its bound. */
const slack = 10;

/** The most that kernels may take from a number to keep it out of the subnormal numbers (assembly/vector/lanes.ts, flushed). */
const flushLoss = { float32: 1e-27, float64: 1e-215 };

/** The bounds of ratios nearer to 1 would be above 10³ and, in float32, of rounding alone. */
const mostRatio = 1 - 1e-6;

const rounded = (dtype: Dtype) => (dtype === "float32" ? Math.fround : (value: number) => value);

/** Returns the most that a mean of squares may have lost, which adds 1 - keep of each. */
const lostSquare = (keep: number, dtype: Dtype) => flushLoss[dtype] / (1 - keep);

/**
 * Bounds a mean m of gradients g, of which β₁ is kept, by the mean v of their squares, of which β₂ is kept.
 *
 * After t steps, m = Σ (1 - β₁) β₁ᵏ g and v = Σ (1 - β₂) β₂ᵏ g² over the g of k steps ago. By Cauchy and Schwarz,
 * m² ≤ v · (1 - β₁)²/(1 - β₂) · Σ (β₁²/β₂)ᵏ ≤ v · (1 - β₁)² / ((1 - β₂)(1 - β₁²/β₂)) while β₁² < β₂. Otherwise there is no bound.
 */
export function meanLimit(block: number, by: number, beta1: number, beta2: number, dtype: Dtype): StateLimit {
  const round = rounded(dtype);
  const [keep1, keep2] = [round(beta1), round(beta2)];
  const ratio = keep1 === 0 ? 0 : (keep1 * keep1) / keep2;
  const factor = ratio < mostRatio ? (1 - beta1) / Math.sqrt((1 - beta2) * (1 - ratio)) : Number.POSITIVE_INFINITY;
  const lost = lostSquare(beta2, dtype);
  return { block, by, most: (square) => slack * factor * Math.sqrt(square + lost) };
}

/**
 * Bounds adamax's mean m of gradients g by the largest u = max(β₂u, |g| + epsilon).
 *
 * The g of k steps ago is at most u / β₂ᵏ, so |m| ≤ Σ (1 - β₁) β₁ᵏ |g| ≤ u · (1 - β₁)/(1 - β₁/β₂) while β₁ < β₂.
 */
export function largestLimit(beta1: number, beta2: number, dtype: Dtype): StateLimit {
  const round = rounded(dtype);
  const ratio = beta1 === 0 ? 0 : round(beta1) / round(beta2);
  const factor = ratio < mostRatio ? (1 - beta1) / (1 - ratio) : Number.POSITIVE_INFINITY;
  const lost = flushLoss[dtype] / (1 - beta1);
  return { block: 0, by: 1, most: (largest) => slack * factor * (largest + lost) };
}

/**
 * Bounds the velocity of rmsprop, which is not centered: momentum · velocity + g/(√s + epsilon), with a mean s of squares.
 *
 * Because s ≥ (1 - α)g², the quotient is at most 1/√(1 - α), or g/epsilon if s has been lost. The sum of all is 1/(1 - momentum) times this.
 */
export function velocityLimit(alpha: number, momentum: number, epsilon: number, dtype: Dtype): StateLimit {
  const quotient = 1 / Math.sqrt(1 - alpha) + Math.sqrt(lostSquare(alpha, dtype)) / epsilon;
  const most = (slack * quotient) / (1 - rounded(dtype)(momentum));
  return { block: 1, by: 0, most: () => most };
}

/**
 * Bounds adadelta's mean u of squared changes by the mean s of squared gradients g, after t steps.
 *
 * Let x = s + ε and w = u + ε, and x', w' those of the previous step. A change² is w'g²/x, and (1 - ρ)g² = s - ρs' ≤ x - ρx'. So
 * w ≤ w'(1 + ρ(1 - x'/x)) + (1 - ρ)ε ≤ w'(x/x')^ρ + (1 - ρ)ε, because 1 + ρ(1 - y) ≤ y^-ρ. By induction w ≤ ε(x/ε)^ρ (1 + (1 - ρ)t). If
 * epsilon is below the possible loss of s, there is no bound. The term 100 allows for steps that did not count because a number was not finite.
 */
export function changeLimit(rho: number, epsilon: number, dtype: Dtype, steps: number): StateLimit {
  const isKnown = epsilon > lostSquare(rho, dtype);
  const factor = isKnown ? slack * (100 + steps) * epsilon : Number.POSITIVE_INFINITY;
  return { block: 1, by: 0, most: (square) => factor * power((square + epsilon) / epsilon, rho) };
}
