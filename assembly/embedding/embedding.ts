/**
 * Embedding: each token is a row of a table. A token is a whole number of the network's type, from 0 to count - 1; any other number, NaN
 * among them, is a row of zeros, so that no input leads out of the table. Callers refuse such numbers before.
 *
 * Shapes    tokens [rows], table [count, columns], outputs and their gradients [rows, columns]; row-major without padding.
 * Source    PyTorch's Embedding.
 */
import { Batch } from "../program/batch";
import { addTo } from "../vector/add";
import { copyElements } from "../vector/copy";
import { isAligned } from "../vector/lanes";
import { clearElements, nextMarked, tokenAt } from "./rows";

@final
@unmanaged
export class EmbeddingForward {
  /** [rows] */
  tokens: usize;
  /** [count, columns] */
  table: usize;
  /** [rows, columns] */
  output: usize;
  count: i32;
  columns: i32;
}

/**
 * output[row] = table[tokens[row]].
 *
 * Range     rows.
 * Writes    output (overwritten); may not alias an input.
 * Requires  every block on 16 bytes; count, columns >= 1.
 * Numerics  exact. Zeros where a number is no token.
 */
export function embeddingForward<T extends number>(args: EmbeddingForward, begin: i32, end: i32): void {
  const count = args.count;
  const columns = args.columns;
  assert(end > begin && count > 0 && columns > 0, "rows, count and columns must be positive");
  assert(isAligned(args.tokens | args.table | args.output), "blocks start on 16 bytes");
  const table = args.table;
  const rowBytes = <usize>columns * sizeof<T>();
  let token = args.tokens + <usize>begin * sizeof<T>();
  let output = args.output + <usize>begin * rowBytes;
  for (let row = begin; row < end; row++) {
    const from = tokenAt<T>(token, count);
    if (from < 0) memory.fill(output, 0, rowBytes);
    else copyElements<T>(table + <usize>from * rowBytes, output, columns);
    token += sizeof<T>();
    output += rowBytes;
  }
}

@final
@unmanaged
export class EmbeddingBackward {
  batch: Batch;
  /** Tokens of each example of the batch. */
  positions: i32;
  /** [rows] */
  tokens: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [count, columns] */
  tableGrad: usize;
  count: i32;
  columns: i32;
  /** The token whose row has no gradient; -1 for none. */
  padding: i32;
}

/**
 * tableGrad[tokens[row]] += outputGrad[row], but for the padding's row.
 *
 * Range     columns.
 * Writes    the rows of tableGrad that occur among the tokens (accumulated).
 * Requires  every block on 16 bytes; rows, count, columns >= 1.
 * Numerics  each sum in the order of the rows, rounded to T each time.
 */
export function embeddingBackward<T extends number>(args: EmbeddingBackward, begin: i32, end: i32): void {
  const count = args.count;
  const columns = args.columns;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin && count > 0, "rows, count and columns must be positive");
  assert(isAligned(args.tokens | args.outputGrad | args.tableGrad), "blocks start on 16 bytes");
  const padding = args.padding;
  const rowBytes = <usize>columns * sizeof<T>();
  const offset = <usize>begin * sizeof<T>();
  const tableGrad = args.tableGrad + offset;
  let token = args.tokens;
  let outputGrad = args.outputGrad + offset;
  for (let row = 0; row < rows; row++) {
    const to = tokenAt<T>(token, count);
    if (to >= 0 && to != padding) addTo<T>(outputGrad, tableGrad + <usize>to * rowBytes, end - begin);
    token += sizeof<T>();
    outputGrad += rowBytes;
  }
}

@final
@unmanaged
export class MarkRows {
  batch: Batch;
  /** Tokens of each example of the batch. */
  positions: i32;
  /** [rows] */
  tokens: usize;
  /** [count], a byte each (rows.ts). */
  marks: usize;
  count: i32;
  /** The token whose row is not marked; -1 for none. */
  padding: i32;
}

/**
 * marks[tokens[row]] = 1, but for the padding's.
 *
 * Range     rows of the table.
 * Writes    the marks of the tokens that occur; all others stay as they are.
 * Requires  every block on 16 bytes; rows, count >= 1.
 */
export function markRows<T extends number>(args: MarkRows, begin: i32, end: i32): void {
  const count = args.count;
  const rows = args.batch.rows * args.positions;
  assert(rows > 0 && end > begin && count > 0, "rows and count must be positive");
  assert(isAligned(args.tokens | args.marks), "blocks start on 16 bytes");
  const marks = args.marks;
  const padding = args.padding;
  const tokensEnd = args.tokens + <usize>rows * sizeof<T>();
  for (let token = args.tokens; token < tokensEnd; token += sizeof<T>()) {
    const row = tokenAt<T>(token, count);
    if (row >= begin && row < end && row != padding) store<u8>(marks + <usize>row, 1);
  }
}

@final
@unmanaged
export class ClearRows {
  /** [count, columns] */
  gradient: usize;
  /** [count], a byte each (rows.ts). */
  marks: usize;
  columns: i32;
}

/**
 * The marked rows of gradient = 0, and no row is marked any more.
 *
 * Range     rows of the table.
 * Writes    the marked rows and the marks (overwritten); all other rows stay as they are.
 * Requires  every block on 16 bytes; count, columns >= 1.
 */
export function clearRows<T extends number>(args: ClearRows, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "count and columns must be positive");
  assert(isAligned(args.gradient | args.marks), "blocks start on 16 bytes");
  const marks = args.marks;
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = nextMarked(marks, begin, end); row < end; row = nextMarked(marks, row + 1, end)) {
    clearElements<T>(args.gradient + <usize>row * rowBytes, columns);
    store<u8>(marks + <usize>row, 0);
  }
}
