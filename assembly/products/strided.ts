/** The product with all its strides, as kernels of their own for tests: dense layers use few of them. */
import { product, segmentedProduct } from "./product";
import { AlongRows, AlongRowsInSegments, DownColumns, DownColumnsInSegments } from "./tile";

/** A product and how its matrices lie. Strides are in bytes. */
@final
@unmanaged
export class StridedProduct {
  a: usize;
  aRow: i32;
  aStep: i32;
  aSegment: i32;
  b: usize;
  bStep: i32;
  bColumn: i32;
  bSegment: i32;
  c: usize;
  cRow: i32;
  depth: i32;
  /** 0 if k is in one piece. */
  segments: i32;
  columns: i32;
  /** 0 for zeros. */
  start: usize;
  startRow: i32;
  /** Whether A lies along its rows. */
  alongRows: i32;
}

/**
 * C = start + A · B (product.ts).
 *
 * Range     rows.
 * Writes    C (overwritten); may not alias an input.
 */
export function stridedProduct<T extends number>(args: StridedProduct, begin: i32, end: i32): void {
  assert(end > begin, "rows must be positive");
  if (args.segments) {
    if (args.alongRows) segmented<T, AlongRowsInSegments>(args, begin, end - begin);
    else segmented<T, DownColumnsInSegments>(args, begin, end - begin);
  } else if (args.alongRows) plain<T, AlongRows>(args, begin, end - begin);
  else plain<T, DownColumns>(args, begin, end - begin);
}

function plain<T extends number, Layout>(args: StridedProduct, row: usize, rows: i32): void {
  product<T, Layout>(
    args.a + row * args.aRow,
    args.aRow,
    args.aStep,
    args.b,
    args.bStep,
    args.bColumn,
    args.c + row * args.cRow,
    args.cRow,
    rows,
    args.depth,
    args.columns,
    args.start ? args.start + row * args.startRow : 0,
    args.startRow,
  );
}

function segmented<T extends number, Layout>(args: StridedProduct, row: usize, rows: i32): void {
  segmentedProduct<T, Layout>(
    args.a + row * args.aRow,
    args.aRow,
    args.aStep,
    args.aSegment,
    args.b,
    args.bStep,
    args.bColumn,
    args.bSegment,
    args.c + row * args.cRow,
    args.cRow,
    rows,
    args.depth,
    args.segments,
    args.columns,
    args.start ? args.start + row * args.startRow : 0,
    args.startRow,
  );
}
