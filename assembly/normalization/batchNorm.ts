/**
 * Batch normalization, as PyTorch's BatchNorm1d: each column of a matrix is brought to mean 0 and variance 1 over its rows, then
 * scaled and moved. In training the statistics are the batch's, afterwards the moving averages of those.
 *
 * Shapes    matrices are [rows, columns], row-major without padding; mean, variance, weight, bias, scale are [columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Source    Ioffe & Szegedy 2015; conventions are PyTorch's.
 */
import { Batch } from "../program/batch";
import { isAligned, laneCount, loadDoubles, loadLanes, splat, storeDoubles, storeLanes } from "../vector/lanes";
import {
  addToColumns,
  CentredSquare,
  clearColumns,
  divideColumns,
  Identity,
  storeColumns,
  sumColumns,
} from "../vector/sum";
import { normalizeRows } from "./rows";

@final
@unmanaged
export class ColumnStatistics {
  batch: Batch;
  /** Rows of the matrix for each example of the batch. */
  positions: i32;
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  mean: usize;
  /** [columns] */
  variance: usize;
  /** Working space: 2 rows of f64, a number for each column, padded to pairs. */
  sums: usize;
  columns: i32;
}

/** @inline Where row `index` of the working space begins. */
function sumsAt(sums: usize, columns: i32, index: i32): usize {
  return sums + ((<usize>(index * ((columns + 1) & -2))) << 3);
}

/**
 * mean = Σ input / rows; variance = Σ (input - mean)² / rows, of each column.
 *
 * Range     columns.
 * Writes    mean, variance (overwritten).
 * Numerics  f64 sums in the order of the rows, rounded once to T; the centre is the f64 mean. NaN and infinities stay in their
 *           column, whose variance is then NaN.
 */
export function columnStatistics<T extends number>(args: ColumnStatistics, begin: i32, end: i32): void {
  const columns = args.columns;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin, "rows and columns must be positive");
  assert(isAligned(args.input | args.mean | args.variance | args.sums), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  const offset = <usize>begin * sizeof<T>();
  const width = end - begin;
  const input = args.input + offset;
  const means = sumsAt(args.sums, columns, 0) + ((<usize>begin) << 3);
  const squares = sumsAt(args.sums, columns, 1) + ((<usize>begin) << 3);
  sumColumns<T, Identity>(input, rows, width, rowBytes, means, means);
  divideColumns(means, width, rows);
  sumColumns<T, CentredSquare>(input, rows, width, rowBytes, means, squares);
  divideColumns(squares, width, rows);
  storeColumns<T>(means, args.mean + offset, width);
  storeColumns<T>(squares, args.variance + offset, width);
}

@final
@unmanaged
export class ColumnScale {
  /** [columns] */
  weight: usize;
  /** [columns] */
  variance: usize;
  /** [columns] */
  scale: usize;
  epsilon: f64;
}

/**
 * scale = weight / √(variance + epsilon).
 *
 * Range     columns.
 * Writes    scale (overwritten). May be weight or variance.
 * Numerics  computed in f64, rounded once to T. NaN where the variance is not finite: a scale of 0 would give a finite loss to a
 *           batch beyond T, whose running variance could not be stored.
 */
export function columnScale<T extends number>(args: ColumnScale, begin: i32, end: i32): void {
  assert(end > begin, "columns must be positive");
  assert(isAligned(args.weight | args.variance | args.scale), "blocks start on 16 bytes");
  const epsilon = args.epsilon;
  for (let column = begin; column < end; column++) {
    const at = <usize>column * sizeof<T>();
    const spread = <f64>load<T>(args.variance + at);
    const deviation = spread < Infinity ? sqrt<f64>(spread + epsilon) : NaN;
    store<T>(args.scale + at, <T>(<f64>load<T>(args.weight + at) / deviation));
  }
}

@final
@unmanaged
export class NormalizeColumns {
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  mean: usize;
  /** [columns] */
  scale: usize;
  /** [columns] */
  bias: usize;
  /** [rows, columns] */
  output: usize;
  columns: i32;
}

