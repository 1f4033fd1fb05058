/** The parts that the updates of optimizers share: vectors of parameters, gradients and optimizer state. */
import { laneCount } from "../vector/lanes";

/** @inline gradient + weightDecay · parameter */
export function decayed<T extends number>(gradient: v128, parameter: v128, weightDecay: v128): v128 {
  return v128.add<T>(gradient, v128.mul<T>(parameter, weightDecay));
}

/** @inline keep · mean + rest · value: a running mean, where rest = 1 - keep. */
export function blended<T extends number>(mean: v128, value: v128, keep: v128, rest: v128): v128 {
  return v128.add<T>(v128.mul<T>(mean, keep), v128.mul<T>(value, rest));
}

/**
 * @inline Whether no lane is NaN or infinite, so that an update may be stored: a network whose training diverges keeps
 * numbers to go on from.
 *
 * x - x is 0 if x is finite, else NaN, which alone is unequal to itself. Asked at the end of a long chain of operations, such
 * as Adam's, it takes a quarter of their time again, asked early hardly any: fewer vectors are under way at once when each
 * has to wait. v128.any_true takes longer. What should be finite together is added up before it is asked.
 */
export function areFinite<T extends number>(x: v128): bool {
  const zero = v128.sub<T>(x, x);
  const strangers = v128.ne<T>(zero, zero);
  return (sizeof<T>() == 4 ? i32x4.bitmask(strangers) : i64x2.bitmask(strangers)) == 0;
}

/** `base` to the power of `exponent`, which is at least 0: by repeated squaring, relative error at most 2^-52 · exponent. */
export function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

/** @inline Returns the first element of the vectors in which a row of a table lies. */
export function firstElement<T extends number>(row: i32, columns: i32): i32 {
  return (row * columns) & -laneCount<T>();
}

/** @inline Returns the first element behind these vectors. */
export function endElement<T extends number>(row: i32, columns: i32): i32 {
  return ((row + 1) * columns + laneCount<T>() - 1) & -laneCount<T>();
}
