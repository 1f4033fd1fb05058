/**
 * Functions of single numbers, for the kernels' constants, for generators and for schedules: IEEE operations in a fixed
 * order, so every engine gives the same bits. The bounds are the titles of test/kernels/scalar.test.ts.
 */
import { exp, log } from "./exponential";

/** log(x): -infinity at 0, NaN below. */
export function scalarLog(x: f64): f64 {
  return f64x2.extract_lane(log<f64>(f64x2.splat(x)), 0);
}

/**
 * base to the power of exponent.
 *
 * Requires  base >= 0.
 * Numerics  a whole exponent from 0 to 2^31 - 1 by repeated squaring, relative error at most 2^-52 · exponent; any other as
 *           exp(exponent · log(base)), relative error at most 2^-52 · (2 + |exponent · log(base)|).
 * Source    ours.
 */
export function power(base: f64, exponent: f64): f64 {
  assert(!(base < 0), "base must not be negative");
  if (!(exponent >= 0 && exponent < 2147483648 && floor<f64>(exponent) == exponent)) {
    return f64x2.extract_lane(exp<f64>(f64x2.splat(exponent * scalarLog(base))), 0);
  }
  let result: f64 = 1;
  for (let rest = <u32>exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return result;
}

/**
 * cos(π x), exactly 1, 0 and -1 at the multiples of 1/2.
 *
 * Numerics  at most 4e-16 from the true value at any finite x, since x is reduced exactly; NaN at NaN and the infinities.
 * Source    ours: Taylor's series on [0, π/4].
 */
export function cosPi(x: f64): f64 {
  x = abs<f64>(x);
  x -= 2 * floor<f64>(x * 0.5);
  if (x > 1) x = 2 - x;
  const sign: f64 = x > 0.5 ? -1 : 1;
  if (x > 0.5) x = 1 - x;
  const isCosine = x <= 0.25;
  const angle = Math.PI * (isCosine ? x : 0.5 - x);
  // Horner's scheme: 1 - angle²/(1·2) (1 - angle²/(3·4) (…)), and for the sine of the complement with the numbers after these.
  const first = isCosine ? 1 : 2;
  let sum: f64 = 1;
  for (let factor = first + 14; factor > 0; factor -= 2) sum = 1 - (angle * angle * sum) / <f64>(factor * (factor + 1));
  return sign * (isCosine ? sum : angle * sum);
}
