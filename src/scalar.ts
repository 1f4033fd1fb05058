/**
 * Functions of single numbers, for generators, schedules and data. They are IEEE operations in a fixed order, so every engine gives the
 * same bits; the functions of Math differ between engines. The bounds are the titles of test/scalar.test.ts.
 *
 * Source: log and exp use fdlibm's approximations (copyright 1993 Sun Microsystems: "permission to use, copy, modify, and
 * distribute this software is freely granted, provided that this notice is preserved"), as assembly/vector/exponential.ts does.
 */

const ln2High = 0.6931471803691238;
/** ln 2 - ln2High. ln2High is so short that its product with any exponent is exact. */
const ln2Low = 1.9082149292705877e-10;

/** Adding it and subtracting it again rounds a number below 2^51 to a whole one. */
const rounder = 1.5 * 2 ** 52;

const smallestNormal = 2.2250738585072014e-308;
const bits = new DataView(new ArrayBuffer(8));

/** Returns ln x: minus infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return Math.sqrt(x) - 1 / Math.abs(x);
  const isSubnormal = x < smallestNormal;
  // x = 2^n (1 + f), with 1 + f in [√½, √2).
  bits.setFloat64(0, isSubnormal ? x * 2 ** 54 : x);
  const high = bits.getUint32(0);
  const lifted = high + (0x3ff00000 - 0x3fe6a09e);
  const n = (lifted >>> 20) - 1023 - (isSubnormal ? 54 : 0);
  bits.setUint32(0, high + 0x3ff00000 - (lifted & 0xfff00000));
  const f = bits.getFloat64(0) - 1;
  const s = f / (2 + f);
  const square = s * s;
  let sum = 0.14798198605116586 * square + 0.15313837699209373;
  sum = sum * square + 0.1818357216161805;
  sum = sum * square + 0.22222198432149784;
  sum = sum * square + 0.2857142874366239;
  sum = sum * square + 0.3999999999940942;
  sum = sum * square + 0.6666666666666735;
  const halfSquare = 0.5 * (f * f);
  sum = s * (halfSquare + square * sum) + n * ln2Low;
  return n * ln2High - (halfSquare - sum - f);
}

/** Returns e to the power of x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  const bounded = Math.max(Math.min(x, 710), -746);
  const n = bounded * Math.LOG2E + rounder - rounder;
  const high = bounded - n * ln2High;
  const low = n * ln2Low;
  const r = high - low;
  const square = r * r;
  let sum = 4.1381367970572385e-8 * square - 1.6533902205465252e-6;
  sum = sum * square + 6.613756321437934e-5;
  sum = sum * square - 0.0027777777777015593;
  sum = sum * square + 0.16666666666666602;
  const c = r - square * sum;
  const mantissa = high - (low - (r * c) / (2 - c)) + 1;
  // There are two factors, because 2^n may be subnormal, or may overflow although its product with the mantissa does not.
  const half = Math.floor(n / 2);
  return mantissa * powerOfTwo(half) * powerOfTwo(n - half);
}

/** Returns 2^n for a whole n from -1022 to 1023. */
function powerOfTwo(n: number): number {
  bits.setUint32(0, (n + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/**
 * Returns `base` to the power of `exponent`; `base` is not negative.
 *
 * A whole exponent from 0 to 2^31 - 1 is computed by repeated squaring, with a relative error of at most 2^-52 · exponent. Any other is
 * exp(exponent · log(base)), with a relative error of at most 2^-52 · (2 + |exponent · log(base)|).
 */
export function power(base: number, exponent: number): number {
  if (!(Number.isInteger(exponent) && exponent >= 0 && exponent < 2 ** 31)) return exp(exponent * log(base));
  let result = 1;
  let factor = base;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result *= factor;
    factor *= factor;
  }
  return result;
}

/**
 * Returns cos(π x): exactly 1, 0 and -1 at the multiples of 1/2, NaN at NaN and the infinities.
 *
 * The error is at most 4e-16 at any finite x, since x is reduced exactly. Source: ours, Taylor's series on [0, π/4].
 */
export function cosPi(x: number): number {
  // Reduced to [0, 2), then [0, 1], then [0, 1/2].
  let half = Math.abs(x) % 2;
  if (half > 1) half = 2 - half;
  const sign = half > 0.5 ? -1 : 1;
  if (half > 0.5) half = 1 - half;
  const isCosine = half <= 0.25;
  const angle = Math.PI * (isCosine ? half : 0.5 - half);
  // Horner's scheme: 1 - angle²/(1·2) (1 - angle²/(3·4) (…)). For the sine of the complement, the factors begin one higher.
  const first = isCosine ? 1 : 2;
  let sum = 1;
  for (let factor = first + 14; factor > 0; factor -= 2) sum = 1 - (angle * angle * sum) / (factor * (factor + 1));
  return sign * (isCosine ? sum : angle * sum);
}

/**
 * Returns arctan(y / x) in radians, from 0 to π/2. `y` and `x` are 0 or more, finite, and not both 0.
 *
 * The relative error is at most 1e-15 if y² and x² neither overflow nor become subnormal. Source: ours, three halvings of the angle and
 * Taylor's series.
 */
export function arctangent(y: number, x: number): number {
  // tan(angle / 2) = y / (x + √(x² + y²)), at most 1; two more halvings make it 0.199.
  let tangent = y / (x + Math.sqrt(x * x + y * y));
  for (let halving = 0; halving < 2; halving++) tangent /= 1 + Math.sqrt(1 + tangent * tangent);
  const square = tangent * tangent;
  let sum = 0;
  for (let power = 23; power > 0; power -= 2) sum = 1 / power - square * sum;
  return 8 * tangent * sum;
}
