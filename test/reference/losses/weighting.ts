/** Slow twins of assembly/losses/weighting.ts, which give back what the kernels write and what they return. */

export interface Weighting {
  readonly classWeights?: readonly number[];
  readonly exampleWeights?: readonly number[];
}

interface Weighted {
  readonly output: number[];
  readonly sum: number;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** e·w·(t·(1 - s) + s / columns), and Σ e·w·t. */
export function classTargets(rows: readonly number[][], weighting: Weighting, smoothing: number): Weighted {
  const { classWeights, exampleWeights } = weighting;
  const each = (term: (target: number) => number) =>
    rows.flatMap((row, index) =>
      row.map((target, column) => (exampleWeights?.[index] ?? 1) * (classWeights?.[column] ?? 1) * term(target)),
    );
  const share = smoothing / rows[0].length;
  return { output: each((target) => target * (1 - smoothing) + share), sum: total(each((target) => target)) };
}

/** e·(w0·(1 - t) + w1·t), and their sum. */
export function elementWeights(rows: readonly number[][], { classWeights, exampleWeights }: Weighting): Weighted {
  const [weightOf0, weightOf1] = classWeights ?? [1, 1];
  const output = rows.flatMap((row, index) =>
    row.map((target) => (exampleWeights?.[index] ?? 1) * (weightOf0 * (1 - target) + weightOf1 * target)),
  );
  return { output, sum: total(output) };
}

/** t·(1 - s) + s/2 */
export function binaryTargets(targets: readonly number[], smoothing: number): number[] {
  return targets.map((target) => target * (1 - smoothing) + smoothing / 2);
}
