/** Slow twin of assembly/attention/attention.ts, of one example: a matrix is an array of steps, each an array of the columns of all heads. */

export type Matrix = readonly (readonly number[])[];

export interface Heads {
  readonly heads: number;
  readonly keyUnits: number;
  readonly isCausal: boolean;
}

/** What dropout multiplies a weight by: 0 or 1 / (1 - rate). */
export type Factor = (head: number, queryStep: number, keyStep: number) => number;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, index) => value * b[index]));

/** The columns of one head. */
export const headOf = (matrix: Matrix, head: number, keyUnits: number): number[][] =>
  matrix.map((row) => row.slice(head * keyUnits, (head + 1) * keyUnits));

/** The columns of all heads, those of each head given. */
export const joined = (parts: readonly Matrix[]): number[][] =>
  parts[0].map((_, step) => parts.flatMap((part) => part[step]));

/** softmax(query · keyᵀ / √keyUnits) of one head: a row for each query, 0 where it does not see a key. */
export function weightsOf(query: Matrix, key: Matrix, isCausal: boolean): number[][] {
  return query.map((q, step) => {
    const scores = key.map((k) => dot(q, k) / Math.sqrt(q.length)).slice(0, isCausal ? step + 1 : key.length);
    const greatest = scores.reduce((a, b) => Math.max(a, b));
    const powers = scores.map((score) => Math.exp(score - greatest));
    return key.map((_, at) => (at < scores.length ? powers[at] / sum(powers) : 0));
  });
}

export function attentionForward(
  query: Matrix,
  key: Matrix,
  value: Matrix,
  { heads, keyUnits, isCausal }: Heads,
  factor: Factor = () => 1,
): number[][] {
  const ofHeads = Array.from({ length: heads }, (_, head) => {
    const [q, k, v] = [query, key, value].map((matrix) => headOf(matrix, head, keyUnits));
    return weightsOf(q, k, isCausal).map((weights, step) => {
      const seen = weights
        .map((weight, at) => weight * factor(head, step, at))
        .slice(0, isCausal ? step + 1 : k.length);
      return v[0].map((_, column) => sum(seen.map((weight, at) => weight * v[at][column])));
    });
  });
  return joined(ofHeads);
}
