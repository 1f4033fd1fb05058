/** Slow twins of assembly/initializers/initialize.ts. */

import type { RandomGenerator } from "../../../src/random.ts";

export const uniform = (generator: RandomGenerator, count: number, low: number, range: number): number[] =>
  Array.from({ length: count }, () => low + range * generator.next());

/** The Q of a row-major [rows, columns] matrix by Householder reflections, signed so that R's diagonal is positive. */
export function orthonormalize(matrix: ArrayLike<number>, rows: number, columns: number): number[] {
  const r = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => matrix[i * columns + j]));
  const q = Array.from({ length: rows }, (_, i) => Array.from({ length: rows }, (_, j) => (i === j ? 1 : 0)));
  for (let k = 0; k < columns; k++) {
    const v = r.map((row, i) => (i < k ? 0 : row[k]));
    v[k] += Math.sign(v[k] || 1) * Math.hypot(...v);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    for (let j = 0; j < columns; j++) {
      const factor = (2 * v.reduce((sum, x, i) => sum + x * r[i][j], 0)) / square;
      for (let i = 0; i < rows; i++) r[i][j] -= factor * v[i];
    }
    for (const row of q) {
      const factor = (2 * v.reduce((sum, x, i) => sum + x * row[i], 0)) / square;
      for (let i = 0; i < rows; i++) row[i] -= factor * v[i];
    }
  }
  return q.flatMap((row) => row.slice(0, columns).map((x, j) => x * Math.sign(r[j][j])));
}
