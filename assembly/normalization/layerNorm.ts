/**
 * Layer normalization, as PyTorch's LayerNorm: each row of a matrix is brought to mean 0 and variance 1 over its columns, then
 * each column scaled by its weight and moved by its bias.
 *
 * Shapes    matrices are [rows, columns], row-major without padding; weight, bias and their gradients are [columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  a row's mean and variance (biased) are f64 sums (sum.ts, sumOf), whose order depends on columns alone.
 * Source    Ba, Kiros & Hinton 2016; conventions are PyTorch's.
 */
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
import {
  addToColumns,
  blockColumns,
  CentredSquare,
  clearColumns,
  columnNumbers,
  Identity,
  storeColumns,
  sumOf,
} from "../vector/sum";

/** @inline Σ row / columns */
function meanOf<T extends number>(row: usize, columns: i32): f64 {
  return sumOf<T, Identity>(row, columns, 0) / <f64>columns;
}

/** @inline 1 / √(variance + epsilon) */
function inverseDeviation<T extends number>(row: usize, columns: i32, mean: f64, epsilon: f64): f64 {
  return 1 / sqrt<f64>(sumOf<T, CentredSquare>(row, columns, mean) / <f64>columns + epsilon);
}

/** @inline One vector's layerNormForward. */
function normalizeLanes<T extends number>(
  input: usize,
  weight: usize,
  bias: usize,
  output: usize,
  lanes: i32,
  mean: v128,
  inverse: v128,
): void {
  const normalized = v128.mul<T>(v128.sub<T>(loadLanes<T>(input, lanes), mean), inverse);
  const scaled = v128.mul<T>(normalized, loadLanes<T>(weight, lanes));
  storeLanes<T>(output, v128.add<T>(scaled, loadLanes<T>(bias, lanes)), lanes);
}

/**
 * output = (input - mean) / √(variance + epsilon) · weight + bias, with the statistics of the row.
 *
 * Writes    output (overwritten). May be input.
 * Numerics  the mean and 1 / √(variance + epsilon) are rounded to T, then four operations in T. A row with NaN or infinity
 *           becomes NaN, no other row does.
 */
export function layerNormForward<T extends number>(
  input: usize,
  weight: usize,
  bias: usize,
  output: usize,
  rows: i32,
  columns: i32,
  epsilon: f64,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(input | weight | bias | output), "blocks start on 16 bytes");
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const rowMean = meanOf<T>(input, columns);
    const mean = splat<T>(rowMean);
    const inverse = splat<T>(inverseDeviation<T>(input, columns, rowMean, epsilon));
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      normalizeLanes<T>(input + at, weight + at, bias + at, output + at, laneCount<T>(), mean, inverse);
    }
    if (rest) {
      const at = wholeBytes;
      normalizeLanes<T>(input + at, weight + at, bias + at, output + at, rest, mean, inverse);
    }
    input += rowBytes;
    output += rowBytes;
  }
}

/** @inline Adds the gradients of `count` columns, 1 or 2, of a row, to numbers 0, and their products with x̂ to numbers 1. */
function addGradients<T extends number>(
  input: usize,
  outputGrad: usize,
  slot: usize,
  count: i32,
  mean: v128,
  inverse: v128,
): void {
  const gradients = loadDoubles<T>(outputGrad, count);
  const normalized = f64x2.mul(f64x2.sub(loadDoubles<T>(input, count), mean), inverse);
  addToColumns(columnNumbers(0) + slot, gradients);
  addToColumns(columnNumbers(1) + slot, f64x2.mul(gradients, normalized));
}

/** Adds a row's part to the sums of a block of columns. */
function addRow<T extends number>(input: usize, outputGrad: usize, columns: i32, mean: v128, inverse: v128): void {
  const pairsBytes = (<usize>(columns & -2)) << 3;
  let slot: usize = 0;
  for (; slot < pairsBytes; slot += 16) {
    addGradients<T>(input, outputGrad, slot, 2, mean, inverse);
    input += 2 * sizeof<T>();
    outputGrad += 2 * sizeof<T>();
  }
  if (columns & 1) addGradients<T>(input, outputGrad, slot, 1, mean, inverse);
}

