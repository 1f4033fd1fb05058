/** Slow twins of assembly/metrics/tallies.ts; rows are arrays, and a row of targets of one number is a class. */
import { argmax } from "../vector/reduce.ts";

type RowsOf = readonly (readonly number[])[];

const classOf = (targets: readonly number[]): number => (targets.length === 1 ? targets[0] : argmax([...targets]));

export const correctClasses = (output: RowsOf, targets: RowsOf): number => correctTopClasses(output, targets, 1);

/** The columns of a row, the largest element's first. */
function ranking(row: readonly number[]): number[] {
  const columns: number[] = [];
  const rest = row.map((value, column) => ({ value, column }));
  while (rest.length > 0) columns.push(rest.splice(argmax(rest.map(({ value }) => value)), 1)[0].column);
  return columns;
}

export const correctTopClasses = (output: RowsOf, targets: RowsOf, most: number): number =>
  output.filter((row, index) => ranking(row).slice(0, most).includes(classOf(targets[index]))).length;

/** counts[class][predicted] */
export function confusion(output: RowsOf, targets: RowsOf): number[][] {
  const counts = output[0].map(() => output[0].map(() => 0));
  output.forEach((row, index) => {
    counts[classOf(targets[index])][argmax([...row])]++;
  });
  return counts;
}

/** Of each class: right, predicted, actual. */
export function classCounts(output: RowsOf, targets: RowsOf): number[][] {
  const counts = confusion(output, targets);
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  return [
    counts.map((row, index) => row[index]),
    counts.map((_, index) => total(counts.map((row) => row[index]))),
    counts.map(total),
  ];
}

export const correctBinary = (output: readonly number[], targets: ArrayLike<number>, threshold: number): number =>
  output.filter((x, index) => x > threshold === targets[index] > 0.5).length;

/** Of each column: above on both sides, output above, target above. */
export function binaryCounts(output: RowsOf, targets: RowsOf, threshold: number): number[][] {
  const count = (isCounted: (x: number, target: number) => boolean) =>
    output[0].map((_, column) => output.filter((row, index) => isCounted(row[column], targets[index][column])).length);
  return [
    count((x, target) => x > threshold && target > 0.5),
    count((x) => x > threshold),
    count((_, target) => target > 0.5),
  ];
}

/** Of each column: the first target, the mean less it, Σ (target - mean)², Σ (output - target)²; in two passes. */
export function deviations(output: RowsOf, targets: RowsOf): (readonly number[])[] {
  const sum = (term: (row: number, column: number) => number) =>
    output[0].map((_, column) => output.reduce((total, _, row) => total + term(row, column), 0));
  const means = sum((row, column) => targets[row][column]).map((total) => total / output.length);
  return [
    targets[0],
    means.map((mean, column) => mean - targets[0][column]),
    sum((row, column) => (targets[row][column] - means[column]) ** 2),
    sum((row, column) => (output[row][column] - targets[row][column]) ** 2),
  ];
}
