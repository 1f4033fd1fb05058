/** Slow twins of assembly/embedding/embedding.ts; a table is an array of rows. */

/** Returns whether a number is a token of a table of so many rows. */
const isToken = (token: number, count: number) => Number.isInteger(token) && token >= 0 && token < count;

export const embeddingForward = (tokens: readonly number[], table: readonly number[][]): number[][] =>
  tokens.map((token) => (isToken(token, table.length) ? table[token] : table[0].map(() => 0)));

/** Adds to `tableGrad`, in place. */
export function embeddingBackward(
  tokens: readonly number[],
  outputGrad: readonly number[][],
  tableGrad: number[][],
  padding = -1,
): void {
  tokens.forEach((token, row) => {
    if (!isToken(token, tableGrad.length) || token === padding) return;
    outputGrad[row].forEach((gradient, column) => {
      tableGrad[token][column] += gradient;
    });
  });
}

export const markRows = (tokens: readonly number[], marks: readonly number[], padding = -1): number[] =>
  marks.map((mark, row) => (row !== padding && tokens.includes(row) ? 1 : mark));

export const clearRows = (gradient: readonly number[][], marks: readonly number[]): number[][] =>
  gradient.map((row, index) => (marks[index] ? row.map(() => 0) : row));