/**
 * output = (input - mean) · scale + bias, each column with its own.
 *
 * Range     rows.
 * Writes    output (overwritten). May be input.
 * Numerics  three operations in T.
 */
export function normalizeColumns<T extends number>(args: NormalizeColumns, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.mean | args.scale | args.bias | args.output), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  const offset = <usize>begin * rowBytes;
  const output = args.output + offset;
  normalizeRows<T>(args.input + offset, args.mean, args.scale, args.bias, output, end - begin, columns, rowBytes);
}

@final
@unmanaged
export class BatchNormBackward {
  batch: Batch;
  /** Rows of the matrices for each example of the batch. */
  positions: i32;
  /** [rows, columns] */
  input: usize;
  /** [columns]: those of the input. */
  mean: usize;
  /** [columns]: those of the input. */
  variance: usize;
  /** [columns] */
  weight: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [rows, columns]; may be outputGrad. 0 where nobody needs it. */
  inputGrad: usize;
  /** [columns]; 0, as biasGrad, where nobody needs them. */
  weightGrad: usize;
  /** [columns] */
  biasGrad: usize;
  /** Working space: 3 rows of f64, a number for each column, padded to pairs. */
  sums: usize;
  columns: i32;
  epsilon: f64;
}

/**
 * The derivatives of normalizeColumns where mean and variance are the input's own: with x̂ = (input - mean) / √(variance + epsilon),
 * biasGrad = Σ outputGrad, weightGrad = Σ outputGrad · x̂ and
 * inputGrad = weight / √(variance + epsilon) · (outputGrad - biasGrad / rows - x̂ · weightGrad / rows).
 *
 * Range     columns.
 * Writes    inputGrad, weightGrad, biasGrad (overwritten).
 * Numerics  f64 in the order of the rows, each result rounded once to T. NaN and infinities stay in their column.
 */
export function batchNormBackward<T extends number>(args: BatchNormBackward, begin: i32, end: i32): void {
  const columns = args.columns;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin, "rows and columns must be positive");
  const inputs = args.input | args.mean | args.variance | args.weight | args.outputGrad;
  assert(isAligned(inputs | args.inputGrad | args.weightGrad | args.biasGrad | args.sums), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  const width = end - begin;
  const offset = <usize>begin * sizeof<T>();
  const place = (<usize>begin) << 3;
  const shares = sumsAt(args.sums, columns, 0) + place;
  const slopes = sumsAt(args.sums, columns, 1) + place;
  const factors = sumsAt(args.sums, columns, 2) + place;
  const input = args.input + offset;
  const mean = args.mean + offset;
  const outputGrad = args.outputGrad + offset;
  sumGradients<T>(input, mean, outputGrad, rows, width, rowBytes, shares, slopes);
  if (args.biasGrad) storeColumns<T>(shares, args.biasGrad + offset, width);
  // In place of the sums comes what `propagate` needs.
  divideColumns(shares, width, rows);
  for (let column: usize = 0; column < <usize>width; column++) {
    const at = offset + column * sizeof<T>();
    const inverse = 1 / sqrt<f64>(<f64>load<T>(args.variance + at) + args.epsilon);
    const product = load<f64>(slopes + (column << 3)) * inverse;
    if (args.weightGrad) store<T>(args.weightGrad + at, <T>product);
    store<f64>(slopes + (column << 3), (product * inverse) / <f64>rows);
    store<f64>(factors + (column << 3), <f64>load<T>(args.weight + at) * inverse);
  }
  const inputGrad = args.inputGrad;
  if (!inputGrad) return;
  propagate<T>(input, mean, outputGrad, inputGrad + offset, rows, width, rowBytes, shares, slopes, factors);
}

/** @inline Adds the gradients of `count` columns, 1 or 2, to sums, and their products with the centred inputs to products. */
function addGradients<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  count: i32,
  sums: usize,
  products: usize,
): void {
  const gradients = loadDoubles<T>(outputGrad, count);
  const centred = f64x2.sub(loadDoubles<T>(input, count), loadDoubles<T>(mean, count));
  addToColumns(sums, gradients);
  addToColumns(products, f64x2.mul(gradients, centred));
}

