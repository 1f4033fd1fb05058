/**
 * Normalization by the root mean square, as PyTorch's RMSNorm: each row of a matrix is divided by the root of its mean square, then
 * each column scaled by its weight.
 *
 * Shapes    matrices are [rows, columns], row-major without padding; weight and its gradient are [columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  a row's mean square is an f64 sum (sum.ts, sumOf), whose order depends on columns alone.
 * Source    Zhang & Sennrich 2019; conventions are PyTorch's.
 */
import { Batch } from "../program/batch";
import {
  isAligned,
  laneCount,
  loadDoubles,
  loadLanes,
  splat,
  storeDoubles,
  storeLanes,
  totalOf,
} from "../vector/lanes";
import { addToColumns, CentredSquare, clearColumns, storeColumns, sumOf } from "../vector/sum";

/** @inline One vector's rmsNormForward. */
function scaleLanes<T extends number>(input: usize, weight: usize, output: usize, lanes: i32, inverse: v128): void {
  const normalized = v128.mul<T>(loadLanes<T>(input, lanes), inverse);
  storeLanes<T>(output, v128.mul<T>(normalized, loadLanes<T>(weight, lanes)), lanes);
}

@final
@unmanaged
export class RmsNormForward {
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  weight: usize;
  /** [rows, columns] */
  output: usize;
  /** [rows], f64: each row's 1 / √(mean square + epsilon), for the backward pass; 0 where nobody needs them. */
  statistics: usize;
  columns: i32;
  epsilon: f64;
}

/**
 * output = input / √(mean square + epsilon) · weight, with the mean square of the row.
 *
 * Range     rows.
 * Writes    output (overwritten), which may be input; statistics (overwritten) unless its address is 0.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  1 / √(mean square + epsilon) is rounded to T, then two multiplications in T. A row with NaN becomes NaN; of one with
 *           infinity those elements do, and the others 0. No other row changes.
 */
export function rmsNormForward<T extends number>(args: RmsNormForward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.weight | args.output | args.statistics), "blocks start on 16 bytes");
  const weight = args.weight;
  const statistics = args.statistics;
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  let input = args.input + <usize>begin * rowBytes;
  let output = args.output + <usize>begin * rowBytes;
  for (let row = begin; row < end; row++) {
    // Squares around 0: layerNorm has their sum in the same module.
    const meanSquare = sumOf<T, CentredSquare>(input, columns, 0) / <f64>columns;
    const rowInverse = 1 / sqrt<f64>(meanSquare + args.epsilon);
    if (statistics) store<f64>(statistics + ((<usize>row) << 3), rowInverse);
    const inverse = splat<T>(rowInverse);
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      scaleLanes<T>(input + at, weight + at, output + at, laneCount<T>(), inverse);
    }
    if (rest) scaleLanes<T>(input + wholeBytes, weight + wholeBytes, output + wholeBytes, rest, inverse);
    input += rowBytes;
    output += rowBytes;
  }
}

/** @inline Adds to products the gradients of `count` columns, 1 or 2, of a row, times the input and 1 / √(mean square + epsilon). */
function addProducts<T extends number>(
  input: usize,
  outputGrad: usize,
  count: i32,
  inverse: v128,
  products: usize,
): void {
  const normalized = f64x2.mul(loadDoubles<T>(input, count), inverse);
  addToColumns(products, f64x2.mul(loadDoubles<T>(outputGrad, count), normalized));
}

@final
@unmanaged
export class RmsNormBackwardWeight {
  batch: Batch;
  /** Rows of the matrices for each example of the batch. */
  positions: i32;
  /** [rows, columns] */
  input: usize;
  /** [rows], f64, as rmsNormForward has left it. */
  statistics: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [columns] */
  weightGrad: usize;
  /** Working space: a row of f64, a number for each column, padded to pairs. */
  sums: usize;
  columns: i32;
}

/**
 * The derivative of rmsNormForward by its weight: Σ outputGrad · input / √(mean square + epsilon) down the columns.
 *
 * Range     columns.
 * Writes    weightGrad and sums (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64 in the order of the rows, each result rounded once to T. A row of input with NaN makes every weightGrad NaN.
 */
