/**
 * Batch normalization, as PyTorch's BatchNorm1d: each column of a matrix is brought to mean 0 and variance 1 over its rows, then
 * scaled and moved. In training the statistics are the batch's, afterwards the moving averages of those.
 *
 * Shapes    matrices are [rows, columns], row-major without padding; mean, variance, weight, bias, scale are [columns].
 * Requires  every block on 16 bytes; rows, columns, count >= 1.
 * Source    Ioffe & Szegedy 2015; conventions are PyTorch's.
 */
import { isAligned, laneCount, loadDoubles, loadLanes, splat, storeDoubles, storeLanes } from "../vector/lanes";
import {
  addToColumns,
  blockColumns,
  CentredSquare,
  clearColumns,
  columnNumbers,
  divideColumns,
  Identity,
  storeColumns,
  sumColumns,
} from "../vector/sum";

/**
 * mean = Σ input / rows; variance = Σ (input - mean)² / rows, of each column.
 *
 * Writes    mean, variance (overwritten).
 * Numerics  f64 sums in the order of the rows, rounded once to T; the centre is the f64 mean. NaN and infinities stay in their
 *           column, whose variance is then NaN.
 */
export function columnStatistics<T extends number>(
  input: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  columns: i32,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(input | mean | variance), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  const means = columnNumbers(0);
  const squares = columnNumbers(1);
  for (let first = 0; first < columns; first += blockColumns) {
    const width = min(blockColumns, columns - first);
    const offset = <usize>first * sizeof<T>();
    sumColumns<T, Identity>(input + offset, rows, width, rowBytes, means, means);
    divideColumns(means, width, rows);
    sumColumns<T, CentredSquare>(input + offset, rows, width, rowBytes, means, squares);
    divideColumns(squares, width, rows);
    storeColumns<T>(means, mean + offset, width);
    storeColumns<T>(squares, variance + offset, width);
  }
}

/**
 * scale = weight / √(variance + epsilon).
 *
 * Writes    scale (overwritten). May be weight or variance.
 * Numerics  computed in f64, rounded once to T. NaN where the variance is not finite: a scale of 0 would give a finite loss to a
 *           batch beyond T, whose running variance could not be stored.
 */
export function columnScale<T extends number>(
  weight: usize,
  variance: usize,
  scale: usize,
  columns: i32,
  epsilon: f64,
): void {
  assert(columns > 0, "columns must be positive");
  assert(isAligned(weight | variance | scale), "blocks start on 16 bytes");
  for (let column = 0; column < columns; column++) {
    const at = <usize>column * sizeof<T>();
    const spread = <f64>load<T>(variance + at);
    const deviation = spread < Infinity ? sqrt<f64>(spread + epsilon) : NaN;
    store<T>(scale + at, <T>(<f64>load<T>(weight + at) / deviation));
  }
}

/** @inline One vector's normalizeColumns. */
function normalizeLanes<T extends number>(
  input: usize,
  mean: usize,
  scale: usize,
  bias: usize,
  output: usize,
  lanes: i32,
): void {
  const centred = v128.sub<T>(loadLanes<T>(input, lanes), loadLanes<T>(mean, lanes));
  const scaled = v128.mul<T>(centred, loadLanes<T>(scale, lanes));
  storeLanes<T>(output, v128.add<T>(scaled, loadLanes<T>(bias, lanes)), lanes);
}

/**
 * output = (input - mean) · scale + bias, each column with its own.
 *
 * Writes    output (overwritten). May be input.
 * Numerics  three operations in T.
 */
export function normalizeColumns<T extends number>(
  input: usize,
  mean: usize,
  scale: usize,
  bias: usize,
  output: usize,
  rows: i32,
  columns: i32,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(input | mean | scale | bias | output), "blocks start on 16 bytes");
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
      normalizeLanes<T>(input + offset, mean + offset, scale + offset, bias + offset, output + offset, laneCount<T>());
    }
    if (rest) {
      const offset = wholeBytes;
      normalizeLanes<T>(input + offset, mean + offset, scale + offset, bias + offset, output + offset, rest);
    }
    input += rowBytes;
    output += rowBytes;
  }
}

/** @inline Adds the gradients of `count` columns, 1 or 2, and their products with the centred inputs, to numbers 0 and 1. */
function addGradients<T extends number>(input: usize, mean: usize, outputGrad: usize, slot: usize, count: i32): void {
  const gradients = loadDoubles<T>(outputGrad, count);
  const centred = f64x2.sub(loadDoubles<T>(input, count), loadDoubles<T>(mean, count));
  addToColumns(columnNumbers(0) + slot, gradients);
  addToColumns(columnNumbers(1) + slot, f64x2.mul(gradients, centred));
}

