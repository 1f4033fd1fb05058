/**
 * Losses of outputs that are to be the targets' numbers. Signatures and the meaning of their arguments are those of loss.
 */
import { exp, expm1, log1p, tanh } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { mapDerivatives, sumTerms } from "./loops";

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

@final
@unmanaged
class Huber {
  /** @inline a·(|e| - a/2), a = min(|e|, δ), e = ŷ - y */
  forward<T extends number>(output: v128, target: v128, delta: v128): v128 {
    const distance = v128.abs<T>(v128.sub<T>(output, target));
    const bounded = v128.min<T>(distance, delta);
    return v128.mul<T>(bounded, v128.sub<T>(distance, v128.mul<T>(bounded, splat<T>(0.5))));
  }

  /** @inline ŷ - y between -δ and δ */
  backward<T extends number>(output: v128, target: v128, delta: v128): v128 {
    const difference = v128.sub<T>(output, target);
    return v128.max<T>(v128.min<T>(difference, delta), v128.neg<T>(delta));
  }
}

/**
 * Σ e²/2 where |e| <= parameter, else parameter·(|e| - parameter/2); e = output - target.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1; parameter > 0.
 * Numerics  as squaredErrorForward.
 * Source    PyTorch's HuberLoss, whose delta the parameter is.
 */
export function huberForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): f64 {
  return sumTerms<T, Huber>(output, targets, weights, rows * columns, parameter);
}

/**
 * outputGrad = scale · (output - target), but for the factor no further from 0 than parameter.
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1; parameter > 0.
 * Numerics  NaN and infinities come through; the limit is ±parameter.
 */
export function huberBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  parameter: f64,
): void {
  mapDerivatives<T, Huber>(output, targets, weights, outputGrad, rows * columns, scale, parameter);
}

@final
@unmanaged
class LogCosh {
  /** @inline |e| + log(1 + (exp(-2|e|) - 1) / 2): near e = 0 it keeps more digits than through log 2 */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const distance = v128.abs<T>(v128.sub<T>(output, target));
    const half = v128.mul<T>(expm1<T>(v128.mul<T>(distance, splat<T>(-2))), splat<T>(0.5));
    return v128.add<T>(distance, log1p<T>(half));
  }

  /** @inline tanh(ŷ - y) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return tanh<T>(v128.sub<T>(output, target));
  }
}

/**
 * Σ log cosh(output - target).
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  no finite difference overflows. NaN and infinities come through.
 * Source    Keras's LogCosh.
 */
export function logCoshForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, LogCosh>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · tanh(output - target).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function logCoshBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, LogCosh>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class Poisson {
  /** @inline exp(x) - t·x */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.sub<T>(exp<T>(output), v128.mul<T>(target, output));
  }

  /** @inline exp(x) - t */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.sub<T>(exp<T>(output), target);
  }
}

/**
 * Σ exp(output) - target·output: output is the logarithm of a rate, target a count.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  Infinity where exp(output) overflows; -Infinity gives NaN for a target of 0, else Infinity.
 * Source    PyTorch's PoissonNLLLoss with log_input, without the term of the target alone.
 */
export function poissonForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, Poisson>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · (exp(output) - target).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function poissonBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, Poisson>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}
