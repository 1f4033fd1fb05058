/**
 * First values of parameters: uniform draws and orthonormal columns. Both are computed in f64 for either type, so that a
 * network's float32 weights are the rounded float64 ones. Called once a parameter.
 */
import { isAligned } from "../vector/lanes";

/** A step of pcg32: state · multiplier + increment, modulo 2^64. */
const multiplier: u64 = ((<u64>0x5851f42d) << 32) | 0x4c957f2d;
const increment: u64 = 109;

/** @inline The 32 random bits of a state: the low word of (state >> 18 ^ state) >> 27, rotated by the top five bits. */
function wordOf(state: u64): u32 {
  return rotr<u32>(<u32>(((state >> 18) ^ state) >> 27), <u32>(state >> 59));
}

/**
 * destination = low + range · u, where u are the next doubles of a pcg32 generator.
 *
 * Shapes    words: [2], u32, the generator's state, high half first; destination: [count], T.
 * Writes    destination (overwritten); words, which then hold the state after the draws.
 * Requires  both blocks on 16 bytes; count >= 1.
 * Numerics  the bits of pcg32 in src/random.ts; computed in f64 and rounded once to T.
 * Source    O'Neill 2014; https://github.com/imneme/pcg-c-basic (Apache-2.0).
 */
export function pcg32Uniform<T extends number>(
  words: usize,
  destination: usize,
  count: i32,
  low: f64,
  range: f64,
): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(words | destination), "blocks start on 16 bytes");
  // In memory the low half of a 64-bit integer comes first.
  let state = rotr<u64>(load<u64>(words), 32);
  const end = destination + <usize>count * sizeof<T>();
  for (; destination < end; destination += sizeof<T>()) {
    const first = <i64>(wordOf(state) >> 5);
    const second = <i64>(wordOf(state * multiplier + increment) >> 6);
    // Two steps at once: the next draw waits for one multiplication, not two.
    state = state * (multiplier * multiplier) + (multiplier * increment + increment);
    const u = <f64>((first << 26) | second) * (1.0 / 9007199254740992); // 2^-53
    store<T>(destination, <T>(low + range * u));
  }
  store<u64>(words, rotr<u64>(state, 32));
}

/** @inline Divides a column by its length; `end` is one row past the last. */
function normalizeColumn(column: usize, end: usize, rowBytes: usize): void {
  let sum: f64 = 0;
  for (let at = column; at < end; at += rowBytes) sum += load<f64>(at) * load<f64>(at);
  const length = sqrt<f64>(sum);
  for (let at = column; at < end; at += rowBytes) store<f64>(at, load<f64>(at) / length);
}

/** @inline Takes from the eight columns at `columns`, a cache line of each row, their parts along the one at `unit`. */
function removeFromEight(unit: usize, columns: usize, end: usize, rowBytes: usize): void {
  let products01 = f64x2.splat(0);
  let products23 = f64x2.splat(0);
  let products45 = f64x2.splat(0);
  let products67 = f64x2.splat(0);
  let at = columns;
  for (let unitAt = unit; unitAt < end; unitAt += rowBytes) {
    const factor = v128.load64_splat(unitAt);
    products01 = f64x2.add(products01, f64x2.mul(factor, v128.load(at)));
    products23 = f64x2.add(products23, f64x2.mul(factor, v128.load(at, 16)));
    products45 = f64x2.add(products45, f64x2.mul(factor, v128.load(at, 32)));
    products67 = f64x2.add(products67, f64x2.mul(factor, v128.load(at, 48)));
    at += rowBytes;
  }
  at = columns;
  for (let unitAt = unit; unitAt < end; unitAt += rowBytes) {
    const factor = v128.load64_splat(unitAt);
    v128.store(at, f64x2.sub(v128.load(at), f64x2.mul(factor, products01)));
    v128.store(at, f64x2.sub(v128.load(at, 16), f64x2.mul(factor, products23)), 16);
    v128.store(at, f64x2.sub(v128.load(at, 32), f64x2.mul(factor, products45)), 32);
    v128.store(at, f64x2.sub(v128.load(at, 48), f64x2.mul(factor, products67)), 48);
    at += rowBytes;
  }
}

/** @inline Takes from the column at `column` its part along the unit column at `unit`. */
function removeFromOne(unit: usize, column: usize, end: usize, rowBytes: usize): void {
  let product: f64 = 0;
  let at = column;
  for (let unitAt = unit; unitAt < end; unitAt += rowBytes) {
    product += load<f64>(unitAt) * load<f64>(at);
    at += rowBytes;
  }
  at = column;
  for (let unitAt = unit; unitAt < end; unitAt += rowBytes) {
    store<f64>(at, load<f64>(at) - load<f64>(unitAt) * product);
    at += rowBytes;
  }
}

/**
 * Makes the columns orthonormal: the Q of matrix = Q·R with R's diagonal positive.
 *
 * Shapes    matrix: [rows, columns], f64, row-major.
 * Writes    matrix (in place).
 * Requires  the block on 16 bytes; rows >= columns >= 1; independent columns (drawn ones are), or NaN comes out.
 * Numerics  modified Gram-Schmidt, run twice: the first run's loss of orthogonality grows with the matrix's condition,
 *           the second's does not.
 * Source    Giraud, Langou & Rozložník 2005 for "twice is enough".
 */
export function orthonormalize(matrix: usize, rows: i32, columns: i32): void {
  assert(columns > 0 && rows >= columns, "columns must be positive, and no more than rows");
  assert(isAligned(matrix), "blocks start on 16 bytes");
  const rowBytes = (<usize>columns) << 3;
  const matrixBytes = <usize>rows * rowBytes;
  for (let run = 0; run < 2; run++) {
    for (let unit = 0; unit < columns; unit++) {
      const unitColumn = matrix + ((<usize>unit) << 3);
      // One row past the last, at this column: where the walk down the column stops.
      const end = unitColumn + matrixBytes;
      normalizeColumn(unitColumn, end, rowBytes);
      let column = unit + 1;
      for (; column + 8 <= columns; column += 8) {
        removeFromEight(unitColumn, matrix + ((<usize>column) << 3), end, rowBytes);
      }
      for (; column < columns; column++) removeFromOne(unitColumn, matrix + ((<usize>column) << 3), end, rowBytes);
    }
  }
}
