/** Functions of one number, computed by the kernels: the same bits on every runtime, as engines' Math is not. */

import { type CoreExports, instantiate } from "./module.ts";

let exports: CoreExports | undefined;

/** ln x. */
export function log(x: number): number {
  exports ??= instantiate();
  return exports.scalarLog(x);
}

/** `base`, which is not negative, to the power of `exponent`: by repeated squaring if that is a whole number below 2³¹. */
export function power(base: number, exponent: number): number {
  exports ??= instantiate();
  return exports.power(base, exponent);
}

/** cos(π x), of any finite x; exact at the multiples of 1/2. */
export function cosPi(x: number): number {
  exports ??= instantiate();
  return exports.cosPi(x);
}
