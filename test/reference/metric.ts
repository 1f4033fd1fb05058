/** Slow twins of assembly/metric; rows are arrays. */
import { argmax } from "./reduce.ts";

export const correctClasses = (output: readonly number[][], targets: ArrayLike<number>): number =>
  output.filter((row, index) => argmax(row) === targets[index]).length;

export const correctOneHot = (output: readonly number[][], targets: readonly number[][]): number =>
  output.filter((row, index) => argmax(row) === argmax(targets[index])).length;

export const correctBinary = (output: readonly number[], targets: ArrayLike<number>, threshold: number): number =>
  output.filter((x, index) => x > threshold === targets[index] > 0.5).length;
