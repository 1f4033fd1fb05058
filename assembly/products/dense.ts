/**
 * The three products of a dense layer, over row-major matrices. All are one product, C = A · B, in which A is read along
 * its rows or down its columns and B in place or from a packed panel.
 *
 * C is computed in tiles of 2 rows × 4 vectors (tile.ts), as many as V8's registers hold. Every element of C is one sum in
 * the order of k, whatever tile it falls in, so a row's result does not depend on the rows computed with it.
 */

import { addProduct, isAligned, laneCount, loadPart, splat, storePart } from "../vector/lanes";
import { packColumns, packLines, panelAt, panelDepth, panelGroup, panelStep, rowPanel } from "./panel";
import { rowProduct, rowProductBytes, rowTiles } from "./row";
import { band } from "./tile";

/**
 * preactivation = input · weight + bias; activation = f(preactivation).
 *
 * Shapes    input [rows, fanIn]; weight [fanIn, fanOut]; bias [fanOut] or address 0 for none; preactivation and
 *           activation [rows, fanOut].
 * Writes    preactivation and activation (overwritten); activation may be preactivation, neither may alias an input.
 * Requires  sizes of at least 1; addresses of blocks 16-byte aligned; `forward` is the place in the table of a kernel
 *           (input, output, rows, columns, parameter), such as reluForward, or 0 for a linear layer.
 * Numerics  each element is bias + Σ in the order of fanIn (one output: Σ + bias), each product rounded.
 */
export function matmulForward<T extends number>(
  input: usize,
  weight: usize,
  bias: usize,
  preactivation: usize,
  activation: usize,
  rows: i32,
  fanIn: i32,
  fanOut: i32,
  forward: u32,
  parameter: f64,
): void {
  assertBlocks(input, weight, preactivation, rows, fanIn, fanOut);
  const inputRow = <usize>fanIn * sizeof<T>();
  const weightRow = <usize>fanOut * sizeof<T>();
  if (fanOut == 1) {
    // A column is computed as a row, which has lanes to fill: outputᵀ = weightᵀ · inputᵀ.
    product<T>(weight, 0, sizeof<T>(), input, sizeof<T>(), inputRow, preactivation, 1, fanIn, rows, 0);
    if (bias) addToEach<T>(preactivation, load<T>(bias), rows);
  } else {
    product<T>(input, inputRow, sizeof<T>(), weight, weightRow, sizeof<T>(), preactivation, rows, fanIn, fanOut, bias);
  }
  if (forward) call_indirect<void>(forward, preactivation, activation, rows, fanOut, parameter);
}

/**
 * inputGrad = outputGrad · weightᵀ.
 *
 * Shapes    outputGrad [rows, fanOut]; weight [fanIn, fanOut]; inputGrad [rows, fanIn].
 * Writes    inputGrad (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of fanOut, each product rounded.
 */
export function matmulBackwardInput<T extends number>(
  outputGrad: usize,
  weight: usize,
  inputGrad: usize,
  rows: i32,
  fanIn: i32,
  fanOut: i32,
): void {
  assertBlocks(outputGrad, weight, inputGrad, rows, fanIn, fanOut);
  const gradRow = <usize>fanOut * sizeof<T>();
  if (fanIn == 1) {
    product<T>(weight, 0, sizeof<T>(), outputGrad, sizeof<T>(), gradRow, inputGrad, 1, fanOut, rows, 0);
  } else {
    product<T>(outputGrad, gradRow, sizeof<T>(), weight, sizeof<T>(), gradRow, inputGrad, rows, fanOut, fanIn, 0);
  }
}

/**
 * weightGrad = inputᵀ · outputGrad; biasGrad = the sum of outputGrad's rows.
 *
 * Shapes    input [rows, fanIn]; outputGrad [rows, fanOut]; weightGrad [fanIn, fanOut]; biasGrad [fanOut] or address 0.
 * Writes    weightGrad and biasGrad (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of the rows, each product rounded.
 */
export function matmulBackwardWeight<T extends number>(
  input: usize,
  outputGrad: usize,
  weightGrad: usize,
  biasGrad: usize,
  rows: i32,
  fanIn: i32,
  fanOut: i32,
): void {
  assertBlocks(input, outputGrad, weightGrad, rows, fanIn, fanOut);
  const inputRow = <usize>fanIn * sizeof<T>();
  const gradRow = <usize>fanOut * sizeof<T>();
  if (fanOut == 1) {
    product<T>(outputGrad, 0, sizeof<T>(), input, inputRow, sizeof<T>(), weightGrad, 1, rows, fanIn, 0);
  } else {
    product<T>(input, sizeof<T>(), inputRow, outputGrad, gradRow, sizeof<T>(), weightGrad, fanIn, rows, fanOut, 0);
  }
  // The sum of the rows is their product with a row of ones.
  if (biasGrad) {
    store<T>(rowPanel(), <T>1);
    product<T>(rowPanel(), 0, 0, outputGrad, gradRow, sizeof<T>(), biasGrad, 1, rows, fanOut, 0);
  }
}

/** @inline */
function assertBlocks(a: usize, b: usize, c: usize, rows: i32, fanIn: i32, fanOut: i32): void {
  assert(isAligned(a | b | c), "addresses must be 16-byte aligned");
  assert(rows > 0 && fanIn > 0 && fanOut > 0, "sizes must be at least 1");
}

function addToEach<T extends number>(address: usize, value: T, count: i32): void {
  const end = address + <usize>count * sizeof<T>();
  for (; address < end; address += sizeof<T>()) store<T>(address, <T>(load<T>(address) + value));
}

