/**
 * Losses of outputs that are to lie beyond 1 on the target's side of 0, the targets being -1 and 1.
 */
import { splat } from "../vector/lanes";
import { ElementLoss } from "./loops";

/** @inline How far the output falls short: max(1 - t·y, 0). */
function shortfall<T extends number>(output: v128, target: v128): v128 {
  return v128.max<T>(v128.sub<T>(splat<T>(1), v128.mul<T>(target, output)), splat<T>(0));
}

/**
 * Σ max(1 - target·output, 0).
 * outputGrad = scale · -target where target·output < 1, else 0.
 *
 * Source    Keras's Hinge.
 * Numerics  0 at the kink, where target·output is 1, and where it is NaN.
 */
@final
@unmanaged
export class Hinge extends ElementLoss {
  /** @inline max(1 - t·y, 0) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return shortfall<T>(output, target);
  }

  /** @inline -t where t·y < 1, else 0 */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const isShort = v128.gt<T>(shortfall<T>(output, target), splat<T>(0));
    return v128.and(v128.neg<T>(target), isShort);
  }
}

/**
 * Σ max(1 - target·output, 0)².
 * outputGrad = scale · -2·target·max(1 - target·output, 0).
 *
 * Source    Keras's SquaredHinge.
 * Numerics  NaN and infinities come through.
 */
@final
@unmanaged
export class SquaredHinge extends ElementLoss {
  /** @inline max(1 - t·y, 0)² */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const distance = shortfall<T>(output, target);
    return v128.mul<T>(distance, distance);
  }

  /** @inline -2t·max(1 - t·y, 0) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.mul<T>(v128.mul<T>(target, splat<T>(-2)), shortfall<T>(output, target));
  }
}
