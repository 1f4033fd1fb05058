/** Slow twins of assembly/vector/combine.ts. */

export const add = (a: readonly number[], b: readonly number[]): number[] => a.map((x, index) => x + b[index]);

export const subtract = (a: readonly number[], b: readonly number[]): number[] => a.map((x, index) => x - b[index]);

export const multiply = (a: readonly number[], b: readonly number[]): number[] => a.map((x, index) => x * b[index]);

export const scale = (input: readonly number[], factor: number): number[] => input.map((x) => factor * x);

export const clear = (count: number): number[] => new Array<number>(count).fill(0);

/** `destination` with the columns of `source` in it, from element `to` and `from` on. */
export function copyColumns(
  source: readonly number[],
  destination: readonly number[],
  rows: number,
  columns: number,
  sourceStride: number,
  destinationStride: number,
  from = 0,
  to = 0,
): number[] {
  const result = [...destination];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[to + row * destinationStride + column] = source[from + row * sourceStride + column];
    }
  }
  return result;
}
