/** Slow twins of assembly/comparison/pair.ts, for one pair of rows. */

const dotProduct = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, index) => sum + x * b[index], 0);
const lengthOf = (row: readonly number[]) => Math.max(Math.sqrt(dotProduct(row, row)), 1e-8);
const differenceOf = (a: readonly number[], b: readonly number[]) => a.map((x, index) => x - b[index]);

/** A number of two rows, and its derivative by the first; the other is the same with the rows exchanged. */
interface Comparison {
  readonly value: (a: readonly number[], b: readonly number[]) => number;
  readonly derivative: (a: readonly number[], b: readonly number[]) => number[];
}

const lengthOfDifference = (a: readonly number[], b: readonly number[]) => {
  const difference = differenceOf(a, b);
  return Math.sqrt(dotProduct(difference, difference));
};

const cosine = (a: readonly number[], b: readonly number[]) => dotProduct(a, b) / (lengthOf(a) * lengthOf(b));

export const comparisons = {
  distance: {
    value: lengthOfDifference,
    derivative(a, b) {
      const length = lengthOfDifference(a, b);
      return differenceOf(a, b).map((x) => (length === 0 ? 0 : x / length));
    },
  },
  dot: { value: dotProduct, derivative: (_, b) => [...b] },
  cosine: {
    value: cosine,
    derivative(a, b) {
      const ratio = lengthOf(a) > 1e-8 ? cosine(a, b) / lengthOf(a) ** 2 : 0;
      return a.map((x, index) => b[index] / (lengthOf(a) * lengthOf(b)) - x * ratio);
    },
  },
} satisfies Record<string, Comparison>;
