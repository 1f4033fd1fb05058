/**
 * Losses of outputs that are to be the targets' probabilities, each output by itself. Signatures and the meaning of their
 * arguments are those of loss. The class losses that look at whole rows are in crossEntropy.
 */
import { exp, log, log1p, sigmoid } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { mapDerivatives, sumTerms } from "./loops";

/** The least logarithm of a probability that a loss takes. */
const leastLog: f64 = -100;

/** The least divisor in the derivative of a logarithm. */
const leastDivisor: f64 = 1e-12;

@final
@unmanaged
class BinaryCrossEntropy {
  /** @inline -t·log p - (1 - t)·log(1 - p) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const least = splat<T>(leastLog);
    const whenTrue = v128.mul<T>(target, v128.max<T>(log<T>(output), least));
    const whenFalse = v128.max<T>(log1p<T>(v128.neg<T>(output)), least);
    return v128.sub<T>(v128.mul<T>(v128.sub<T>(target, splat<T>(1)), whenFalse), whenTrue);
  }

  /** @inline (p - t) / (p·(1 - p)) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const product = v128.mul<T>(output, v128.sub<T>(splat<T>(1), output));
    return v128.div<T>(v128.sub<T>(output, target), v128.max<T>(product, splat<T>(leastDivisor)));
  }
}

/**
 * Σ -target·log(output) - (1 - target)·log(1 - output), for probabilities.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  each logarithm is at least -100, so that a certain wrong answer costs 100. NaN, or an output outside
 *           [0, 1], gives NaN.
 * Source    PyTorch's BCELoss.
 */
export function binaryCrossEntropyForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, BinaryCrossEntropy>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · (output - target) / max(output·(1 - output), 1e-12).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Source    PyTorch's BCELoss.
 */
export function binaryCrossEntropyBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, BinaryCrossEntropy>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class BinaryCrossEntropyWithLogits {
  /** @inline max(x, 0) - x·t + log(1 + exp(-|x|)) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const linear = v128.sub<T>(v128.max<T>(output, splat<T>(0)), v128.mul<T>(output, target));
    return v128.add<T>(linear, log1p<T>(exp<T>(v128.neg<T>(v128.abs<T>(output)))));
  }

  /** @inline sigmoid(x) - t */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.sub<T>(sigmoid<T>(output), target);
  }
}

/**
 * Σ max(output, 0) - output·target + log(1 + exp(-|output|)): the binary cross-entropy of sigmoid(output).
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  no finite logit overflows. An infinite one gives infinity or NaN.
 */
export function binaryCrossEntropyWithLogitsForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, BinaryCrossEntropyWithLogits>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · (sigmoid(output) - target).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function binaryCrossEntropyWithLogitsBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, BinaryCrossEntropyWithLogits>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class CategoricalCrossEntropy {
  /** @inline -t·log p */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(v128.mul<T>(target, v128.max<T>(log<T>(output), splat<T>(leastLog))));
  }

  /** @inline -t / p */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(v128.div<T>(target, v128.max<T>(output, splat<T>(leastDivisor))));
  }
}

/**
 * Σ -target·log(output), for probabilities and one-hot or soft targets.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  each logarithm is at least -100, as in binaryCrossEntropy. NaN or a negative output gives NaN.
 */
export function categoricalCrossEntropyForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, CategoricalCrossEntropy>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · -target / max(output, 1e-12).
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function categoricalCrossEntropyBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, CategoricalCrossEntropy>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}

@final
@unmanaged
class KullbackLeibler {
  /** @inline t·log t - t·x; of t·log t, 0 where t is 0 */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const entropy = v128.mul<T>(target, log<T>(target));
    const isZero = v128.eq<T>(target, splat<T>(0));
    return v128.sub<T>(v128.andnot(entropy, isZero), v128.mul<T>(target, output));
  }

  /** @inline -t */
  backward<T extends number>(_output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(target);
  }
}

/**
 * Σ target·(log(target) - output): output is the logarithm of a probability, target a probability.
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  NaN at a negative target, and at an output of -Infinity with a target of 0.
 * Source    PyTorch's KLDivLoss.
 */
export function kullbackLeiblerForward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  _parameter: f64,
): f64 {
  return sumTerms<T, KullbackLeibler>(output, targets, weights, rows * columns, 0);
}

/**
 * outputGrad = scale · -target.
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function kullbackLeiblerBackward<T extends number>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  _parameter: f64,
): void {
  mapDerivatives<T, KullbackLeibler>(output, targets, weights, outputGrad, rows * columns, scale, 0);
}
