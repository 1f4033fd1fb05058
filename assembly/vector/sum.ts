/**
 * Sums of terms in f64, whatever T is: over a run of elements, and down the columns of a matrix. Their order depends on sizes
 * alone. A term is a class without fields, as an operation of map.ts is; it gets two elements and a parameter as f64.
 */

import { loadDoubles, storeDoubles } from "./lanes";

@final
@unmanaged
export class Identity {
  /** @inline x */
  of(x: v128, _parameter: v128): v128 {
    return x;
  }
}

@final
@unmanaged
export class Square {
  /** @inline x² */
  of(x: v128, _parameter: v128): v128 {
    return f64x2.mul(x, x);
  }
}

@final
@unmanaged
export class CentredSquare {
  /** @inline (x - centre)² */
  of(x: v128, centre: v128): v128 {
    const distance = f64x2.sub(x, centre);
    return f64x2.mul(distance, distance);
  }
}

/**
 * Σ term(element, parameter): eight running sums, element i in sum i mod 8, then the sums, then the last count mod 8.
 *
 * Requires  count >= 1; `address` may be any multiple of an element's size.
 */
export function sumOf<T extends number, Term>(address: usize, count: i32, parameter: f64): f64 {
  assert(count > 0, "count must be positive");
  const term = changetype<Term>(0);
  const parameters = f64x2.splat(parameter);
  const end = address + <usize>(count & -8) * sizeof<T>();
  let sum01 = f64x2.splat(0);
  let sum23 = f64x2.splat(0);
  let sum45 = f64x2.splat(0);
  let sum67 = f64x2.splat(0);
  while (address < end) {
    sum01 = f64x2.add(sum01, term.of(loadDoubles<T>(address, 2), parameters));
    sum23 = f64x2.add(sum23, term.of(loadDoubles<T>(address + 2 * sizeof<T>(), 2), parameters));
    sum45 = f64x2.add(sum45, term.of(loadDoubles<T>(address + 4 * sizeof<T>(), 2), parameters));
    sum67 = f64x2.add(sum67, term.of(loadDoubles<T>(address + 6 * sizeof<T>(), 2), parameters));
    address += 8 * sizeof<T>();
  }
  const sums = f64x2.add(f64x2.add(sum01, sum45), f64x2.add(sum23, sum67));
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let rest = count & 7; rest > 0; rest--) {
    total += f64x2.extract_lane(term.of(f64x2.splat(<f64>load<T>(address)), parameters), 0);
    address += sizeof<T>();
  }
  return total;
}

/** Makes the numbers of so many columns 0. */
export function clearColumns(numbers: usize, columns: i32): void {
  memory.fill(numbers, 0, (<usize>((columns + 1) & -2)) << 3);
}

/** @inline numbers += terms, of two columns. */
export function addToColumns(numbers: usize, terms: v128): void {
  v128.store(numbers, f64x2.add(v128.load(numbers), terms));
}

/**
 * sums[column] = Σ term(element, parameters[column]) in the order of the rows.
 *
 * @param input the first row; rows are rowBytes apart
 * @param sums room for a number for each column, f64, padded to pairs
 * @param parameters numbers for each column; `sums` if the term has none
 */
export function sumColumns<T extends number, Term>(
  input: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  parameters: usize,
  sums: usize,
): void {
  clearColumns(sums, columns);
  addColumns<T, Term>(input, rows, columns, rowBytes, parameters, sums);
}

/** sums[column] += Σ term(element, parameters[column]), as sumColumns; it writes no number but those of the columns. */
export function addColumns<T extends number, Term>(
  input: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  parameters: usize,
  sums: usize,
): void {
  const term = changetype<Term>(0);
  const pairsEnd = sums + ((<usize>(columns & -2)) << 3);
  const toParameters = parameters - sums;
  for (let row = 0; row < rows; row++) {
    let at = input;
    let sum = sums;
    while (sum < pairsEnd) {
      addToColumns(sum, term.of(loadDoubles<T>(at, 2), v128.load(sum + toParameters)));
      at += 2 * sizeof<T>();
      sum += 16;
    }
    if (columns & 1) {
      // Another column may lie behind the last of these.
      const terms = term.of(loadDoubles<T>(at, 1), v128.load64_zero(sum + toParameters));
      store<f64>(sum, load<f64>(sum) + f64x2.extract_lane(terms, 0));
    }
    input += rowBytes;
  }
}

/** Divides the numbers of so many columns. */
export function divideColumns(numbers: usize, columns: i32, divisor: f64): void {
  const divisors = f64x2.splat(divisor);
  const end = numbers + ((<usize>columns) << 3);
  for (; numbers < end; numbers += 16) v128.store(numbers, f64x2.div(v128.load(numbers), divisors));
}

/** output = the numbers of so many columns, rounded to T. */
export function storeColumns<T extends number>(numbers: usize, output: usize, columns: i32): void {
  for (let pairs = columns >> 1; pairs > 0; pairs--) {
    storeDoubles<T>(output, v128.load(numbers), 2);
    numbers += 16;
    output += 2 * sizeof<T>();
  }
  if (columns & 1) storeDoubles<T>(output, v128.load(numbers), 1);
}
