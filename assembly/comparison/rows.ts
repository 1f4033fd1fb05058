/**
 * Two rows, element by element in f64, whatever T is: sums over them, and rows made of them. What is done with two elements is a class
 * without fields, as an operation of map.ts is; it gets two elements of each row and two factors. A row has `columns` >= 1 elements
 * and may start at any multiple of an element's size.
 */

import { loadDoubles, storeDoubles, totalOf } from "../vector/lanes";

@final
@unmanaged
export class Product {
  /** @inline x y */
  of(x: v128, y: v128, _factor: v128, _other: v128): v128 {
    return f64x2.mul(x, y);
  }
}

@final
@unmanaged
export class SquaredDifference {
  /** @inline (x - y + shift)² */
  of(x: v128, y: v128, _factor: v128, shift: v128): v128 {
    const difference = f64x2.add(f64x2.sub(x, y), shift);
    return f64x2.mul(difference, difference);
  }
}

@final
@unmanaged
export class ScaledDifference {
  /** @inline (x - y + shift) factor */
  of(x: v128, y: v128, factor: v128, shift: v128): v128 {
    return f64x2.mul(f64x2.add(f64x2.sub(x, y), shift), factor);
  }
}

@final
@unmanaged
export class Combination {
  /** @inline x factor + y other */
  of(x: v128, y: v128, factor: v128, other: v128): v128 {
    return f64x2.add(f64x2.mul(x, factor), f64x2.mul(y, other));
  }
}

/** Σ operation(x, y, 0, shift), in an order that depends on `columns` alone. */
export function sumOfPairs<T extends number, Operation>(x: usize, y: usize, columns: i32, shift: f64): f64 {
  const operation = changetype<Operation>(0);
  const zero = f64x2.splat(0);
  const shifts = f64x2.splat(shift);
  const pairsEnd = x + <usize>(columns & -2) * sizeof<T>();
  let sum = zero;
  while (x < pairsEnd) {
    sum = f64x2.add(sum, operation.of(loadDoubles<T>(x, 2), loadDoubles<T>(y, 2), zero, shifts));
    x += 2 * sizeof<T>();
    y += 2 * sizeof<T>();
  }
  let total = totalOf(sum);
  if (columns & 1) {
    const last = operation.of(loadDoubles<T>(x, 1), loadDoubles<T>(y, 1), zero, shifts);
    total += f64x2.extract_lane(last, 0);
  }
  return total;
}

/** output = operation(x, y, factor, other), each element rounded once to T; `output` may be x or y. */
export function mapPairs<T extends number, Operation>(
  x: usize,
  y: usize,
  output: usize,
  columns: i32,
  factor: f64,
  other: f64,
): void {
  const operation = changetype<Operation>(0);
  const factors = f64x2.splat(factor);
  const others = f64x2.splat(other);
  const pairsEnd = x + <usize>(columns & -2) * sizeof<T>();
  while (x < pairsEnd) {
    storeDoubles<T>(output, operation.of(loadDoubles<T>(x, 2), loadDoubles<T>(y, 2), factors, others), 2);
    x += 2 * sizeof<T>();
    y += 2 * sizeof<T>();
    output += 2 * sizeof<T>();
  }
  if (columns & 1) {
    storeDoubles<T>(output, operation.of(loadDoubles<T>(x, 1), loadDoubles<T>(y, 1), factors, others), 1);
  }
}