/** sums = Σ outputGrad, products = Σ outputGrad (input - mean), of each column. */
function sumGradients<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  sums: usize,
  products: usize,
): void {
  clearColumns(sums, columns);
  clearColumns(products, columns);
  const pairsBytes = (<usize>(columns & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      addGradients<T>(input + at, mean + at, outputGrad + at, 2, sums + slot, products + slot);
      at += 2 * sizeof<T>();
    }
    if (columns & 1) addGradients<T>(input + at, mean + at, outputGrad + at, 1, sums + slot, products + slot);
    input += rowBytes;
    outputGrad += rowBytes;
  }
}

/** @inline inputGrad of `count` columns, 1 or 2, of a row: factor (outputGrad - share - (input - mean) · slope). */
function propagateDoubles<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  inputGrad: usize,
  count: i32,
  share: usize,
  slope: usize,
  factor: usize,
): void {
  const centred = f64x2.sub(loadDoubles<T>(input, count), loadDoubles<T>(mean, count));
  const moved = f64x2.sub(loadDoubles<T>(outputGrad, count), v128.load(share));
  const turned = f64x2.sub(moved, f64x2.mul(centred, v128.load(slope)));
  storeDoubles<T>(inputGrad, f64x2.mul(turned, v128.load(factor)), count);
}

/** inputGrad of some columns. */
function propagate<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  shares: usize,
  slopes: usize,
  factors: usize,
): void {
  const pairsBytes = (<usize>(columns & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    for (let slot: usize = 0; slot < pairsBytes; slot += 16) {
      const share = shares + slot;
      const slope = slopes + slot;
      propagateDoubles<T>(input + at, mean + at, outputGrad + at, inputGrad + at, 2, share, slope, factors + slot);
      at += 2 * sizeof<T>();
    }
    if (columns & 1) {
      const share = shares + pairsBytes;
      const slope = slopes + pairsBytes;
      propagateDoubles<T>(
        input + at,
        mean + at,
        outputGrad + at,
        inputGrad + at,
        1,
        share,
        slope,
        factors + pairsBytes,
      );
    }
    input += rowBytes;
    outputGrad += rowBytes;
    inputGrad += rowBytes;
  }
}

/** @inline One vector's movingAverage. */
function averageLanes<T extends number>(source: usize, average: usize, lanes: i32, kept: v128, taken: v128): void {
  const old = v128.mul<T>(loadLanes<T>(average, lanes), kept);
  storeLanes<T>(average, v128.add<T>(old, v128.mul<T>(loadLanes<T>(source, lanes), taken)), lanes);
}

@final
@unmanaged
export class MovingAverage {
  batch: Batch;
  /** Rows for each example of the batch. */
  positions: i32;
  /** [columns] */
  source: usize;
  /** [columns] */
  average: usize;
  /** 1 if the source is a biased variance, of which PyTorch averages the unbiased one: times n / (n - 1), of n rows. */
  isVariance: i32;
  momentum: f64;
}

/**
 * average = (1 - momentum) · average + momentum · factor · source, factor = 1 or, of a variance, n / (n - 1).
 *
 * Range     columns.
 * Writes    average (in place).
 * Numerics  1 - momentum and momentum · factor are computed in f64 and rounded to T.
 */
export function movingAverage<T extends number>(args: MovingAverage, begin: i32, end: i32): void {
  assert(end > begin, "columns must be positive");
  assert(isAligned(args.source | args.average), "blocks start on 16 bytes");
  const rows = <f64>(args.batch.rows * args.positions);
  const factor: f64 = args.isVariance ? rows / (rows - 1) : 1;
  const kept = splat<T>(1 - args.momentum);
  const taken = splat<T>(args.momentum * factor);
  let source = args.source + <usize>begin * sizeof<T>();
  let average = args.average + <usize>begin * sizeof<T>();
  const count = end - begin;
  const wholeEnd = source + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (source < wholeEnd) {
    averageLanes<T>(source, average, laneCount<T>(), kept, taken);
    source += 16;
    average += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) averageLanes<T>(source, average, rest, kept, taken);
}
