/** Slow twin of assembly/products/strided.ts, in float64; places are elements, not bytes. */

export interface Strided {
  readonly rows: number;
  readonly depth: number;
  readonly segments: number;
  readonly columns: number;
  readonly a: (row: number, segment: number, k: number) => number;
  readonly b: (segment: number, k: number, column: number) => number;
  readonly start: (row: number, column: number) => number;
}

/** Rows of C. */
export function stridedProduct({ rows, depth, segments, columns, a, b, start }: Strided): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      let sum = start(row, column);
      for (let segment = 0; segment < segments; segment++) {
        for (let k = 0; k < depth; k++) sum += a(row, segment, k) * b(segment, k, column);
      }
      return sum;
    }),
  );
}
