/**
 * Losses that are a sum over single outputs, and their derivatives. All kernels have the same two signatures, so that a
 * loss is data to its caller: forward gives Σ over the batch (the caller divides), backward writes scale · ∂Σ/∂output.
 * output and targets are [rows, columns] of T. The class losses that look at whole rows are in crossEntropy.
 */
import { exp, log, log1p, sigmoid } from "./exponential";
import { addLanes, isAligned, laneCount, loadPart, partMask, splat, storePart, totalOf } from "./lanes";

/** Σ loss(output, target) in f64, in an order fixed by count alone. */
function sumForward<T extends number, Loss>(output: usize, targets: usize, count: i32): f64 {
  assert(count > 0, "rows and columns must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const loss = changetype<Loss>(0);
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let sum = f64x2.splat(0);
  while (output < end) {
    sum = addLanes<T>(sum, loss.forward<T>(v128.load(output), v128.load(targets)));
    output += 16;
    targets += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    const part = loss.forward<T>(loadPart<T>(output, rest), loadPart<T>(targets, rest));
    sum = addLanes<T>(sum, v128.and(part, partMask<T>(rest)));
  }
  return totalOf(sum);
}

/** outputGrad = scale · ∂loss/∂output, lane by lane. */
function mapBackward<T extends number, Loss>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  count: i32,
  scale: f64,
): void {
  assert(count > 0, "rows and columns must be positive");
  assert(isAligned(output | targets | outputGrad), "blocks start on 16 bytes");
  const loss = changetype<Loss>(0);
  const factor = splat<T>(scale);
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (output < end) {
    v128.store(outputGrad, v128.mul<T>(loss.backward<T>(v128.load(output), v128.load(targets)), factor));
    output += 16;
    targets += 16;
    outputGrad += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    const part = loss.backward<T>(loadPart<T>(output, rest), loadPart<T>(targets, rest));
    storePart<T>(outputGrad, v128.mul<T>(part, factor), rest);
  }
}

@final
@unmanaged
class SquaredError {
  /** @inline (ŷ - y)² */
  forward<T extends number>(output: v128, target: v128): v128 {
    const difference = v128.sub<T>(output, target);
    return v128.mul<T>(difference, difference);
  }

  /** @inline 2(ŷ - y) */
  backward<T extends number>(output: v128, target: v128): v128 {
    const difference = v128.sub<T>(output, target);
    return v128.add<T>(difference, difference);
  }
}

/**
 * Σ (output - target)².
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  summed in f64, in an order fixed by rows · columns. NaN and infinities come through.
 */
export function squaredErrorForward<T extends number>(output: usize, targets: usize, rows: i32, columns: i32): f64 {
  return sumForward<T, SquaredError>(output, targets, rows * columns);
}

/**
 * outputGrad = scale · 2(output - target).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function squaredErrorBackward<T extends number>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
): void {
  mapBackward<T, SquaredError>(output, targets, outputGrad, rows * columns, scale);
}

@final
@unmanaged
class AbsoluteError {
  /** @inline |ŷ - y| */
  forward<T extends number>(output: v128, target: v128): v128 {
    return v128.abs<T>(v128.sub<T>(output, target));
  }

  /** @inline sign(ŷ - y) */
  backward<T extends number>(output: v128, target: v128): v128 {
    const one = splat<T>(1);
    const isAbove = v128.and(v128.gt<T>(output, target), one);
    return v128.sub<T>(isAbove, v128.and(v128.lt<T>(output, target), one));
  }
}

/**
 * Σ |output - target|.
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  as squaredErrorForward.
 */
export function absoluteErrorForward<T extends number>(output: usize, targets: usize, rows: i32, columns: i32): f64 {
  return sumForward<T, AbsoluteError>(output, targets, rows * columns);
}

/**
 * outputGrad = scale · sign(output - target).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  0 where output equals target, and, as in PyTorch, where either is NaN.
 */
export function absoluteErrorBackward<T extends number>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
): void {
  mapBackward<T, AbsoluteError>(output, targets, outputGrad, rows * columns, scale);
}

/** The least logarithm of a probability that a loss takes. */
const leastLog: f64 = -100;

/** The least divisor in the derivative of a logarithm. */
const leastDivisor: f64 = 1e-12;

