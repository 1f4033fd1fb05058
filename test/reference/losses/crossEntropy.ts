/** Slow twins of assembly/losses/crossEntropy.ts, for one row of logits. */

const exponentials = (row: readonly number[]): number[] => {
  const maximum = Math.max(...row);
  return row.map((x) => Math.exp(x - maximum));
};

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);

/** -Σ target·log softmax; a target of 0 adds nothing. */
export function softmaxCrossEntropy(row: readonly number[], targets: readonly number[]): number {
  // log1p over all but one maximum keeps the digits of a loss near 0, where the logarithm of the sum has none left.
  const maximum = Math.max(...row);
  const others = exponentials(row);
  others.splice(row.indexOf(maximum), 1);
  const logSum = Math.log1p(sum(others));
  return sum(row.map((x, column) => (targets[column] === 0 ? 0 : targets[column] * (logSum - (x - maximum)))));
}

/** softmax · Σ targets - targets */
export function softmaxCrossEntropyGrad(row: readonly number[], targets: readonly number[]): number[] {
  const values = exponentials(row);
  const ratio = sum(targets) / sum(values);
  return values.map((x, column) => x * ratio - targets[column]);
}

export const oneHot = (number: number, columns: number): number[] =>
  Array.from({ length: columns }, (_, column) => (column === number ? 1 : 0));
