/**
 * The exponential family on vectors of f32 or f64 lanes: exp, expm1, tanh, sigmoid, log, log1p, softplus.
 *
 * Only IEEE additions, multiplications, divisions and comparisons, in a fixed order and never fused, so every engine
 * gives the same bits. NaN lanes stay NaN. The bounds are the titles of test/kernels/exponential.test.ts.
 * Source: the f64 exp and both logs use fdlibm's approximations (copyright 1993 Sun Microsystems: "permission to use,
 * copy, modify, and distribute this software is freely granted, provided that this notice is preserved"); the rest is ours.
 */

/**
 * @inline A constant of each type, in every lane.
 *
 * In staged operations the build makes it a load from a table in memory (scripts/assembly-stages.mjs).
 */
export function constant<T extends number>(single: f64, double: f64 = single): v128 {
  return v128.splat<T>(<T>(sizeof<T>() == 4 ? single : double));
}

/** @inline a x + b, rounded twice. */
export function multiplyAdd<T extends number>(a: v128, x: v128, b: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, x), b);
}

/** @inline @staged The magnitude of x with the sign of `sign`. */
export function copySign<T extends number>(x: v128, sign: v128): v128 {
  return v128.bitselect(sign, x, constant<T>(-0.0));
}

/** @inline @staged ln 2 but for its last bits: so short that its product with any exponent is exact. */
function ln2High<T extends number>(): v128 {
  return constant<T>(0.693145751953125, 0.6931471803691238);
}

/** @inline @staged ln 2 - ln2High */
function ln2Low<T extends number>(): v128 {
  return constant<T>(1.42860677e-6, 1.9082149292705877e-10);
}

/**
 * @inline @staged 1.5 · 2^(bits of the mantissa) + the bias of exponents.
 *
 * A small number added to it is rounded to an integer n, and the lowest bits of the sum are the exponent field of 2^n.
 */
function rounder<T extends number>(): v128 {
  return constant<T>(12582912.0 + 127.0, 6755399441055744.0 + 1023.0);
}

/** @inline 2^n, given n + rounder. */
function powerOfTwo<T extends number>(rounded: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shl(rounded, 23) : i64x2.shl(rounded, 52);
}

/** @inline @staged The integer nearest to x / ln 2. */
function exponentOf<T extends number>(x: v128): v128 {
  return v128.sub<T>(multiplyAdd<T>(x, constant<T>(1.44269502, Math.LOG2E), rounder<T>()), rounder<T>());
}

/** @inline @staged exp(r) - 1 - r for floats, |r| <= ln 2 / 2. */
function tailOf<T extends number>(r: v128): v128 {
  let sum = multiplyAdd<T>(constant<T>(0.0013980148), r, constant<T>(0.008367629));
  sum = multiplyAdd<T>(sum, r, constant<T>(0.041665748));
  sum = multiplyAdd<T>(sum, r, constant<T>(0.16666536));
  return v128.mul<T>(v128.mul<T>(r, r), multiplyAdd<T>(sum, r, constant<T>(0.5)));
}

/** @inline @staged c of exp(r) = 1 + r + r c / (2 - c) for doubles, |r| <= ln 2 / 2. */
function remainderOf<T extends number>(r: v128): v128 {
  const square = v128.mul<T>(r, r);
  let sum = multiplyAdd<T>(constant<T>(4.1381367970572385e-8), square, constant<T>(-1.6533902205465252e-6));
  sum = multiplyAdd<T>(sum, square, constant<T>(6.613756321437934e-5));
  sum = multiplyAdd<T>(sum, square, constant<T>(-0.0027777777777015593));
  sum = multiplyAdd<T>(sum, square, constant<T>(0.16666666666666602));
  return v128.sub<T>(r, v128.mul<T>(square, sum));
}

/** @inline @staged exp(r) - 1, r = x - n ln 2, |r| <= ln 2 / 2. */
function reducedExpm1<T extends number>(x: v128, n: v128): v128 {
  const high = v128.sub<T>(x, v128.mul<T>(n, ln2High<T>()));
  const low = v128.mul<T>(n, ln2Low<T>());
  const r = v128.sub<T>(high, low);
  let tail: v128; // exp(r) - 1 - r
  if (sizeof<T>() == 4) {
    tail = tailOf<T>(r);
  } else {
    const c = remainderOf<T>(r);
    tail = v128.div<T>(v128.mul<T>(r, c), v128.sub<T>(constant<T>(2), c));
  }
  return v128.sub<T>(high, v128.sub<T>(low, tail));
}

