/**
 * Layer normalization, as PyTorch's LayerNorm: each row of a matrix is brought to mean 0 and variance 1 over its columns, then
 * each column scaled by its weight and moved by its bias.
 *
 * Shapes    matrices are [rows, columns], row-major without padding; weight, bias and their gradients are [columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  a row's mean and variance (biased) are f64 sums (sum.ts, sumOf), whose order depends on columns alone.
 * Source    Ba, Kiros & Hinton 2016; conventions are PyTorch's.
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
import { addToColumns, CentredSquare, clearColumns, Identity, storeColumns, sumOf } from "../vector/sum";

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

@final
@unmanaged
export class LayerNormForward {
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  weight: usize;
  /** [columns] */
  bias: usize;
  /** [rows, columns] */
  output: usize;
  /** [rows, 2], f64: each row's mean and 1 / √(variance + epsilon), for the backward pass; 0 where nobody needs them. */
  statistics: usize;
  columns: i32;
  epsilon: f64;
}

/**
 * output = (input - mean) / √(variance + epsilon) · weight + bias, with the statistics of the row.
 *
 * Range     rows.
 * Writes    output (overwritten), which may be input; statistics (overwritten) unless its address is 0.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  the mean and 1 / √(variance + epsilon) are rounded to T, then four operations in T. A row with NaN or infinity
 *           becomes NaN, no other row does.
 */
export function layerNormForward<T extends number>(args: LayerNormForward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.weight | args.bias | args.output | args.statistics), "blocks start on 16 bytes");
  const weight = args.weight;
  const bias = args.bias;
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  let input = args.input + <usize>begin * rowBytes;
  let output = args.output + <usize>begin * rowBytes;
  let statistics = args.statistics ? args.statistics + ((<usize>begin) << 4) : 0;
  for (let row = begin; row < end; row++) {
    const rowMean = meanOf<T>(input, columns);
    const rowInverse = inverseDeviation<T>(input, columns, rowMean, args.epsilon);
    if (statistics) {
      store<f64>(statistics, rowMean);
      store<f64>(statistics, rowInverse, 8);
      statistics += 16;
    }
    const mean = splat<T>(rowMean);
    const inverse = splat<T>(rowInverse);
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

/** @inline Adds the gradients of `count` columns, 1 or 2, of a row to sums, and their products with x̂ to products. */
function addGradients<T extends number>(
  input: usize,
  outputGrad: usize,
  count: i32,
  mean: v128,
  inverse: v128,
  sums: usize,
  products: usize,
): void {
  const gradients = loadDoubles<T>(outputGrad, count);
  const normalized = f64x2.mul(f64x2.sub(loadDoubles<T>(input, count), mean), inverse);
  addToColumns(sums, gradients);
  addToColumns(products, f64x2.mul(gradients, normalized));
}

@final
@unmanaged
export class LayerNormBackwardParameters {
  batch: Batch;
  /** Rows of the matrices for each example of the batch. */
  positions: i32;
  /** [rows, columns] */
  input: usize;
  /** [rows, 2], f64, as layerNormForward has left it. */
  statistics: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [columns] */
  weightGrad: usize;
  /** [columns] */
  biasGrad: usize;
  /** Working space: 2 rows of f64, a number for each column, padded to pairs. */
  sums: usize;
  columns: i32;
}

/**
 * The derivatives of layerNormForward by its parameters: with x̂ = (input - mean) / √(variance + epsilon),
 * biasGrad = Σ outputGrad and weightGrad = Σ outputGrad · x̂ down the columns.
 *
 * Range     columns.
 * Writes    weightGrad, biasGrad and sums (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64 in the order of the rows, each result rounded once to T. A row of input with NaN or infinity makes every weightGrad
 *           NaN.
 */
export function layerNormBackwardParameters<T extends number>(
  args: LayerNormBackwardParameters,
  begin: i32,
  end: i32,
): void {
  const columns = args.columns;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin, "rows and columns must be positive");
  const inputs = args.input | args.statistics | args.outputGrad;
  assert(isAligned(inputs | args.weightGrad | args.biasGrad | args.sums), "blocks start on 16 bytes");
  const offset = <usize>begin * sizeof<T>();
  const width = end - begin;
  const rowBytes = <usize>columns * sizeof<T>();
  const sums = args.sums + ((<usize>begin) << 3);
  const products = sums + ((<usize>((columns + 1) & -2)) << 3);
  clearColumns(sums, width);
  clearColumns(products, width);
  let input = args.input + offset;
  let outputGrad = args.outputGrad + offset;
  let statistics = args.statistics;
  const pairsBytes = (<usize>(width & -2)) << 3;
  for (let row = 0; row < rows; row++) {
    const mean = v128.load64_splat(statistics);
    const inverse = v128.load64_splat(statistics, 8);
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      addGradients<T>(input + at, outputGrad + at, 2, mean, inverse, sums + slot, products + slot);
      at += 2 * sizeof<T>();
    }
    if (width & 1) addGradients<T>(input + at, outputGrad + at, 1, mean, inverse, sums + slot, products + slot);
    input += rowBytes;
    outputGrad += rowBytes;
    statistics += 16;
  }
  storeColumns<T>(sums, args.biasGrad + offset, width);
  storeColumns<T>(products, args.weightGrad + offset, width);
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

@final
@unmanaged
export class LayerNormBackwardInput {
  /** [rows, columns] */
  input: usize;
  /** [columns] */
  weight: usize;
  /** [rows, 2], f64, as layerNormForward has left it. */
  statistics: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [rows, columns]; may be outputGrad. */
  inputGrad: usize;
  columns: i32;
}

/**
 * The derivative of layerNormForward by its input: with g = outputGrad · weight,
 * inputGrad = (g - Σ g / columns - x̂ · Σ g x̂ / columns) / √(variance + epsilon) along the row.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten), which may be outputGrad.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, each result rounded once to T. A row of input with NaN or infinity makes its row of inputGrad NaN.
 */
export function layerNormBackwardInput<T extends number>(args: LayerNormBackwardInput, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  const inputs = args.input | args.weight | args.statistics | args.outputGrad;
  assert(isAligned(inputs | args.inputGrad), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const statistics = args.statistics + ((<usize>row) << 4);
    const mean = v128.load64_splat(statistics);
    const inverse = v128.load64_splat(statistics, 8);
    propagateRow<T>(args.input + at, args.weight, args.outputGrad + at, args.inputGrad + at, columns, mean, inverse);
  }
}
