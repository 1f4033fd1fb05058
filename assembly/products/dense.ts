/**
 * The three products of a dense layer, over row-major matrices, and the sum that is its bias's gradient. A row of them is one
 * position of an example: the last side of its shape.
 */

import { Batch } from "../program/batch";
import { isAligned } from "../vector/lanes";
import { rowPanel } from "./panel";
import { product } from "./product";
import { AlongRows, DownColumns } from "./tile";

@final
@unmanaged
export class DenseForward {
  /** [rows, fanIn] */
  input: usize;
  /** [fanIn, fanOut] */
  weight: usize;
  /** [fanOut], or 0 for none. */
  bias: usize;
  /** [rows, fanOut] */
  output: usize;
  fanIn: i32;
  fanOut: i32;
}

/**
 * output = input · weight + bias.
 *
 * Range     rows.
 * Writes    output (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is Σ + bias, in the order of fanIn, each product rounded; a long sum in blocks (product.ts).
 */
export function denseForward<T extends number>(args: DenseForward, begin: i32, end: i32): void {
  assertBlocks(args.input | args.weight | args.bias, args.output, args.fanIn, args.fanOut, end - begin);
  const rows = end - begin;
  const fanIn = args.fanIn;
  const fanOut = args.fanOut;
  const bias = args.bias;
  const inputRow = <usize>fanIn * sizeof<T>();
  const outputRow = <usize>fanOut * sizeof<T>();
  const input = args.input + <usize>begin * inputRow;
  const output = args.output + <usize>begin * outputRow;
  if (fanOut == 1) {
    // A column is computed as a row, which has lanes to fill: outputᵀ = weightᵀ · inputᵀ.
    product<T, AlongRows>(args.weight, 0, sizeof<T>(), input, sizeof<T>(), inputRow, output, 0, 1, fanIn, rows, 0, 0);
    if (bias) addValue<T>(output, load<T>(bias), rows);
  } else {
    const weight = args.weight;
    product<T, AlongRows>(
      input,
      inputRow,
      sizeof<T>(),
      weight,
      outputRow,
      sizeof<T>(),
      output,
      outputRow,
      rows,
      fanIn,
      fanOut,
      bias,
      0,
    );
  }
}

@final
@unmanaged
export class DenseBackwardInput {
  /** [rows, fanOut] */
  outputGrad: usize;
  /** [fanIn, fanOut] */
  weight: usize;
  /** [rows, fanIn] */
  inputGrad: usize;
  fanIn: i32;
  fanOut: i32;
}

/**
 * inputGrad = outputGrad · weightᵀ.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of fanOut, each product rounded; a long one in blocks (product.ts).
 */
export function denseBackwardInput<T extends number>(args: DenseBackwardInput, begin: i32, end: i32): void {
  assertBlocks(args.outputGrad | args.weight, args.inputGrad, args.fanIn, args.fanOut, end - begin);
  const rows = end - begin;
  const fanIn = args.fanIn;
  const fanOut = args.fanOut;
  const weight = args.weight;
  const gradRow = <usize>fanOut * sizeof<T>();
  const inputRow = <usize>fanIn * sizeof<T>();
  const grad = args.outputGrad + <usize>begin * gradRow;
  const inputGrad = args.inputGrad + <usize>begin * inputRow;
  if (fanIn == 1) {
    product<T, AlongRows>(weight, 0, sizeof<T>(), grad, sizeof<T>(), gradRow, inputGrad, 0, 1, fanOut, rows, 0, 0);
  } else {
    product<T, AlongRows>(
      grad,
      gradRow,
      sizeof<T>(),
      weight,
      sizeof<T>(),
      gradRow,
      inputGrad,
      inputRow,
      rows,
      fanOut,
      fanIn,
      0,
      0,
    );
  }
}

@final
@unmanaged
export class DenseBackwardWeight {
  batch: Batch;
  /** Rows of the matrices for each example of the batch. */
  positions: i32;
  /** [rows, fanIn] */
  input: usize;
  /** [rows, fanOut] */
  outputGrad: usize;
  /** [fanIn, fanOut] */
  weightGrad: usize;
  fanIn: i32;
  fanOut: i32;
}

/**
 * weightGrad = inputᵀ · outputGrad.
 *
 * Range     rows of weightGrad.
 * Writes    weightGrad (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of the rows, each product rounded; a long one in blocks (product.ts).
 */
export function denseBackwardWeight<T extends number>(args: DenseBackwardWeight, begin: i32, end: i32): void {
  const rows = args.batch.rows * args.positions;
  assertBlocks(args.input | args.outputGrad, args.weightGrad, end - begin, args.fanOut, rows);
  const count = end - begin;
  const fanOut = args.fanOut;
  const grad = args.outputGrad;
  const inputRow = <usize>args.fanIn * sizeof<T>();
  const gradRow = <usize>fanOut * sizeof<T>();
  const input = args.input + <usize>begin * sizeof<T>();
  const weightGrad = args.weightGrad + <usize>begin * gradRow;
  if (fanOut == 1) {
    product<T, DownColumns>(grad, 0, sizeof<T>(), input, inputRow, sizeof<T>(), weightGrad, 0, 1, rows, count, 0, 0);
  } else {
    product<T, DownColumns>(
      input,
      sizeof<T>(),
      inputRow,
      grad,
      gradRow,
      sizeof<T>(),
      weightGrad,
      gradRow,
      count,
      rows,
      fanOut,
      0,
      0,
    );
  }
}

@final
@unmanaged
export class DenseBackwardBias {
  batch: Batch;
  /** Rows of outputGrad for each example of the batch. */
  positions: i32;
  /** [rows, fanOut] */
  outputGrad: usize;
  /** [fanOut] */
  biasGrad: usize;
  fanOut: i32;
}

/**
 * biasGrad = the sum of outputGrad's rows.
 *
 * Range     elements of biasGrad.
 * Writes    biasGrad (overwritten); may not alias outputGrad.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of the rows; a long one in blocks (product.ts).
 */
export function denseBackwardBias<T extends number>(args: DenseBackwardBias, begin: i32, end: i32): void {
  const rows = args.batch.rows * args.positions;
  assertBlocks(args.outputGrad, args.biasGrad, end - begin, args.fanOut, rows);
  const offset = <usize>begin * sizeof<T>();
  const gradRow = <usize>args.fanOut * sizeof<T>();
  // The sum of the rows is their product with a row of ones.
  const one = rowPanel();
  store<T>(one, <T>1);
  const grad = args.outputGrad + offset;
  product<T, DownColumns>(one, 0, 0, grad, gradRow, sizeof<T>(), args.biasGrad + offset, 0, 1, rows, end - begin, 0, 0);
}

/** @inline */
function assertBlocks(inputs: usize, output: usize, fanIn: i32, fanOut: i32, rows: i32): void {
  assert(isAligned(inputs | output), "addresses must be 16-byte aligned");
  assert(rows > 0 && fanIn > 0 && fanOut > 0, "sizes must be at least 1");
}

function addValue<T extends number>(address: usize, value: T, count: i32): void {
  const end = address + <usize>count * sizeof<T>();
  for (; address < end; address += sizeof<T>()) store<T>(address, <T>(load<T>(address) + value));
}