/**
 * C = A · B, starting each sum from `initial`: a row of C's width, or 0 for zeros.
 *
 * A's element (row, k) is at a + row·aRow + k·aStep, B's (k, column) at b + k·bStep + column·bColumn (strides in bytes),
 * and C is [rows, columns] without gaps.
 */
function product<T extends number>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  initial: usize,
): void {
  if (rows == 1 && bColumn == sizeof<T>() && <usize>columns * sizeof<T>() >= rowProductBytes) {
    rowProduct<T>(a, aStep, b, bStep, c, depth, columns, initial);
    return;
  }
  if (columns < laneCount<T>()) {
    narrow<T>(a, aRow, aStep, b, bStep, bColumn, c, rows, depth, columns, initial);
    return;
  }
  const width = 4 * laneCount<T>();
  const cRow = <usize>columns * sizeof<T>();
  const packsA = aRow == sizeof<T>() && stepsShareSets(aStep) && depth >= 16 && columns > width;
  const isMuchRead = rows >= (stepsShareSets(bStep) ? 8 : 24) && <usize>depth * bStep > 16384;
  const packsB = bColumn != sizeof<T>() || packsA || isMuchRead;
  const block = packsB ? panelDepth : depth;
  const rowGroup = packsA ? width : rows;
  let left = rows == 1 && !packsB ? rowTiles<T>(a, aStep, b, bStep, c, depth, columns, initial) : 0;
  while (left < columns) {
    // One band; or as many whole ones as share what is packed of A. A narrower one comes last, since its last vector ends
    // with the last column, if need be overlapping what has been computed before.
    const whole = (columns - left) / width;
    const bands = packsA ? max(1, min(whole, panelGroup)) : 1;
    const bandColumns = min(width, columns - left);
    const vectors = (bandColumns + laneCount<T>() - 1) / laneCount<T>();
    const last = <usize>(bandColumns - laneCount<T>()) * sizeof<T>();
    for (let k = 0; k < depth; k += block) {
      const steps = min(block, depth - k);
      const bBlock = b + <usize>k * bStep + <usize>left * bColumn;
      if (packsB) {
        for (let index = 0; index < bands; index++) {
          const from = bBlock + <usize>(index * width) * bColumn;
          packColumns<T>(from, bStep, bColumn, steps, vectors, bandColumns - laneCount<T>(), panelAt(index));
        }
      }
      for (let row = 0; row < rows; row += rowGroup) {
        const count = min(rowGroup, rows - row);
        let aRows = a + <usize>k * aStep + <usize>row * aRow;
        let aRowsStep = aStep;
        if (packsA && count == width) {
          packLines(aRows, aStep, steps, rowPanel());
          aRows = rowPanel();
          aRowsStep = panelStep;
        }
        let offset = <usize>left * sizeof<T>();
        const cRows = c + <usize>row * cRow;
        const start = k ? cRows : initial;
        const startRow: usize = k ? cRow : 0;
        for (let index = 0; index < bands; index++) {
          band<T>(
            vectors,
            aRows,
            aRow,
            aRowsStep,
            packsB ? panelAt(index) : bBlock,
            packsB ? panelStep : bStep,
            packsB ? <usize>(vectors - 1) * 16 : last,
            steps,
            cRows + offset,
            cRow,
            last,
            count,
            start ? start + offset : 0,
            startRow,
          );
          offset += 64;
        }
      }
    }
    left += bands * width;
  }
}

/** @inline Whether steps of so many bytes fall into so few sets of a first-level cache (4 KiB around) that they evict each other. */
function stepsShareSets(step: usize): bool {
  return step >= 1024 && (step & 511) == 0;
}

/** @inline The `count` elements at `address`, `stride` bytes apart, the other lanes zero. */
function loadStrided<T extends number>(address: usize, stride: usize, count: i32): v128 {
  let vector = v128.replace_lane<T>(v128.splat<T>(<T>0), 0, load<T>(address));
  if (sizeof<T>() == 4) {
    if (count > 1) vector = v128.replace_lane<T>(vector, 1, load<T>(address + stride));
    if (count > 2) vector = v128.replace_lane<T>(vector, 2, load<T>(address + 2 * stride));
  }
  return vector;
}

/** C of fewer columns than a vector has lanes; the sums run in the same order as a tile's. */
function narrow<T extends number>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  initial: usize,
): void {
  const cRow = <usize>columns * sizeof<T>();
  const start = initial ? loadPart<T>(initial, columns) : splat<T>(0);
  for (; rows > 0; rows -= 4) {
    // Rows past the last repeat it.
    const row1: usize = rows > 1 ? aRow : 0;
    const row2: usize = rows > 2 ? 2 * aRow : row1;
    const row3: usize = rows > 3 ? 3 * aRow : row2;
    let sum0 = start;
    let sum1 = start;
    let sum2 = start;
    let sum3 = start;
    let aElement = a;
    let bElement = b;
    for (let k = 0; k < depth; k++) {
      const bRow = loadStrided<T>(bElement, bColumn, columns);
      sum0 = addProduct<T>(sum0, v128.load_splat<T>(aElement), bRow);
      sum1 = addProduct<T>(sum1, v128.load_splat<T>(aElement + row1), bRow);
      sum2 = addProduct<T>(sum2, v128.load_splat<T>(aElement + row2), bRow);
      sum3 = addProduct<T>(sum3, v128.load_splat<T>(aElement + row3), bRow);
      aElement += aStep;
      bElement += bStep;
    }
    storePart<T>(c, sum0, columns);
    if (rows > 1) storePart<T>(c + cRow, sum1, columns);
    if (rows > 2) storePart<T>(c + 2 * cRow, sum2, columns);
    if (rows > 3) storePart<T>(c + 3 * cRow, sum3, columns);
    a += 4 * aRow;
    c += 4 * cRow;
  }
}
