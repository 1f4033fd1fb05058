/**
 * Losses of distances that are to be 0 for pairs of the same class, whose target is 1, and at least a margin for all others, whose
 * target is 0. The parameter is the margin.
 */
import { splat } from "../vector/lanes";
import { ElementLoss } from "./loops";

/** @inline How far the distance falls short of the margin: max(margin - d, 0). */
function shortfall<T extends number>(distance: v128, margin: v128): v128 {
  return v128.max<T>(v128.sub<T>(margin, distance), splat<T>(0));
}

/** @inline t·ofSame + (1 - t)·ofOthers, so that NaN among the targets comes through. */
function chosen<T extends number>(target: v128, ofSame: v128, ofOthers: v128): v128 {
  const rest = v128.mul<T>(v128.sub<T>(splat<T>(1), target), ofOthers);
  return v128.add<T>(v128.mul<T>(target, ofSame), rest);
}

/**
 * Σ output² where the target is 1, else max(parameter - output, 0)².
 * outputGrad = scale · 2·output where the target is 1, else scale · -2·max(parameter - output, 0).
 *
 * Requires  each target 0 or 1.
 * Numerics  NaN comes through, and infinity becomes NaN unless the target is 1.
 * Source    Hadsell, Chopra & LeCun 2006, whose Y is 1 - target, without their factor 1/2.
 */
@final
@unmanaged
export class Contrastive extends ElementLoss {
  /** @inline d², or max(m - d, 0)² */
  forward<T extends number>(distance: v128, target: v128, margin: v128): v128 {
    const short = shortfall<T>(distance, margin);
    return chosen<T>(target, v128.mul<T>(distance, distance), v128.mul<T>(short, short));
  }

  /** @inline 2·d, or -2·max(m - d, 0) */
  backward<T extends number>(distance: v128, target: v128, margin: v128): v128 {
    const slope = chosen<T>(target, distance, v128.neg<T>(shortfall<T>(distance, margin)));
    return v128.add<T>(slope, slope);
  }
}

/**
 * Σ output² where the target is 1, else max(parameter - output, 0).
 * outputGrad = scale · 2·output where the target is 1, else -scale where output < parameter, and 0 beyond.
 *
 * Requires  each target 0 or 1.
 * Numerics  0 at the kink, where output is parameter. NaN comes through, and infinity becomes NaN unless the target is 1.
 */
@final
@unmanaged
export class LinearContrastive extends ElementLoss {
  /** @inline d², or max(m - d, 0) */
  forward<T extends number>(distance: v128, target: v128, margin: v128): v128 {
    return chosen<T>(target, v128.mul<T>(distance, distance), shortfall<T>(distance, margin));
  }

  /** @inline 2·d, or -1 where d < m */
  backward<T extends number>(distance: v128, target: v128, margin: v128): v128 {
    const isShort = v128.gt<T>(shortfall<T>(distance, margin), splat<T>(0));
    const ofOthers = v128.and(splat<T>(-1), isShort);
    return chosen<T>(target, v128.add<T>(distance, distance), ofOthers);
  }
}
