/**
 * GELU, exactly and by its approximation with tanh, and their derivatives; the definitions are PyTorch's.
 *
 * Shapes    every array is [rows * columns], a plain block of elements.
 * Writes    forward: output (overwritten), which may be input; backward: inputGrad (overwritten), which may be outputGrad.
 * Requires  every address 16-byte aligned; at least one element.
 * Numerics  forward keeps NaN. The bounds are those of erf.ts and exponential.ts; where PyTorch gives NaN at
 *           an infinity, so does this.
 */
import { normalDistribution } from "../vector/erf";
import { exp, multiplyAdd, sigmoid } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { mapBackward, mapForward } from "../vector/map";

/** 2 √(2 / π), and its products with 0.044715 and 3 · 0.044715. */
const linear: f64 = 1.5957691216057308;
const cubic: f64 = 0.07135481627260025;
const cubicSlope: f64 = 0.21406444881780076;

@final
@unmanaged
class Gelu {
  /** @inline x Φ(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return v128.mul<T>(x, normalDistribution<T>(x));
  }

  /** @inline g (Φ(x) + x exp(-x² / 2) / √(2π)) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    const gauss = exp<T>(v128.mul<T>(splat<T>(-0.5), v128.mul<T>(x, x)));
    const density = v128.mul<T>(splat<T>(0.3989422804014327), gauss); // 1 / √(2π) of it
    return v128.mul<T>(outputGrad, multiplyAdd<T>(x, density, normalDistribution<T>(x)));
  }
}

/** output = input · Φ(input), Φ the normal distribution function; accurate also where Φ is tiny. */
export function geluForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Gelu>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad (Φ(x) + x φ(x)), x = preactivation, φ the normal density. */
export function geluBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Gelu>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class GeluTanh {
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

/** output = input (1 + tanh(u)) / 2 = input · sigmoid(2u), u = √(2 / π) (input + 0.044715 input³). */
export function geluTanhForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, GeluTanh>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad · s (1 + 2 x u' (1 - s)), s = sigmoid(2u), x = preactivation. */
export function geluTanhBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, GeluTanh>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}
