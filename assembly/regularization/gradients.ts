/** Limits of gradients: of each element, and of the norm of all together. */
import { markAll } from "../embedding/rows";
import { Step } from "../program/step";
import { isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { mapForward } from "../vector/map";
import { Square, sumOf } from "../vector/sum";

@final
@unmanaged
class Clip {
  /** @inline x, but no farther from 0 than limit */
  forward<T extends number>(x: v128, limit: v128): v128 {
    // pmin and pmax return their first operand where it is NaN.
    return v128.pmax<T>(v128.pmin<T>(x, limit), v128.neg<T>(limit));
  }
}

/** The record of the limit of a gradient. */
@final
@unmanaged
export class GradientLimit {
  now: Step;
  /** [count] */
  gradients: usize;
  count: i32;
  /** A byte for each of `rows` rows of a sparse parameter (embedding/rows.ts); 0 for none. */
  marks: usize;
  rows: i32;
  limit: f64;
}

/**
 * gradient = max(-limit, min(limit, gradient)).
 *
 * Shapes    gradients: [count].
 * Writes    gradients (in place).
 * Range     elements.
 * Requires  the block on 16 bytes; limit >= 0.
 * Numerics  limit is rounded to T. NaN stays NaN.
 * Source    PyTorch's clip_grad_value_.
 */
export function clip<T extends number>(args: GradientLimit, begin: i32, end: i32): void {
  assert(args.limit >= 0, "limit must not be negative");
  assert(isAligned(args.gradients), "blocks start on 16 bytes");
  const gradients = args.gradients + <usize>begin * sizeof<T>();
  mapForward<T, Clip>(gradients, gradients, end - begin, args.limit);
}

/**
 * now.squares += Σ gradient².
 *
 * Shapes    gradients: [count].
 * Writes    now.squares (accumulates).
 * Range     one unit: the sum has one order.
 * Requires  the block on 16 bytes; count >= 1.
 * Numerics  in f64: the square of the Euclidean norm of the block, which is rounded.
 */
export function addSquares<T extends number>(args: GradientLimit, begin: i32, end: i32): void {
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(isAligned(args.gradients), "blocks start on 16 bytes");
  const length = sqrt<f64>(sumOf<T, Square>(args.gradients, args.count, 0));
  args.now.squares += length * length;
}

/** Added to a norm before it divides, as PyTorch does. */
const normEpsilon: f64 = 1e-6;

/** @inline The `lanes` elements at `address`, times factor. */
function scaleLanes<T extends number>(address: usize, lanes: i32, factor: v128): void {
  storeLanes<T>(address, v128.mul<T>(loadLanes<T>(address, lanes), factor), lanes);
}

/** Multiplies `count` elements by a factor, which is rounded to T. */
function scaleElements<T extends number>(address: usize, count: i32, factor: f64): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(address), "blocks start on 16 bytes");
  const factors = splat<T>(factor);
  const end = address + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (address < end) {
    scaleLanes<T>(address, laneCount<T>(), factors);
    address += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) scaleLanes<T>(address, rest, factors);
}

/**
 * gradient = gradient · limit / (√now.squares + 1e-6), if that factor is below 1.
 *
 * Shapes    gradients: [count].
 * Writes    gradients (in place); all marks, if the norm is NaN.
 * Range     elements.
 * Requires  the block on 16 bytes; count >= 1; limit > 0.
 * Numerics  the factor is rounded to T. If the norm is NaN, all gradients become NaN; if it is infinite, 0, and NaN where they were infinite.
 * Source    PyTorch's clip_grad_norm_.
 */
export function limitNorm<T extends number>(args: GradientLimit, begin: i32, end: i32): void {
  const factor = args.limit / (sqrt<f64>(args.now.squares) + normEpsilon);
  if (factor >= 1) return;
  if (begin == 0 && Number.isNaN(factor)) markAll(args.marks, args.rows);
  scaleElements<T>(args.gradients + <usize>begin * sizeof<T>(), end - begin, factor);
}
