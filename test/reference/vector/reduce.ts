/** Slow twins of assembly/vector/reduce.ts. */

/** Σ term(element), in the kernel's order: eight running sums, pairs of them, then the last count mod 8. */
export function sumOf(values: ArrayLike<number>, term: (x: number) => number): number {
  const whole = values.length - (values.length % 8);
  const s = new Array<number>(8).fill(0);
  for (let index = 0; index < whole; index++) s[index % 8] += term(values[index]);
  let total = s[0] + s[4] + (s[2] + s[6]) + (s[1] + s[5] + (s[3] + s[7]));
  for (let index = whole; index < values.length; index++) total += term(values[index]);
  return total;
}

export const sum = (values: ArrayLike<number>): number => sumOf(values, (x) => x);

export const norm = (values: ArrayLike<number>): number => Math.sqrt(sumOf(values, (x) => x * x));

/** The first NaN's index, or else the first of the largest elements'. */
export function argmax(row: readonly number[]): number {
  const firstNaN = row.findIndex(Number.isNaN);
  return firstNaN >= 0 ? firstNaN : row.findIndex((x) => row.every((y) => y <= x));
}

export function firstNonFinite(values: ArrayLike<number>): number {
  const index = Array.from(values).findIndex((x) => !Number.isFinite(x));
  return index < 0 ? values.length : index;
}
