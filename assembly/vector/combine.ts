/**
 * What joins and parts values: sums and products of two blocks, and columns copied from one matrix into another.
 */
import { isAligned, laneCount, loadLanes, storeLanes } from "./lanes";

@final
@unmanaged
class Sum {
  /** @inline a + b */
  of<T extends number>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}

@final
@unmanaged
class Product {
  /** @inline a b */
  of<T extends number>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, b);
  }
}

/** @inline output = operation.of(a, b), lane by lane. */
function combine<T extends number, Operation>(a: usize, b: usize, output: usize, count: i32): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(a | b | output), "blocks start on 16 bytes");
  const operation = changetype<Operation>(0);
  const end = a + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (a < end) {
    v128.store(output, operation.of<T>(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    output += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storeLanes<T>(output, operation.of<T>(loadLanes<T>(a, rest), loadLanes<T>(b, rest)), rest);
}

/**
 * output = a + b.
 *
 * Shapes    a, b, output: [count].
 * Writes    output (overwritten). Each of the three may be another.
 * Requires  every block on 16 bytes; count >= 1.
 */
export function add<T extends number>(a: usize, b: usize, output: usize, count: i32): void {
  combine<T, Sum>(a, b, output, count);
}

/**
 * output = a · b, element by element.
 *
 * Shapes    a, b, output: [count].
 * Writes    output (overwritten). Each of the three may be another.
 * Requires  every block on 16 bytes; count >= 1.
 */
export function multiply<T extends number>(a: usize, b: usize, output: usize, count: i32): void {
  combine<T, Product>(a, b, output, count);
}

/**
 * output = 0.
 *
 * Shapes    output: [count].
 * Writes    output (overwritten).
 * Requires  the address a multiple of an element's size; count >= 1.
 */
export function clear<T extends number>(output: usize, count: i32): void {
  assert(count > 0, "count must be positive");
  memory.fill(output, 0, <usize>count * sizeof<T>());
}

/** Rows of at least so many bytes are left to memory.copy, whose call takes as long as some vectors. */
const copiedBytes: usize = 256;

/**
 * destination[row, column] = source[row, column].
 *
 * Shapes    source: rows of sourceStride elements; destination: rows of destinationStride; of each the first `columns`.
 * Writes    the first `columns` of each row of destination (overwritten), which may not overlap the source's.
 * Requires  both addresses multiples of an element's size, not necessarily of 16; rows, columns >= 1; strides >= columns.
 */
export function copyColumns<T extends number>(
  source: usize,
  destination: usize,
  rows: i32,
  columns: i32,
  sourceStride: i32,
  destinationStride: i32,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(sourceStride >= columns && destinationStride >= columns, "strides must be no less than columns");
  assert(((source | destination) & (sizeof<T>() - 1)) == 0, "addresses must be multiples of an element's size");
  const rowBytes = <usize>columns * sizeof<T>();
  if (columns == sourceStride && columns == destinationStride) {
    memory.copy(destination, source, <usize>rows * rowBytes);
    return;
  }
  for (let row = 0; row < rows; row++) {
    if (rowBytes >= copiedBytes) memory.copy(destination, source, rowBytes);
    else copyRow<T>(source, destination, columns);
    source += <usize>sourceStride * sizeof<T>();
    destination += <usize>destinationStride * sizeof<T>();
  }
}

/** @inline Copies vectors, then a part of one. */
function copyRow<T extends number>(source: usize, destination: usize, columns: i32): void {
  const end = source + <usize>(columns & -laneCount<T>()) * sizeof<T>();
  while (source < end) {
    v128.store(destination, v128.load(source));
    source += 16;
    destination += 16;
  }
  const rest = columns & (laneCount<T>() - 1);
  if (rest) storeLanes<T>(destination, loadLanes<T>(source, rest), rest);
}
