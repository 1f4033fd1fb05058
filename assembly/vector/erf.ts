/**
 * The error function and the normal distribution's, on vectors of f32 or f64 lanes.
 *
 * Source: ours. Below 1, erf(x) = x + x R(x²); above, erfc(x) = exp(-x²) R(x); each R is a quotient of polynomials that
 * equals the function at Chebyshev nodes (scripts/make-coefficients.py). Above 1 every coefficient is positive, so
 * nothing cancels.
 */
import { constant, copySign, expOfNegative, multiplyAdd } from "./exponential";
import { splat } from "./lanes";

// Pairs of coefficients, numerator and denominator, highest power first. A module has only those of its type.

/** The address of the coefficients of erf, up to 1. */
function near<T extends number>(): usize {
  if (sizeof<T>() == 4) {
    return memory.data<f32>([
      -0.0052268812, 0.0052268812, -0.04083439, 0.074443474, -0.32041308, 0.43397477, 0.12837917, 1,
    ]);
  }
  return memory.data<f64>([
    -2.029955528683415e-5, 2.029955528683415e-5, -0.00048627383444671925, 0.0006812436819785087, -0.00875502892004914,
    0.010582353560685178, -0.04794871477416388, 0.0932530297396997, -0.3171606336534957, 0.45930937793412957,
    0.1283791670955126, 1,
  ]);
}

/** The address of the coefficients of erfc, above 1. */
function far<T extends number>(): usize {
  if (sizeof<T>() == 4) {
    return memory.data<f32>([
      0, 0.28668576, 0.16174313, 1.0959133, 0.61837703, 2.2359588, 1.1794676, 2.3000522, 0.9986962, 1,
    ]);
  }
  return memory.data<f64>([
    0, 0.0009619467641212001, 0.0005427203442454152, 0.013131623802571893, 0.007408725364364522, 0.09250389041720732,
    0.05191837124661742, 0.41976972346928015, 0.23312534247602504, 1.3251570619531778, 0.7219519939842272,
    2.9781881474240324, 1.5674042545734261, 4.722066374183051, 2.328447921156723, 5.059215109294456, 2.1779279620526935,
    3.3063073566206476, 1.0000000216215061, 1,
  ]);
}

/** @inline The quotient of two polynomials of degree `degree` in x; their coefficients alternate from `pair` on. */
function quotient<T extends number>(x: v128, pair: usize, degree: i32): v128 {
  let numerator = v128.load_splat<T>(pair);
  let denominator = v128.load_splat<T>(pair, sizeof<T>());
  do {
    pair += 2 * sizeof<T>();
    numerator = multiplyAdd<T>(numerator, x, v128.load_splat<T>(pair));
    denominator = multiplyAdd<T>(denominator, x, v128.load_splat<T>(pair, sizeof<T>()));
  } while (--degree);
  return v128.div<T>(numerator, denominator);
}

/** For x >= 0: erf(x) up to 1, erfc(x) above. The branch that no lane needs is skipped. */
function erfOrComplement<T extends number>(x: v128, isFar: v128): v128 {
  let result = x;
  if (!i32x4.all_true(isFar)) {
    result = multiplyAdd<T>(quotient<T>(v128.mul<T>(x, x), near<T>(), sizeof<T>() == 4 ? 3 : 5), x, x);
  }
  if (v128.any_true(isFar)) {
    x = v128.pmin<T>(x, constant<T>(11, 28)); // erfc is 0 from here on
    const gauss = expOfNegative<T>(v128.neg<T>(v128.mul<T>(x, x)));
    result = v128.bitselect(v128.mul<T>(gauss, quotient<T>(x, far<T>(), sizeof<T>() == 4 ? 4 : 9)), result, isFar);
  }
  return result;
}

/** @inline erf(x), of the sign of x. */
export function erf<T extends number>(x: v128): v128 {
  const magnitude = v128.abs<T>(x);
  const isFar = v128.gt<T>(magnitude, splat<T>(1));
  const value = erfOrComplement<T>(magnitude, isFar);
  return copySign<T>(v128.bitselect(v128.sub<T>(splat<T>(1), value), value, isFar), x);
}

/** @inline (1 + erf(x / √2)) / 2, without cancellation where x is far below 0. */
export function normalDistribution<T extends number>(x: v128): v128 {
  const magnitude = v128.mul<T>(v128.abs<T>(x), splat<T>(Math.SQRT1_2));
  const isFar = v128.gt<T>(magnitude, splat<T>(1));
  const half = v128.mul<T>(erfOrComplement<T>(magnitude, isFar), splat<T>(0.5));
  const isNegative = v128.lt<T>(x, splat<T>(0));
  const upper = v128.bitselect(v128.sub<T>(splat<T>(1), half), v128.add<T>(splat<T>(0.5), half), isFar);
  const lower = v128.bitselect(half, v128.sub<T>(splat<T>(0.5), half), isFar);
  return v128.bitselect(lower, upper, isNegative);
}
