/**
 * GELU, exactly and by its approximation with tanh, and their derivatives; the definitions are PyTorch's.
 *
 * Numerics  forward keeps NaN. The bounds are those of erf.ts and exponential.ts; where PyTorch gives NaN at
 *           an infinity, so does this.
 */
import { normalDistribution } from "../vector/erf";
import { expOfNegative, multiplyAdd, sigmoid } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { OfInput } from "./loops";

/** 2 √(2 / π), and its products with 0.044715 and 3 · 0.044715. */
const linear: f64 = 1.5957691216057308;
const cubic: f64 = 0.07135481627260025;
const cubicSlope: f64 = 0.21406444881780076;

/**
 * output = input · Φ(input), Φ the normal distribution function; accurate also where Φ is tiny.
 * inputGrad = outputGrad (Φ(x) + x φ(x)), x = preactivation, φ the normal density.
 */
@final
@unmanaged
export class Gelu extends OfInput {
  /** @inline x Φ(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return v128.mul<T>(x, normalDistribution<T>(x));
  }

  /** @inline g (Φ(x) + x exp(-x² / 2) / √(2π)) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const gauss = expOfNegative<T>(v128.mul<T>(splat<T>(-0.5), v128.mul<T>(x, x)));
    const density = v128.mul<T>(splat<T>(0.3989422804014327), gauss); // 1 / √(2π) of it
    return v128.mul<T>(outputGrad, multiplyAdd<T>(x, density, normalDistribution<T>(x)));
  }
}

/**
 * output = input (1 + tanh(u)) / 2 = input · sigmoid(2u), u = √(2 / π) (input + 0.044715 input³).
 * inputGrad = outputGrad · s (1 + 2 x u' (1 - s)), s = sigmoid(2u), x = preactivation.
 */
@final
@unmanaged
export class GeluTanh extends OfInput {
  /** @inline x sigmoid(2u), u = √(2 / π) (x + 0.044715 x³) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    const twiceU = v128.mul<T>(x, multiplyAdd<T>(splat<T>(cubic), v128.mul<T>(x, x), splat<T>(linear)));
    return v128.mul<T>(x, sigmoid<T>(twiceU));
  }

  /** @inline g s (1 + 2 x u' (1 - s)), s = sigmoid(2u) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    // Outside ±40 the slope is exactly 0 or 1; inside, no square overflows.
    const bounded = v128.pmax<T>(v128.pmin<T>(x, splat<T>(40)), splat<T>(-40));
    const square = v128.mul<T>(bounded, bounded);
    const twiceU = v128.mul<T>(bounded, multiplyAdd<T>(splat<T>(cubic), square, splat<T>(linear)));
    const xTwiceUSlope = v128.mul<T>(bounded, multiplyAdd<T>(splat<T>(cubicSlope), square, splat<T>(linear)));
    const s = sigmoid<T>(twiceU);
    const slope = multiplyAdd<T>(xTwiceUSlope, v128.sub<T>(splat<T>(1), s), splat<T>(1));
    return v128.mul<T>(outputGrad, v128.mul<T>(s, slope));
  }
}