@final
@unmanaged
class BinaryCrossEntropy {
  /** @inline -t·log p - (1 - t)·log(1 - p) */
  forward<T extends number>(output: v128, target: v128): v128 {
    const least = splat<T>(leastLog);
    const whenTrue = v128.mul<T>(target, v128.max<T>(log<T>(output), least));
    const whenFalse = v128.max<T>(log1p<T>(v128.neg<T>(output)), least);
    return v128.sub<T>(v128.mul<T>(v128.sub<T>(target, splat<T>(1)), whenFalse), whenTrue);
  }

  /** @inline (p - t) / (p·(1 - p)) */
  backward<T extends number>(output: v128, target: v128): v128 {
    const product = v128.mul<T>(output, v128.sub<T>(splat<T>(1), output));
    return v128.div<T>(v128.sub<T>(output, target), v128.max<T>(product, splat<T>(leastDivisor)));
  }
}

/**
 * Σ -target·log(output) - (1 - target)·log(1 - output), for probabilities.
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  each logarithm is at least -100, so that a certain wrong answer costs 100. NaN, or an output outside
 *           [0, 1], gives NaN.
 * Source    PyTorch's BCELoss.
 */
export function binaryCrossEntropyForward<T extends number>(
  output: usize,
  targets: usize,
  rows: i32,
  columns: i32,
): f64 {
  return sumForward<T, BinaryCrossEntropy>(output, targets, rows * columns);
}

/**
 * outputGrad = scale · (output - target) / max(output·(1 - output), 1e-12).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Source    PyTorch's BCELoss.
 */
export function binaryCrossEntropyBackward<T extends number>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
): void {
  mapBackward<T, BinaryCrossEntropy>(output, targets, outputGrad, rows * columns, scale);
}

@final
@unmanaged
class BinaryCrossEntropyWithLogits {
  /** @inline max(x, 0) - x·t + log(1 + exp(-|x|)) */
  forward<T extends number>(output: v128, target: v128): v128 {
    const linear = v128.sub<T>(v128.max<T>(output, splat<T>(0)), v128.mul<T>(output, target));
    return v128.add<T>(linear, log1p<T>(exp<T>(v128.neg<T>(v128.abs<T>(output)))));
  }

  /** @inline sigmoid(x) - t */
  backward<T extends number>(output: v128, target: v128): v128 {
    return v128.sub<T>(sigmoid<T>(output), target);
  }
}

/**
 * Σ max(output, 0) - output·target + log(1 + exp(-|output|)): the binary cross-entropy of sigmoid(output).
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  no finite logit overflows. An infinite one gives infinity or NaN.
 */
export function binaryCrossEntropyWithLogitsForward<T extends number>(
  output: usize,
  targets: usize,
  rows: i32,
  columns: i32,
): f64 {
  return sumForward<T, BinaryCrossEntropyWithLogits>(output, targets, rows * columns);
}

/**
 * outputGrad = scale · (sigmoid(output) - target).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function binaryCrossEntropyWithLogitsBackward<T extends number>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
): void {
  mapBackward<T, BinaryCrossEntropyWithLogits>(output, targets, outputGrad, rows * columns, scale);
}

@final
@unmanaged
class CategoricalCrossEntropy {
  /** @inline -t·log p */
  forward<T extends number>(output: v128, target: v128): v128 {
    return v128.neg<T>(v128.mul<T>(target, v128.max<T>(log<T>(output), splat<T>(leastLog))));
  }

  /** @inline -t / p */
  backward<T extends number>(output: v128, target: v128): v128 {
    return v128.neg<T>(v128.div<T>(target, v128.max<T>(output, splat<T>(leastDivisor))));
  }
}

/**
 * Σ -target·log(output), for probabilities and one-hot or soft targets.
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  each logarithm is at least -100, as in binaryCrossEntropy. NaN or a negative output gives NaN.
 */
export function categoricalCrossEntropyForward<T extends number>(
  output: usize,
  targets: usize,
  rows: i32,
  columns: i32,
): f64 {
  return sumForward<T, CategoricalCrossEntropy>(output, targets, rows * columns);
}

/**
 * outputGrad = scale · -target / max(output, 1e-12).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function categoricalCrossEntropyBackward<T extends number>(
  output: usize,
  targets: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
): void {
  mapBackward<T, CategoricalCrossEntropy>(output, targets, outputGrad, rows * columns, scale);
}