/** @inline @staged exp(x): 0 and infinity exactly where the rounded result is, subnormals before. */
export function exp<T extends number>(x: v128): v128 {
  // pmin and pmax return their first operand when it is NaN.
  x = v128.pmax<T>(v128.pmin<T>(x, constant<T>(89, 710)), constant<T>(-104, -746));
  const n = exponentOf<T>(x);
  // Two factors: 2^n may be subnormal, or overflow although its product with the mantissa does not.
  const first = multiplyAdd<T>(n, constant<T>(0.5), rounder<T>());
  const second = v128.add<T>(v128.sub<T>(n, v128.sub<T>(first, rounder<T>())), rounder<T>());
  const mantissa = v128.add<T>(reducedExpm1<T>(x, n), constant<T>(1));
  return v128.mul<T>(v128.mul<T>(mantissa, powerOfTwo<T>(first)), powerOfTwo<T>(second));
}

/** @inline @staged exp(x) for x <= 0, with the same bits in fewer steps. */
export function expOfNegative<T extends number>(x: v128): v128 {
  const bounded = v128.pmax<T>(x, constant<T>(-104, -746));
  // 2^n may be subnormal; 2^(n + 64) is not, and cannot overflow here.
  const liftedRounder = constant<T>(12582912.0 + 127.0 + 64.0, 6755399441055744.0 + 1023.0 + 64.0);
  const rounded = multiplyAdd<T>(bounded, constant<T>(1.44269502, Math.LOG2E), liftedRounder);
  const mantissa = v128.add<T>(reducedExpm1<T>(bounded, v128.sub<T>(rounded, liftedRounder)), constant<T>(1));
  return v128.mul<T>(v128.mul<T>(mantissa, powerOfTwo<T>(rounded)), constant<T>(5.421010862427522e-20)); // 2^-64
}

/** exp(x) - 1, of the sign of x. */
export function expm1<T extends number>(x: v128): v128 {
  // Below -45 the result rounds to -1.
  const bounded = v128.pmax<T>(v128.pmin<T>(x, constant<T>(89, 710)), constant<T>(-45));
  const n = exponentOf<T>(bounded);
  // 2^n (q + (1 - 2^-n)) rounds once. Above n = 64, 1 - 2^-n is 1. 2^n itself may overflow, so 2 · 2^(n - 1) is used.
  const inverse = powerOfTwo<T>(v128.sub<T>(rounder<T>(), v128.pmin<T>(n, constant<T>(64))));
  const sum = v128.add<T>(reducedExpm1<T>(bounded, n), v128.sub<T>(constant<T>(1), inverse));
  const halfPower = powerOfTwo<T>(v128.add<T>(v128.sub<T>(n, constant<T>(1)), rounder<T>()));
  return copySign<T>(v128.mul<T>(v128.add<T>(sum, sum), halfPower), x);
}

/** @inline @staged expm1(x) for x <= 0, with the same bits in fewer steps, except that its 0 may have either sign. */
function expm1OfNegative<T extends number>(x: v128): v128 {
  const bounded = v128.pmax<T>(x, constant<T>(-45));
  const rounded = multiplyAdd<T>(bounded, constant<T>(1.44269502, Math.LOG2E), rounder<T>());
  const power = powerOfTwo<T>(rounded); // at least 2^-65, so that scaling by it is exact
  const q = reducedExpm1<T>(bounded, v128.sub<T>(rounded, rounder<T>()));
  return multiplyAdd<T>(q, power, v128.sub<T>(power, constant<T>(1)));
}

/** @inline @staged tanh(x) = -t / (2 + t), t = expm1(-2|x|): no cancellation near 0, no overflow far from it. */
export function tanh<T extends number>(x: v128): v128 {
  const t = expm1OfNegative<T>(v128.mul<T>(v128.abs<T>(x), constant<T>(-2)));
  return copySign<T>(v128.div<T>(t, v128.add<T>(constant<T>(2), t)), x);
}

/**
 * @inline @staged 1 / (1 + exp(-x))
 *
 * exp(-x) = 2^n p / q, so that this is q / (q + 2^n p). Both sides are scaled by a power of two, with which 2^n neither
 * overflows nor is subnormal: one factor and, for doubles, one division less than through exp.
 */
export function sigmoid<T extends number>(x: v128): v128 {
  // Above 40 the result rounds to 1.
  const bounded = v128.pmax<T>(v128.pmin<T>(v128.neg<T>(x), constant<T>(104, 746)), constant<T>(-40));
  const scale = constant<T>(5.9604644775390625e-8, 5.551115123125783e-17); // 2^-24, 2^-54
  const scaledRounder = constant<T>(12582912.0 + 127.0 - 24.0, 6755399441055744.0 + 1023.0 - 54.0);
  const rounded = multiplyAdd<T>(bounded, constant<T>(1.44269502, Math.LOG2E), scaledRounder);
  const n = v128.sub<T>(rounded, scaledRounder);
  const r = v128.sub<T>(v128.sub<T>(bounded, v128.mul<T>(n, ln2High<T>())), v128.mul<T>(n, ln2Low<T>()));
  let q: v128;
  let p: v128;
  if (sizeof<T>() == 4) {
    q = scale;
    p = v128.add<T>(constant<T>(1), v128.add<T>(r, tailOf<T>(r)));
  } else {
    const c = remainderOf<T>(r);
    q = v128.sub<T>(constant<T>(2), c);
    p = v128.add<T>(q, v128.add<T>(r, r));
    q = v128.mul<T>(q, scale);
  }
  return v128.div<T>(q, v128.add<T>(q, v128.mul<T>(p, powerOfTwo<T>(rounded))));
}

