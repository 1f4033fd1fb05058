/**
 * Activations made of pieces (the relu family and the hard ones) and their derivatives; definitions and defaults are PyTorch's.
 *
 * Numerics  forward keeps NaN. At a kink the derivative is that of the piece which the comment names.
 */
import { exp, expm1 } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { OfInput, OfOutput } from "./loops";

/** SELU's fixed point (Klambauer et al. 2017): scale, and scale · alpha. */
const seluScale: f64 = 1.0507009873554805;
const seluScaleAlpha: f64 = 1.7580993408473766;

/**
 * output = max(input, 0); -0 stays -0.
 * inputGrad = outputGrad where activation > 0, else 0.
 *
 * Numerics  relu'(0) = 0; where the activation is NaN, the gradient is 0.
 */
@final
@unmanaged
export class Relu extends OfOutput {
  /** @inline max(x, 0) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    // pmax, unlike max, is one instruction; it returns its first operand when that is NaN.
    return v128.pmax<T>(x, splat<T>(0));
  }

  /** @inline g where y > 0, else 0 */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    // The comparison gives all-ones lanes, so AND keeps or zeroes the gradient without a branch.
    return v128.and(outputGrad, v128.gt<T>(y, splat<T>(0)));
  }
}

/**
 * output = input where input > 0, else parameter · input; the parameter is the slope, 0.01 by default.
 * inputGrad = outputGrad where preactivation > 0, else parameter · outputGrad.
 *
 * Numerics  leakyRelu'(0) = slope.
 */
@final
@unmanaged
export class LeakyRelu extends OfInput {
  /** @inline x where x > 0, else slope x */
  forward<T extends number>(x: v128, parameter: v128): v128 {
    return v128.bitselect(v128.mul<T>(x, parameter), x, v128.le<T>(x, splat<T>(0)));
  }

  /** @inline g where x > 0, else slope g */
  backward<T extends number>(x: v128, outputGrad: v128, parameter: v128): v128 {
    return v128.bitselect(outputGrad, v128.mul<T>(outputGrad, parameter), v128.gt<T>(x, splat<T>(0)));
  }
}

/**
 * output = input where input > 0, else parameter · (exp(input) - 1); the parameter is alpha, 1 by default.
 * inputGrad = outputGrad where preactivation > 0, else outputGrad · parameter · exp(preactivation).
 *
 * Numerics  elu'(0) = alpha. From the preactivation, as the activation tells nothing when alpha <= 0.
 */
@final
@unmanaged
export class Elu extends OfInput {
  /** @inline x where x > 0, else alpha (exp(x) - 1) */
  forward<T extends number>(x: v128, parameter: v128): v128 {
    return v128.bitselect(x, v128.mul<T>(parameter, expm1<T>(x)), v128.gt<T>(x, splat<T>(0)));
  }

  /** @inline g where x > 0, else g alpha exp(x) */
  backward<T extends number>(x: v128, outputGrad: v128, parameter: v128): v128 {
    const slope = v128.mul<T>(parameter, exp<T>(x));
    return v128.mul<T>(outputGrad, v128.bitselect(splat<T>(1), slope, v128.gt<T>(x, splat<T>(0))));
  }
}

/**
 * output = scale · (input where input > 0, else alpha (exp(input) - 1)).
 * inputGrad = outputGrad · (scale where activation > 0, else activation + scale · alpha).
 *
 * Numerics  selu'(0) = scale · alpha.
 */
@final
@unmanaged
export class Selu extends OfOutput {
  /** @inline scale x where x > 0, else scale alpha (exp(x) - 1) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    const below = v128.mul<T>(splat<T>(seluScaleAlpha), expm1<T>(x));
    return v128.bitselect(v128.mul<T>(splat<T>(seluScale), x), below, v128.gt<T>(x, splat<T>(0)));
  }

  /** @inline g scale where y > 0, else g (y + scale alpha) */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    const below = v128.add<T>(y, splat<T>(seluScaleAlpha));
    return v128.mul<T>(outputGrad, v128.bitselect(splat<T>(seluScale), below, v128.gt<T>(y, splat<T>(0))));
  }
}

/**
 * output = min(max(input + 3, 0), 6) / 6.
 * inputGrad = outputGrad / 6 where -3 < preactivation < 3, else 0.
 *
 * Numerics  hardSigmoid'(±3) = 0.
 */
@final
@unmanaged
export class HardSigmoid extends OfInput {
  /** @inline min(max(x + 3, 0), 6) / 6 */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    const shifted = v128.pmax<T>(v128.add<T>(x, splat<T>(3)), splat<T>(0));
    return v128.div<T>(v128.pmin<T>(shifted, splat<T>(6)), splat<T>(6));
  }

  /** @inline g / 6 where -3 < x < 3, else 0 */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const isSloped = v128.lt<T>(v128.abs<T>(x), splat<T>(3));
    return v128.and(v128.div<T>(outputGrad, splat<T>(6)), isSloped);
  }
}

/**
 * output = input · hardSigmoid(input).
 * inputGrad = 0 up to preactivation = -3, outputGrad from 3 on, else outputGrad (preactivation / 3 + 1 / 2).
 *
 * Numerics  hardSwish'(-3) = 0 and hardSwish'(3) = 1, the slopes outside; PyTorch's versions differ here.
 */
@final
@unmanaged
export class HardSwish extends OfInput {
  /** @inline x min(max(x + 3, 0), 6) / 6 */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    const shifted = v128.pmax<T>(v128.add<T>(x, splat<T>(3)), splat<T>(0));
    return v128.mul<T>(x, v128.div<T>(v128.pmin<T>(shifted, splat<T>(6)), splat<T>(6)));
  }

  /** @inline 0 where x <= -3, g where x >= 3, else g (x / 3 + 1 / 2) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const slope = v128.add<T>(v128.div<T>(x, splat<T>(3)), splat<T>(0.5));
    const upper = v128.bitselect(v128.mul<T>(outputGrad, slope), outputGrad, v128.lt<T>(x, splat<T>(3)));
    return v128.and(upper, v128.gt<T>(x, splat<T>(-3)));
  }
}
