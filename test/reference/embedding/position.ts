/** Slow twins of assembly/embedding/position.ts: sequences of steps, each a row. */

export const positionForward = (
  sequences: readonly (readonly number[][])[],
  table: readonly number[][],
): number[][][] =>
  sequences.map((steps) => steps.map((row, step) => row.map((value, column) => value + table[step][column])));

export const positionBackward = (
  outputGrad: readonly (readonly number[][])[],
  table: readonly number[][],
): number[][] =>
  table.map((row, step) =>
    row.map((_, column) => outputGrad.reduce((sum, steps) => sum + (steps[step]?.[column] ?? 0), 0)),
  );