/** @inline log(u) + correction - exponentShift ln 2, for positive normal u; as fdlibm's log with log1p's correction. */
function reducedLog<T extends number>(u: v128, correction: v128, exponentShift: v128): v128 {
  let n: v128; // u = 2^n (1 + f), with 1 + f in [√½, √2)
  let f: v128;
  if (sizeof<T>() == 4) {
    const lifted = i32x4.add(u, i32x4.splat(0x3f800000 - 0x3f3504f3));
    n = v128.or(i32x4.shr_u(lifted, 23), f32x4.splat(8388608.0));
    n = v128.sub<T>(n, f32x4.splat(8388608.0 + 127.0));
    f = i32x4.sub(i32x4.add(u, i32x4.splat(0x3f800000)), v128.and(lifted, i32x4.splat(0xff800000)));
  } else {
    const lifted = i64x2.add(u, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000));
    n = v128.or(i64x2.shr_u(lifted, 52), f64x2.splat(4503599627370496.0));
    n = v128.sub<T>(n, f64x2.splat(4503599627370496.0 + 1023.0));
    f = i64x2.sub(i64x2.add(u, i64x2.splat(0x3ff0000000000000)), v128.and(lifted, i64x2.splat(0xfff0000000000000)));
  }
  n = v128.sub<T>(n, exponentShift);
  f = v128.sub<T>(f, constant<T>(1));
  const s = v128.div<T>(f, v128.add<T>(constant<T>(2), f));
  const square = v128.mul<T>(s, s);
  let sum: v128;
  if (sizeof<T>() == 4) {
    sum = multiplyAdd<T>(constant<T>(0.24279078841), square, constant<T>(0.28498786688));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.40000972152));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.66666662693));
  } else {
    sum = multiplyAdd<T>(constant<T>(0.14798198605116586), square, constant<T>(0.15313837699209373));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.1818357216161805));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.22222198432149784));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.2857142874366239));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.3999999999940942));
    sum = multiplyAdd<T>(sum, square, constant<T>(0.6666666666666735));
  }
  const halfSquare = v128.mul<T>(constant<T>(0.5), v128.mul<T>(f, f));
  sum = v128.mul<T>(s, v128.add<T>(halfSquare, v128.mul<T>(square, sum)));
  sum = v128.add<T>(sum, multiplyAdd<T>(n, ln2Low<T>(), correction));
  return v128.sub<T>(v128.mul<T>(n, ln2High<T>()), v128.sub<T>(v128.sub<T>(halfSquare, sum), f));
}

/** @inline `value`, except -infinity where u = 0, NaN where u < 0 or u is NaN, and infinity where u is. */
function atLimits<T extends number>(value: v128, u: v128): v128 {
  const isOrdinary = v128.and(v128.gt<T>(u, constant<T>(0)), v128.lt<T>(u, constant<T>(Infinity)));
  if (i32x4.all_true(isOrdinary)) return value;
  const limit = v128.sub<T>(v128.sqrt<T>(u), v128.div<T>(constant<T>(1), v128.abs<T>(u)));
  return v128.bitselect(value, limit, isOrdinary);
}

/** log(x): -infinity at 0 and -0, NaN below. */
export function log<T extends number>(x: v128): v128 {
  const isSubnormal = v128.lt<T>(x, constant<T>(1.1754943508222875e-38, 2.2250738585072014e-308));
  const normal = v128.bitselect(v128.mul<T>(x, constant<T>(18014398509481984.0)), x, isSubnormal);
  return atLimits<T>(reducedLog<T>(normal, constant<T>(0), v128.and(isSubnormal, constant<T>(54))), x);
}

/** @inline log(1 + x) for x > -1; (x - (u - 1)) / u gives back what u = 1 + x has rounded away. */
function finiteLog1p<T extends number>(x: v128, u: v128): v128 {
  const lost = v128.sub<T>(x, v128.sub<T>(u, constant<T>(1)));
  return reducedLog<T>(u, v128.div<T>(lost, u), constant<T>(0));
}

/** log(1 + x), of the sign of x: -infinity at -1, NaN below. */
export function log1p<T extends number>(x: v128): v128 {
  const u = v128.add<T>(x, constant<T>(1));
  return copySign<T>(atLimits<T>(finiteLog1p<T>(x, u), u), x);
}

/** log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)) */
export function softplus<T extends number>(x: v128): v128 {
  const t = expOfNegative<T>(v128.neg<T>(v128.abs<T>(x)));
  return v128.add<T>(v128.pmax<T>(x, constant<T>(0)), finiteLog1p<T>(t, v128.add<T>(t, constant<T>(1))));
}