/** @inline inputGrad of `count` elements, 1 or 2: inverse (outputGrad · weight - share - (input - mean) · slope). */
function propagateDoubles<T extends number>(
  input: usize,
  weight: usize,
  outputGrad: usize,
  inputGrad: usize,
  count: i32,
  mean: v128,
  inverse: v128,
  share: v128,
  slope: v128,
): void {
  const gradients = f64x2.mul(loadDoubles<T>(outputGrad, count), loadDoubles<T>(weight, count));
  const turned = f64x2.mul(f64x2.sub(loadDoubles<T>(input, count), mean), slope);
  storeDoubles<T>(inputGrad, f64x2.mul(f64x2.sub(f64x2.sub(gradients, share), turned), inverse), count);
}

/** inputGrad of a row. */
function propagateRow<T extends number>(
  input: usize,
  weight: usize,
  outputGrad: usize,
  inputGrad: usize,
  columns: i32,
  mean: v128,
  inverse: v128,
): void {
  let sum = f64x2.splat(0);
  let product = f64x2.splat(0);
  const pairsBytes = <usize>(columns & -2) * sizeof<T>();
  for (let at: usize = 0; at < pairsBytes; at += 2 * sizeof<T>()) {
    const gradients = f64x2.mul(loadDoubles<T>(outputGrad + at, 2), loadDoubles<T>(weight + at, 2));
    sum = f64x2.add(sum, gradients);
    product = f64x2.add(product, f64x2.mul(gradients, f64x2.sub(loadDoubles<T>(input + at, 2), mean)));
  }
  if (columns & 1) {
    const at = pairsBytes;
    const gradients = f64x2.mul(loadDoubles<T>(outputGrad + at, 1), loadDoubles<T>(weight + at, 1));
    sum = f64x2.add(sum, gradients);
    product = f64x2.add(product, f64x2.mul(gradients, f64x2.sub(loadDoubles<T>(input + at, 1), mean)));
  }
  const share = f64x2.splat(totalOf(sum) / <f64>columns);
  const inverseSquare = f64x2.mul(inverse, inverse);
  const slope = f64x2.mul(f64x2.splat(totalOf(product) / <f64>columns), inverseSquare);
  for (let pairs = columns >> 1; pairs > 0; pairs--) {
    propagateDoubles<T>(input, weight, outputGrad, inputGrad, 2, mean, inverse, share, slope);
    input += 2 * sizeof<T>();
    weight += 2 * sizeof<T>();
    outputGrad += 2 * sizeof<T>();
    inputGrad += 2 * sizeof<T>();
  }
  if (columns & 1) propagateDoubles<T>(input, weight, outputGrad, inputGrad, 1, mean, inverse, share, slope);
}

/**
 * The derivatives of layerNormForward: with x̂ = (input - mean) / √(variance + epsilon) and g = outputGrad · weight,
 * biasGrad = Σ outputGrad and weightGrad = Σ outputGrad · x̂ down the columns, and
 * inputGrad = (g - Σ g / columns - x̂ · Σ g x̂ / columns) / √(variance + epsilon) along the row.
 *
 * Writes    inputGrad, which may be outputGrad; weightGrad, biasGrad (all overwritten). 0 for inputGrad, or for the other two, where
 *           nobody needs them.
 * Numerics  f64, columns in the order of the rows, each result rounded once to T. A row of input with NaN or
 *           infinity makes its row of inputGrad NaN, and every weightGrad.
 */
export function layerNormBackward<T extends number>(
  input: usize,
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
  assert(isAligned(input | weight | outputGrad | inputGrad | weightGrad | biasGrad), "blocks start on 16 bytes");
  const matrixBytes = <usize>rows * <usize>columns * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  for (let first = 0; first < columns; first += blockColumns) {
    const width = min(blockColumns, columns - first);
    const offset = <usize>first * sizeof<T>();
    // The last block of columns has seen every gradient of the row, so what is written then may lie where they lay.
    const isLast = first + width == columns;
    clearColumns(columnNumbers(0), width);
    clearColumns(columnNumbers(1), width);
    for (let at: usize = 0; at < matrixBytes; at += rowBytes) {
      const row = input + at;
      const rowMean = meanOf<T>(row, columns);
      const mean = f64x2.splat(rowMean);
      const inverse = f64x2.splat(inverseDeviation<T>(row, columns, rowMean, epsilon));
      addRow<T>(row + offset, outputGrad + at + offset, width, mean, inverse);
      if (isLast && inputGrad) {
        propagateRow<T>(row, weight, outputGrad + at, inputGrad + at, columns, mean, inverse);
      }
    }
    if (biasGrad) storeColumns<T>(columnNumbers(0), biasGrad + offset, width);
    if (weightGrad) storeColumns<T>(columnNumbers(1), weightGrad + offset, width);
  }
}
