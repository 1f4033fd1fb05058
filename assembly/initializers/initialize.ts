/**
 * First values of parameters, made from drawn numbers: the draws are f64 for both element types, so that a network's
 * float32 weights are the rounded float64 ones. Called once a network.
 */
import { isAligned } from "../vector/lanes";

/**
 * destination = offset + scale · source, computed in f64 and rounded once to T.
 *
 * Shapes    source: [count], f64; destination: [count], T.
 * Writes    destination (overwritten). May be source if T is f64.
 * Requires  both blocks on 16 bytes; count >= 1.
 */
export function affineFill<T extends number>(
  source: usize,
  destination: usize,
  count: i32,
  offset: f64,
  scale: f64,
): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(source | destination), "blocks start on 16 bytes");
  const offsets = f64x2.splat(offset);
  const factors = f64x2.splat(scale);
  const end = source + ((<usize>(count & -2)) << 3);
  while (source < end) {
    const values = f64x2.add(offsets, f64x2.mul(v128.load(source), factors));
    if (sizeof<T>() == 8) v128.store(destination, values);
    else v128.store64_lane(destination, f32x4.demote_f64x2_zero(values), 0);
    source += 16;
    destination += 2 * sizeof<T>();
  }
  if (count & 1) store<T>(destination, <T>(offset + load<f64>(source) * scale));
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
