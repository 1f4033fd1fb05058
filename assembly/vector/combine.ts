/**
 * Joins and cuts values: sums, differences and products of two blocks, and columns copied from one matrix into another.
 */
import { copyElements } from "./copy";
import { isAligned, laneCount, loadLanes, splat, storeLanes } from "./lanes";

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
class Difference {
  /** @inline a - b */
  of<T extends number>(a: v128, b: v128): v128 {
    return v128.sub<T>(a, b);
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

@final
@unmanaged
export class Combine {
  /** [count] */
  a: usize;
  /** [count] */
  b: usize;
  /** [count]; may be a or b. */
  output: usize;
}

/** @inline output = operation.of(a, b), lane by lane. */
function combine<T extends number, Operation>(args: Combine, begin: i32, end: i32): void {
  assert(end > begin, "count must be positive");
  assert(isAligned(args.a | args.b | args.output), "blocks start on 16 bytes");
  const operation = changetype<Operation>(0);
  const offset = <usize>begin * sizeof<T>();
  const count = end - begin;
  let a = args.a + offset;
  let b = args.b + offset;
  let output = args.output + offset;
  const wholeEnd = a + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (a < wholeEnd) {
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
 * Range     elements.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes.
 */
export function add<T extends number>(args: Combine, begin: i32, end: i32): void {
  combine<T, Sum>(args, begin, end);
}

/**
 * output = a - b.
 *
 * Range     elements.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes.
 */
export function subtract<T extends number>(args: Combine, begin: i32, end: i32): void {
  combine<T, Difference>(args, begin, end);
}

/**
 * output = a · b, element by element.
 *
 * Range     elements.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes.
 */
export function multiply<T extends number>(args: Combine, begin: i32, end: i32): void {
  combine<T, Product>(args, begin, end);
}

@final
@unmanaged
export class Scale {
  /** [count] */
  input: usize;
  /** [count]; may be input. */
  output: usize;
  factor: f64;
}

/**
 * output = factor · input.
 *
 * Range     elements.
 * Writes    output (overwritten).
 * Requires  both blocks on 16 bytes.
 * Numerics  the factor is rounded to the type, each product once.
 */
export function scale<T extends number>(args: Scale, begin: i32, end: i32): void {
  assert(end > begin, "count must be positive");
  assert(isAligned(args.input | args.output), "blocks start on 16 bytes");
  const offset = <usize>begin * sizeof<T>();
  const factor = splat<T>(args.factor);
  let input = args.input + offset;
  let output = args.output + offset;
  for (let left = end - begin; left > 0; left -= laneCount<T>()) {
    const lanes = min(left, laneCount<T>());
    storeLanes<T>(output, v128.mul<T>(factor, loadLanes<T>(input, lanes)), lanes);
    input += 16;
    output += 16;
  }
}

@final
@unmanaged
export class Clear {
  /** [count] */
  output: usize;
}

/**
 * output = 0.
 *
 * Range     elements.
 * Writes    output (overwritten).
 * Requires  the address a multiple of an element's size.
 */
export function clear<T extends number>(args: Clear, begin: i32, end: i32): void {
  assert(end > begin, "count must be positive");
  memory.fill(args.output + <usize>begin * sizeof<T>(), 0, <usize>(end - begin) * sizeof<T>());
}

@final
@unmanaged
export class CopyColumns {
  /** Rows of sourceStride elements, of each the first `columns`. */
  source: usize;
  /** Rows of destinationStride elements, of each the first `columns`; may overlap the source's only if both strides are `columns`. */
  destination: usize;
  columns: i32;
  sourceStride: i32;
  destinationStride: i32;
}

/**
 * destination[row, column] = source[row, column].
 *
 * Range     rows.
 * Writes    the first `columns` of each row of destination (overwritten).
 * Requires  both addresses multiples of an element's size, not necessarily of 16; columns >= 1; strides >= columns.
 */
export function copyColumns<T extends number>(args: CopyColumns, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(args.sourceStride >= columns && args.destinationStride >= columns, "strides must be no less than columns");
  assert(
    ((args.source | args.destination) & (sizeof<T>() - 1)) == 0,
    "addresses must be multiples of an element's size",
  );
  const rowBytes = <usize>columns * sizeof<T>();
  const sourceRow = <usize>args.sourceStride * sizeof<T>();
  const destinationRow = <usize>args.destinationStride * sizeof<T>();
  let source = args.source + <usize>begin * sourceRow;
  let destination = args.destination + <usize>begin * destinationRow;
  if (rowBytes == sourceRow && rowBytes == destinationRow) {
    memory.copy(destination, source, <usize>(end - begin) * rowBytes);
    return;
  }
  for (let row = begin; row < end; row++) {
    copyElements<T>(source, destination, columns);
    source += sourceRow;
    destination += destinationRow;
  }
}
