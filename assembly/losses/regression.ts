/**
 * Losses of outputs that are to be the targets' numbers.
 */
import { exp, expm1, log1p, tanh } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { ElementLoss, sumTerms } from "./loops";

/**
 * Σ (output - target)².
 * outputGrad = scale · 2(output - target).
 *
 * Numerics  NaN and infinities come through.
 */
@final
@unmanaged
export class SquaredError extends ElementLoss {
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
 * Σ |output - target|.
 * outputGrad = scale · sign(output - target).
 *
 * Numerics  the derivative is 0 where output equals target, and, as in PyTorch, where either is NaN.
 */
@final
@unmanaged
export class AbsoluteError extends ElementLoss {
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
 * Σ e²/2 where |e| <= parameter, else parameter·(|e| - parameter/2); e = output - target.
 * outputGrad = scale · (output - target), but for the factor no further from 0 than parameter.
 *
 * Requires  parameter > 0.
 * Numerics  NaN and infinities come through; the derivative's limit is ±parameter.
 * Source    PyTorch's HuberLoss, whose delta the parameter is.
 */
@final
@unmanaged
export class Huber extends ElementLoss {
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
 * Σ log cosh(output - target).
 * outputGrad = scale · tanh(output - target).
 *
 * Numerics  no finite difference overflows. NaN and infinities come through.
 * Source    Keras's LogCosh.
 */
@final
@unmanaged
export class LogCosh extends ElementLoss {
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
 * Σ exp(output) - target·output: output is the logarithm of a rate, target a count.
 * outputGrad = scale · (exp(output) - target).
 *
 * Numerics  Infinity where exp(output) overflows; -Infinity gives NaN for a target of 0, else Infinity.
 * Source    PyTorch's PoissonNLLLoss with log_input, without the term of the target alone.
 */
@final
@unmanaged
export class Poisson extends ElementLoss {
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
 * Σ |output - target|, for metrics.
 *
 * Shapes    output, targets: [count].
 * Requires  both blocks on 16 bytes; count >= 1.
 * Numerics  f64, in an order fixed by count. NaN comes through.
 */
export function absoluteErrors<T extends number>(output: usize, targets: usize, count: i32): f64 {
  return sumTerms<T, AbsoluteError>(output, targets, 0, count, 0);
}

/** Does the same as absoluteErrors, for Σ (output - target)². */
export function squaredErrors<T extends number>(output: usize, targets: usize, count: i32): f64 {
  return sumTerms<T, SquaredError>(output, targets, 0, count, 0);
}
