/** Slow twin of assembly/products/strided.ts, in float64; places are elements, not bytes. */

export interface Strided {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly a: (row: number, k: number) => number;
  readonly b: (k: number, column: number) => number;
  readonly start: (row: number, column: number) => number;
}

/** Rows of C. */
export function stridedProduct({ rows, depth, columns, a, b, start }: Strided): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a(row, k) * b(k, column);
      return sum + start(row, column);
    }),
  );
}
