/**
 * Losses of outputs that are to lie beyond 1 on the target's side of 0, the targets being -1 and 1. Signatures and the
 * meaning of their arguments are those of loss.
 */
import { splat } from "../vector/lanes";
import { mapDerivatives, sumTerms } from "./loops";

/** @inline How far the output falls short: max(1 - t·y, 0). */
function shortfall<T extends number>(output: v128, target: v128): v128 {
  return v128.max<T>(v128.sub<T>(splat<T>(1), v128.mul<T>(target, output)), splat<T>(0));
}

@final
@unmanaged
class Hinge {
  /** @inline max(1 - t·y, 0) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return shortfall<T>(output, target);
  }

  /** @inline -t where t·y < 1, else 0 */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const isShort = v128.gt<T>(shortfall<T>(output, target), splat<T>(0));
    return v128.and(v128.neg<T>(target), isShort);
  }
}

/**
 * Σ max(1 - target·output, 0).
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  as squaredErrorForward.
 * Source    Keras's Hinge.
 */
export function hingeForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, Hinge>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · -target where target·output < 1, else 0.
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  0 at the kink, where target·output is 1, and where it is NaN.
 */
export function hingeBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, Hinge>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class SquaredHinge {
  /** @inline max(1 - t·y, 0)² */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const distance = shortfall<T>(output, target);
    return v128.mul<T>(distance, distance);
  }

  /** @inline -2t·max(1 - t·y, 0) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.mul<T>(v128.mul<T>(target, splat<T>(-2)), shortfall<T>(output, target));
  }
}

/**
 * Σ max(1 - target·output, 0)².
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  as squaredErrorForward.
 * Source    Keras's SquaredHinge.
 */
export function squaredHingeForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, SquaredHinge>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · -2·target·max(1 - target·output, 0).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  NaN and infinities come through.
 */
export function squaredHingeBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, SquaredHinge>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}
