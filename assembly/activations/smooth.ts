/**
 * Smooth element-wise activations and their derivatives; definitions and defaults are PyTorch's.
 *
 * Numerics  forward keeps NaN. The bounds are those of exponential.ts; where PyTorch gives NaN at
 *           an infinity, so does this.
 */
import { exp, multiplyAdd, sigmoid, softplus, tanh } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { OfInput, OfOutput } from "./loops";

/**
 * output = 1 / (1 + exp(-input)).
 * inputGrad = outputGrad · activation (1 - activation).
 */
@final
@unmanaged
export class Sigmoid extends OfOutput {
  /** @inline @staged 1 / (1 + exp(-x)) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return sigmoid<T>(x);
  }

  /** @inline g y (1 - y) */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, v128.mul<T>(y, v128.sub<T>(splat<T>(1), y)));
  }
}

/**
 * output = tanh(input).
 * inputGrad = outputGrad (1 - activation²).
 */
@final
@unmanaged
export class Tanh extends OfOutput {
  /** @inline @staged tanh(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return tanh<T>(x);
  }

  /** @inline g (1 - y²) */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, v128.sub<T>(splat<T>(1), v128.mul<T>(y, y)));
  }
}

/**
 * output = log(1 + exp(input)), without overflow: PyTorch's at beta = 1, whose threshold changes no digit.
 * inputGrad = outputGrad · sigmoid(preactivation).
 */
@final
@unmanaged
export class Softplus extends OfInput {
  /** @inline log(1 + exp(x)) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return softplus<T>(x);
  }

  /** @inline g sigmoid(x) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, sigmoid<T>(x));
  }
}

/**
 * output = input / (1 + |input|).
 * inputGrad = outputGrad / (1 + |preactivation|)².
 */
@final
@unmanaged
export class Softsign extends OfInput {
  /** @inline x / (1 + |x|) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return v128.div<T>(x, v128.add<T>(splat<T>(1), v128.abs<T>(x)));
  }

  /** @inline g / (1 + |x|)² */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const inverse = v128.div<T>(splat<T>(1), v128.add<T>(splat<T>(1), v128.abs<T>(x)));
    return v128.mul<T>(outputGrad, v128.mul<T>(inverse, inverse));
  }
}

/**
 * output = input · sigmoid(input).
 * inputGrad = outputGrad · s (1 + preactivation (1 - s)), s = sigmoid(preactivation).
 */
@final
@unmanaged
export class Silu extends OfInput {
  /** @inline x / (1 + exp(-x)) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return v128.div<T>(x, v128.add<T>(splat<T>(1), exp<T>(v128.neg<T>(x))));
  }

  /** @inline g s (1 + x (1 - s)), s = sigmoid(x) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const s = sigmoid<T>(x);
    const slope = multiplyAdd<T>(x, v128.sub<T>(splat<T>(1), s), splat<T>(1));
    return v128.mul<T>(outputGrad, v128.mul<T>(s, slope));
  }
}

/**
 * output = input · tanh(softplus(input)) = input · n / (n + 2), n = e (e + 2), e = exp(input): one exponential, no logarithm.
 * inputGrad = outputGrad (n / (n + 2) + 4 x e (1 + e) / (n + 2)²), e = exp(x), n = e (e + 2), x = preactivation.
 */
@final
@unmanaged
export class Mish extends OfInput {
  /** @inline x n / (n + 2) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    // From 22 on, n / (n + 2) rounds to 1 in both types, and the square of the exponential is still finite in f32.
    const e = exp<T>(v128.pmin<T>(x, splat<T>(22)));
    const n = v128.mul<T>(e, v128.add<T>(e, splat<T>(2)));
    return v128.mul<T>(x, v128.div<T>(n, v128.add<T>(n, splat<T>(2))));
  }

  /** @inline g (n / (n + 2) + 4 x e (1 + e) / (n + 2)²) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const bounded = v128.pmin<T>(x, splat<T>(22));
    const e = exp<T>(bounded);
    const n = v128.mul<T>(e, v128.add<T>(e, splat<T>(2)));
    const inverse = v128.div<T>(splat<T>(2), v128.add<T>(n, splat<T>(2)));
    const w = v128.div<T>(n, v128.add<T>(n, splat<T>(2)));
    let slope = v128.mul<T>(v128.mul<T>(e, inverse), v128.mul<T>(v128.add<T>(splat<T>(1), e), inverse));
    slope = multiplyAdd<T>(bounded, slope, w);
    return v128.mul<T>(outputGrad, slope);
  }
}