export function rmsNormBackwardWeight<T extends number>(args: RmsNormBackwardWeight, begin: i32, end: i32): void {
  const columns = args.columns;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin, "rows and columns must be positive");
  const inputs = args.input | args.statistics | args.outputGrad;
  assert(isAligned(inputs | args.weightGrad | args.sums), "blocks start on 16 bytes");
  const offset = <usize>begin * sizeof<T>();
  const width = end - begin;
  const rowBytes = <usize>columns * sizeof<T>();
  const sums = args.sums + ((<usize>begin) << 3);
  clearColumns(sums, width);
  let input = args.input + offset;
  let outputGrad = args.outputGrad + offset;
  let statistics = args.statistics;
  const pairsBytes = (<usize>(width & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    const inverse = v128.load64_splat(statistics);
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      addProducts<T>(input + at, outputGrad + at, 2, inverse, sums + slot);
      at += 2 * sizeof<T>();
    }
    if (width & 1) addProducts<T>(input + at, outputGrad + at, 1, inverse, sums + slot);
    input += rowBytes;
    outputGrad += rowBytes;
    statistics += 8;
  }
  storeColumns<T>(sums, args.weightGrad + offset, width);
}

/** @inline outputGrad · weight of `count` columns, 1 or 2. */
function weighted<T extends number>(outputGrad: usize, weight: usize, count: i32): v128 {
  return f64x2.mul(loadDoubles<T>(outputGrad, count), loadDoubles<T>(weight, count));
}

/** inputGrad of a row. */
function propagateRow<T extends number>(
  input: usize,
  weight: usize,
  outputGrad: usize,
  inputGrad: usize,
  columns: i32,
  inverse: v128,
): void {
  let product = f64x2.splat(0);
  const pairsBytes = <usize>(columns & -2) * sizeof<T>();
  for (let at: usize = 0; at < pairsBytes; at += 2 * sizeof<T>()) {
    const gradients = weighted<T>(outputGrad + at, weight + at, 2);
    product = f64x2.add(product, f64x2.mul(gradients, loadDoubles<T>(input + at, 2)));
  }
  if (columns & 1) {
    const at = pairsBytes;
    const gradients = weighted<T>(outputGrad + at, weight + at, 1);
    product = f64x2.add(product, f64x2.mul(gradients, loadDoubles<T>(input + at, 1)));
  }
  const inverseSquare = f64x2.mul(inverse, inverse);
  const slope = f64x2.mul(f64x2.splat(totalOf(product) / <f64>columns), inverseSquare);
  for (let at: usize = 0; at < pairsBytes; at += 2 * sizeof<T>()) {
    const turned = f64x2.mul(loadDoubles<T>(input + at, 2), slope);
    const gradients = weighted<T>(outputGrad + at, weight + at, 2);
    storeDoubles<T>(inputGrad + at, f64x2.mul(f64x2.sub(gradients, turned), inverse), 2);
  }
  if (columns & 1) {
    const at = pairsBytes;
    const turned = f64x2.mul(loadDoubles<T>(input + at, 1), slope);
    const gradients = weighted<T>(outputGrad + at, weight + at, 1);
    storeDoubles<T>(inputGrad + at, f64x2.mul(f64x2.sub(gradients, turned), inverse), 1);
  }
}

@final
@unmanaged
export class RmsNormBackwardInput {
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  weight: usize;
  /** [rows], f64, as rmsNormForward has left it. */
  statistics: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [rows, columns]; may be outputGrad. */
  inputGrad: usize;
  columns: i32;
}

/**
 * The derivative of rmsNormForward by its input: with g = outputGrad · weight and x̂ = input / √(mean square + epsilon),
 * inputGrad = (g - x̂ · Σ g x̂ / columns) / √(mean square + epsilon) along the row.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten), which may be outputGrad.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, each result rounded once to T. A row of input with NaN or infinity makes its row of inputGrad NaN.
 */
export function rmsNormBackwardInput<T extends number>(args: RmsNormBackwardInput, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  const inputs = args.input | args.weight | args.statistics | args.outputGrad;
  assert(isAligned(inputs | args.inputGrad), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const inverse = v128.load64_splat(args.statistics + ((<usize>row) << 3));
    propagateRow<T>(args.input + at, args.weight, args.outputGrad + at, args.inputGrad + at, columns, inverse);
  }
}
