/** Calls of a loss's operations with numbers instead of a record. */
import type { OperationName, Operations } from "../../src/kernels/operations.ts";
import type { Fields, Scratch } from "./scratch.ts";

/** The operations of the losses of one output. */
export type LossOperation = {
  [Name in OperationName]: Operations[Name] extends Operations["squaredErrorForward"] ? Name : never;
}[OperationName];

type Blocks = readonly [output: number, targets: number, weights: number];

/** Returns Σ of a loss over `rows` rows of `columns` columns. */
export function lossForward(
  scratch: Scratch,
  name: LossOperation,
  [output, targets, weights]: Blocks,
  rows: number,
  columns: number,
  parameter = 0,
): number {
  const result = resultOf(scratch);
  const blocks = { output, targets, weights, outputGrad: 0 };
  scratch.run(name, { ...blocks, positions: 1, columns, result, parameter } as Fields<Operations[LossOperation]>, 1, {
    rows,
  });
  return scratch.arena.doubles(result, 1)[0];
}

/** Writes the gradient of a loss, of the rows from `begin` on. */
export function lossBackward(
  scratch: Scratch,
  name: LossOperation,
  [output, targets, weights]: Blocks,
  outputGrad: number,
  rows: number,
  columns: number,
  scale = 1,
  parameter = 0,
  begin = 0,
): void {
  const result = resultOf(scratch, scale);
  const fields = { output, targets, weights, outputGrad, positions: 1, columns, result, parameter };
  scratch.run(name, fields as Fields<Operations[LossOperation]>, rows, { rows, begin });
}

/** Returns the address of a result with the factor of a gradient. */
export function resultOf(scratch: Scratch, scale = 0): number {
  const { address } = scratch.doubles([Number.NaN, scale]);
  return address;
}