/** @inline inputGrad of `count` columns, 1 or 2, of a row: factor (outputGrad - share - (input - mean) · slope). */
function propagateDoubles<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  inputGrad: usize,
  slot: usize,
  count: i32,
): void {
  const centred = f64x2.sub(loadDoubles<T>(input, count), loadDoubles<T>(mean, count));
  const moved = f64x2.sub(loadDoubles<T>(outputGrad, count), v128.load(columnNumbers(0) + slot));
  const turned = f64x2.sub(moved, f64x2.mul(centred, v128.load(columnNumbers(1) + slot)));
  storeDoubles<T>(inputGrad, f64x2.mul(turned, v128.load(columnNumbers(2) + slot)), count);
}

/**
 * The derivatives of normalizeColumns where mean and variance are the input's own: with x̂ = (input - mean) / √(variance + epsilon),
 * biasGrad = Σ outputGrad, weightGrad = Σ outputGrad · x̂ and
 * inputGrad = weight / √(variance + epsilon) · (outputGrad - biasGrad / rows - x̂ · weightGrad / rows).
 *
 * Writes    inputGrad, which may be outputGrad; weightGrad, biasGrad (all overwritten). 0 for inputGrad, or for the other two, where
 *           nobody needs them.
 * Numerics  f64 in the order of the rows, each result rounded once to T. NaN and infinities stay in their column.
 */
export function batchNormBackward<T extends number>(
  input: usize,
  mean: usize,
  variance: usize,
  weight: usize,
  outputGrad: usize,
  inputGrad: usize,
  weightGrad: usize,
  biasGrad: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  const blocks = input | mean | variance | weight | outputGrad | inputGrad | weightGrad | biasGrad;
  assert(isAligned(blocks), "blocks start on 16 bytes");
  for (let first = 0; first < columns; first += blockColumns) {
    const width = min(blockColumns, columns - first);
    const offset = <usize>first * sizeof<T>();
    const rowBytes = <usize>columns * sizeof<T>();
    sumGradients<T>(input + offset, mean + offset, outputGrad + offset, rows, width, rowBytes);
    if (biasGrad) storeColumns<T>(columnNumbers(0), biasGrad + offset, width);
    finishSums<T>(variance + offset, weight + offset, weightGrad ? weightGrad + offset : 0, rows, width, epsilon);
    if (!inputGrad) continue;
    propagate<T>(input + offset, mean + offset, outputGrad + offset, inputGrad + offset, rows, width, rowBytes);
  }
}

/** Numbers 0 = Σ outputGrad, numbers 1 = Σ outputGrad (input - mean), of a block of columns. */
function sumGradients<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
): void {
  clearColumns(columnNumbers(0), columns);
  clearColumns(columnNumbers(1), columns);
  const pairsBytes = (<usize>(columns & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      addGradients<T>(input + at, mean + at, outputGrad + at, slot, 2);
      at += 2 * sizeof<T>();
    }
    if (columns & 1) addGradients<T>(input + at, mean + at, outputGrad + at, slot, 1);
    input += rowBytes;
    outputGrad += rowBytes;
  }
}

/** weightGrad of a block of columns; and in place of the sums what `propagate` needs: shares, slopes and factors. */
function finishSums<T extends number>(
  variance: usize,
  weight: usize,
  weightGrad: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  divideColumns(columnNumbers(0), columns, rows);
  for (let column = 0; column < columns; column++) {
    const at = <usize>column * sizeof<T>();
    const slot = (<usize>column) << 3;
    const inverse = 1 / sqrt<f64>(<f64>load<T>(variance + at) + epsilon);
    const product = load<f64>(columnNumbers(1) + slot) * inverse;
    if (weightGrad) store<T>(weightGrad + at, <T>product);
    store<f64>(columnNumbers(1) + slot, (product * inverse) / <f64>rows);
    store<f64>(columnNumbers(2) + slot, <f64>load<T>(weight + at) * inverse);
  }
}

/** inputGrad of a block of columns. */
function propagate<T extends number>(
  input: usize,
  mean: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
): void {
  const pairsBytes = (<usize>(columns & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      propagateDoubles<T>(input + at, mean + at, outputGrad + at, inputGrad + at, slot, 2);
      at += 2 * sizeof<T>();
    }
    if (columns & 1) propagateDoubles<T>(input + at, mean + at, outputGrad + at, inputGrad + at, slot, 1);
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

/**
 * average = (1 - momentum) · average + momentum · factor · source.
 *
 * Shapes    source, average: [count].
 * Writes    average (in place).
 * Numerics  1 - momentum and momentum · factor are computed in f64 and rounded to T. A factor of n / (n - 1) makes of the biased
 *           variance of n rows the unbiased one, which PyTorch averages.
 */
export function movingAverage<T extends number>(
  source: usize,
  average: usize,
  count: i32,
  momentum: f64,
  factor: f64,
): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(source | average), "blocks start on 16 bytes");
  const kept = splat<T>(1 - momentum);
  const taken = splat<T>(momentum * factor);
  const end = source + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (source < end) {
    averageLanes<T>(source, average, laneCount<T>(), kept, taken);
    source += 16;
    average += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) averageLanes<T>(source, average, rest, kept, taken);
}
