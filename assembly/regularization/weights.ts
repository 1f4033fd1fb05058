/**
 * Keeps weights small: penalties and their gradients, limits on the norms of columns. Blocks are [count] or [rows, columns] of T,
 * row-major.
 */
import { markAll } from "../embedding/rows";
import { isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { Square, sumColumns, sumOf } from "../vector/sum";

@final
@unmanaged
class Magnitude {
  /** @inline |x| */
  of(x: v128, _parameter: v128): v128 {
    return f64x2.abs(x);
  }
}

/** The sum of the penalties of a step. */
@final
@unmanaged
export class PenaltySum {
  total: f64;
}

/** The record of addPenalty and addPenaltyGradient: the penalties on a weight. */
@final
@unmanaged
export class Penalty {
  /** [count] */
  weights: usize;
  /** The gradient of the weights, of the same shape; addPenalty does not read it. */
  gradients: usize;
  count: i32;
  /** A byte for each of `rows` rows of a sparse weight (embedding/rows.ts); 0 for none. */
  marks: usize;
  rows: i32;
  result: PenaltySum;
  l1: f64;
  l2: f64;
}

/**
 * result.total += l1 · Σ |weight| + l2 · Σ weight².
 *
 * Shapes    weights: [count].
 * Writes    result.total (accumulates).
 * Range     one unit: the sum has one order.
 * Requires  the block on 16 bytes; count >= 1.
 * Numerics  f64 sums in an order fixed by count alone (sum.ts, sumOf). A sum whose factor is 0 is not looked at, so it may be infinite.
 */
export function addPenalty<T extends number>(args: Penalty, begin: i32, end: i32): void {
  const weights = args.weights;
  const count = args.count;
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(count > 0, "count must be positive");
  assert(isAligned(weights), "blocks start on 16 bytes");
  let total: f64 = 0;
  if (args.l1 != 0) total += args.l1 * sumOf<T, Magnitude>(weights, count, 0);
  if (args.l2 != 0) total += args.l2 * sumOf<T, Square>(weights, count, 0);
  args.result.total += total;
}

/** @inline One vector's addPenaltyGradient. */
function penaltyLanes<T extends number>(weights: usize, gradients: usize, lanes: i32, l1: v128, twiceL2: v128): void {
  const weight = loadLanes<T>(weights, lanes);
  const isNegative = v128.and(weight, splat<T>(-0.0));
  const signed = v128.and(v128.xor(l1, isNegative), v128.ne<T>(weight, splat<T>(0)));
  const gradient = v128.add<T>(signed, v128.mul<T>(weight, twiceL2));
  storeLanes<T>(gradients, v128.add<T>(loadLanes<T>(gradients, lanes), gradient), lanes);
}

/**
 * gradient = gradient + l1 · sign(weight) + 2 · l2 · weight.
 *
 * Shapes    weights, gradients: [count].
 * Writes    gradients (accumulates); all marks.
 * Range     elements.
 * Requires  both blocks on 16 bytes.
 * Numerics  sign(0) = sign(-0) = 0, as PyTorch's derivative of |x|. l1 and 2 · l2 are rounded to T. A NaN weight makes its
 *           gradient NaN; so does an infinite one where l2 is 0.
 */
export function addPenaltyGradient<T extends number>(args: Penalty, begin: i32, end: i32): void {
  assert(end > begin, "count must be positive");
  assert(isAligned(args.weights | args.gradients), "blocks start on 16 bytes");
  if (begin == 0) markAll(args.marks, args.rows);
  let weights = args.weights + <usize>begin * sizeof<T>();
  let gradients = args.gradients + <usize>begin * sizeof<T>();
  const count = end - begin;
  const slope = splat<T>(args.l1);
  const twiceL2 = splat<T>(2 * args.l2);
  const wholeEnd = weights + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (weights < wholeEnd) {
    penaltyLanes<T>(weights, gradients, laneCount<T>(), slope, twiceL2);
    weights += 16;
    gradients += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) penaltyLanes<T>(weights, gradients, rest, slope, twiceL2);
}

/** Added to a norm before it divides, as torch.renorm does. */
const normEpsilon: f64 = 1e-7;

@final
@unmanaged
export class LimitColumns {
  /** [rows, columns] */
  weights: usize;
  rows: i32;
  columns: i32;
  /** Working space: 2 rows of f64, a number for each column, padded to pairs. */
  sums: usize;
  limit: f64;
}

/**
 * Each column whose Euclidean norm is above limit, times limit / (norm + 1e-7); the others stay.
 *
 * Range     columns.
 * Writes    weights (in place).
 * Requires  the blocks on 16 bytes; rows, columns >= 1; limit >= 0.
 * Numerics  norms in f64 in the order of the rows, unscaled; the factor is rounded to T. A column with NaN stays as it is, one
 *           with an infinity becomes 0, and NaN where it was infinite.
 * Source    torch.renorm.
 */
export function limitColumns<T extends number>(args: LimitColumns, begin: i32, end: i32): void {
  const rows = args.rows;
  assert(rows > 0 && end > begin, "rows and columns must be positive");
  assert(isAligned(args.weights | args.sums), "blocks start on 16 bytes");
  assert(args.limit >= 0, "limit must not be negative");
  const width = end - begin;
  const rowBytes = <usize>args.columns * sizeof<T>();
  const weights = args.weights + <usize>begin * sizeof<T>();
  const squares = args.sums + ((<usize>begin) << 3);
  const factors = squares + ((<usize>((args.columns + 1) & -2)) << 3);
  sumColumns<T, Square>(weights, rows, width, rowBytes, squares, squares);
  if (columnFactors<T>(squares, factors, width, args.limit)) scaleColumns<T>(weights, factors, rows, width, rowBytes);
}

/** factors, as T, = what to multiply each column by. @returns whether one of them is not 1 */
function columnFactors<T extends number>(squares: usize, factors: usize, columns: i32, limit: f64): bool {
  let isAnyAbove = false;
  for (let column = 0; column < columns; column++) {
    const norm = sqrt<f64>(load<f64>(squares + ((<usize>column) << 3)));
    const isAbove = norm > limit;
    isAnyAbove = isAnyAbove || isAbove;
    const factor = isAbove ? limit / (norm + normEpsilon) : 1;
    store<T>(factors + <usize>column * sizeof<T>(), <T>factor);
  }
  return isAnyAbove;
}

/** @inline The `lanes` elements at `address`, times the factors of their columns. */
function scaleLanes<T extends number>(address: usize, factors: usize, lanes: i32): void {
  storeLanes<T>(address, v128.mul<T>(loadLanes<T>(address, lanes), loadLanes<T>(factors, lanes)), lanes);
}

/** Multiplies each column by its factor. */
function scaleColumns<T extends number>(block: usize, factors: usize, rows: i32, columns: i32, rowBytes: usize): void {
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < wholeBytes; at += 16) scaleLanes<T>(block + at, factors + at, laneCount<T>());
    if (rest) scaleLanes<T>(block + wholeBytes, factors + wholeBytes, rest);
    block += rowBytes;
  }
}
