/** The product with all its strides, as kernels of their own for tests: dense layers use few of them. */
import { prepare, preparedProduct } from "./prepared";
import { product } from "./product";
import { AlongRows, DownColumns } from "./tile";

/**
 * A product and how its matrices lie. Strides are in bytes; depth and columns count elements.
 */
@final
@unmanaged
export class StridedProduct {
  /** [rows, depth] */
  a: usize;
  /** Bytes from a row of A to the next; an element's size unless alongRows. */
  aRow: i32;
  /** Bytes from a step of k to the next in A; an element's size if alongRows. */
  aStep: i32;
  /** [depth, columns] */
  b: usize;
  /** Bytes from a step of k to the next in B. */
  bStep: i32;
  /** Bytes from a column of B to the next. */
  bColumn: i32;
  /** [rows, columns]; the elements of a row lie side by side. */
  c: usize;
  /** Bytes from a row of C to the next. */
  cRow: i32;
  depth: i32;
  columns: i32;
  /** [rows, columns], which is added to each sum; the elements of a row lie side by side. 0 for zeros. */
  start: usize;
  /** Bytes from a row of start to the next; 0 if all rows are the same. */
  startRow: i32;
  /** 1 if A lies along its rows, 0 if it lies down its columns. */
  alongRows: i32;
  /** The address for B's panels (prepared.ts). They need a C without gaps, no start, and an A along its rows. 0 without panels. */
  panels: usize;
}

/**
 * C = start + A · B (product.ts).
 *
 * Range     rows.
 * Writes    C (overwritten); may not alias an input. The panels' working space, and `panels`.
 * Requires  rows, depth, columns >= 1; aStep is an element's size if alongRows, else aRow is, or there is one row.
 * Numerics  each element is a sum in the order of k; a long one in blocks (product.ts).
 */
export function stridedProduct<T extends number>(args: StridedProduct, begin: i32, end: i32): void {
  assert(end > begin, "rows must be positive");
  if (args.panels) {
    prepare<T>(args.b, args.bStep, args.bColumn, args.depth, args.columns, args.panels);
    const a = args.a + <usize>begin * args.aRow;
    const c = args.c + <usize>begin * args.cRow;
    preparedProduct<T>(a, args.aRow, args.panels, c, end - begin, args.depth, args.columns);
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
