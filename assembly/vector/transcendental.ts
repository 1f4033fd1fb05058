/**
 * The exponential family over arrays.
 *
 * Shapes    input, output: [count].
 * Writes    output (overwritten), which may be input.
 * Requires  both addresses 16-byte aligned; count >= 1.
 * Numerics  those of exponential.ts and erf.ts; sigmoid and tanh are in activations/smooth.ts.
 */
import { erf } from "./erf";
import { exp, expm1, log, log1p } from "./exponential";
import { isAligned } from "./lanes";
import { mapForward } from "./map";

/** @inline output = operation.forward(input), lane by lane. */
function mapBlock<T extends number, Operation>(input: usize, output: usize, count: i32): void {
  assert(isAligned(input | output), "blocks start on 16 bytes");
  mapForward<T, Operation>(input, output, count, 0);
}

@final
@unmanaged
class Exp {
  /** @inline @staged exp(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return exp<T>(x);
  }
}

/** output = exp(input). */
export function expMap<T extends number>(input: usize, output: usize, count: i32): void {
  mapBlock<T, Exp>(input, output, count);
}

@final
@unmanaged
class Expm1 {
  /** @inline expm1(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return expm1<T>(x);
  }
}

/** output = exp(input) - 1, accurate near 0. */
export function expm1Map<T extends number>(input: usize, output: usize, count: i32): void {
  mapBlock<T, Expm1>(input, output, count);
}

@final
@unmanaged
class Log {
  /** @inline log(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return log<T>(x);
  }
}

/** output = the natural logarithm of input. */
export function logMap<T extends number>(input: usize, output: usize, count: i32): void {
  mapBlock<T, Log>(input, output, count);
}

@final
@unmanaged
class Log1p {
  /** @inline log1p(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return log1p<T>(x);
  }
}

/** output = log(1 + input), accurate near 0. */
export function log1pMap<T extends number>(input: usize, output: usize, count: i32): void {
  mapBlock<T, Log1p>(input, output, count);
}

@final
@unmanaged
class Erf {
  /** @inline erf(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return erf<T>(x);
  }
}

/** output = erf(input). */
export function erfMap<T extends number>(input: usize, output: usize, count: i32): void {
  mapBlock<T, Erf>(input, output, count);
}
