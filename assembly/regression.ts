/**
 * Losses of outputs that are to be the targets' numbers. Signatures and the meaning of their arguments are those of loss.
 */
import { splat } from "./lanes";
import { mapDerivatives, sumTerms } from "./loss";

@final
@unmanaged
class SquaredError {
  /** @inline (ŷ - y)² */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const difference = v128.sub<T>(output, target);
    return v128.mul<T>(difference, difference);
  }

  /** @inline 2(ŷ - y) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const difference = v128.sub<T>(output, target);
    return v128.add<T>(difference, difference);
  }
}

/**
 * Σ (output - target)².
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  summed in f64, in an order fixed by rows · columns. NaN and infinities come through.
 */
export function squaredErrorForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, SquaredError>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · 2(output - target).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function squaredErrorBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, SquaredError>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class AbsoluteError {
  /** @inline |ŷ - y| */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.abs<T>(v128.sub<T>(output, target));
  }

  /** @inline sign(ŷ - y) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const one = splat<T>(1);
    const isAbove = v128.and(v128.gt<T>(output, target), one);
    return v128.sub<T>(isAbove, v128.and(v128.lt<T>(output, target), one));
  }
}

/**
 * Σ |output - target|.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  as squaredErrorForward.
 */
export function absoluteErrorForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, AbsoluteError>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · sign(output - target).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  0 where output equals target, and, as in PyTorch, where either is NaN.
 */
export function absoluteErrorBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, AbsoluteError>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}
