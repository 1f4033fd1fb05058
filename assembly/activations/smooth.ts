/**
 * Smooth element-wise activations and their derivatives; definitions and defaults are PyTorch's.
 *
 * Shapes    every array is [rows * columns], a plain block of elements.
 * Writes    forward: output (overwritten), which may be input; backward: inputGrad (overwritten), which may be outputGrad.
 * Requires  every address 16-byte aligned; at least one element.
 * Numerics  forward keeps NaN. The bounds are those of exponential.ts; where PyTorch gives NaN at
 *           an infinity, so does this.
 */
import { exp, multiplyAdd, sigmoid, softplus, tanh } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { mapBackward, mapForward, mapForwardPaired } from "../vector/map";

@final
@unmanaged
class Sigmoid {
  /** @inline 1 / (1 + exp(-x)) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return sigmoid<T>(x);
  }

  /** @inline g y (1 - y) */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, v128.mul<T>(y, v128.sub<T>(splat<T>(1), y)));
  }
}

/** output = 1 / (1 + exp(-input)). */
export function sigmoidForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForwardPaired<T, Sigmoid>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad · activation (1 - activation). */
export function sigmoidBackward<T extends number>(
  _preactivation: usize,
  activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Sigmoid>(activation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class Tanh {
  /** @inline tanh(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return tanh<T>(x);
  }

  /** @inline g (1 - y²) */
  backward<T extends number>(y: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, v128.sub<T>(splat<T>(1), v128.mul<T>(y, y)));
  }
}

/** output = tanh(input). */
export function tanhForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForwardPaired<T, Tanh>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad (1 - activation²). */
export function tanhBackward<T extends number>(
  _preactivation: usize,
  activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Tanh>(activation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class Softplus {
  /** @inline log(1 + exp(x)) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return softplus<T>(x);
  }

  /** @inline g sigmoid(x) */
  backward<T extends number>(x: v128, outputGrad: v128, _parameter: v128): v128 {
    return v128.mul<T>(outputGrad, sigmoid<T>(x));
  }
}

/** output = log(1 + exp(input)), without overflow: PyTorch's at beta = 1, whose threshold changes no digit. */
export function softplusForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Softplus>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad · sigmoid(preactivation). */
export function softplusBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Softplus>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class Softsign {
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

/** output = input / (1 + |input|). */
export function softsignForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Softsign>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad / (1 + |preactivation|)². */
export function softsignBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Softsign>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class Silu {
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

/** output = input · sigmoid(input). */
export function siluForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Silu>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad · s (1 + preactivation (1 - s)), s = sigmoid(preactivation). */
export function siluBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Silu>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}

@final
@unmanaged
class Mish {
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

/** output = input · tanh(softplus(input)) = input · n / (n + 2), n = e (e + 2), e = exp(input): one exponential, no logarithm. */
export function mishForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Mish>(input, output, rows * columns, parameter);
}

/** inputGrad = outputGrad (n / (n + 2) + 4 x e (1 + e) / (n + 2)²), e = exp(x), n = e (e + 2), x = preactivation. */
export function mishBackward<T extends number>(
  preactivation: usize,
  _activation: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapBackward<T, Mish>(preactivation, outputGrad, inputGrad, rows * columns, parameter);
}
