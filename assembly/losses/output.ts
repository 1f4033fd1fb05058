/** The records of a loss: what it reads and writes of a batch. */
import { Batch } from "../program/batch";

/** The numbers of a loss over one batch. */
@final
@unmanaged
export class LossResult {
  /** Σ weight · term, which the forward pass writes. */
  sum: f64;
  /** The factor of the gradient, which the backward pass reads. */
  scale: f64;
}

/**
 * The record of the loss of an output. All losses of one output have it, so a loss is data to its caller: the place of its kernels in the
 * table, and these fields.
 */
@final
@unmanaged
export class OutputLoss {
  /** Its rows are those of the output. */
  batch: Batch;
  /** [rows, positions, columns] */
  output: usize;
  /** The gradient of the output, of the same shape. */
  outputGrad: usize;
  /** The targets: of the output's shape, or [rows, positions], class numbers stored as T. */
  targets: usize;
  /** A number for each term: as output, or [rows, positions]; 0 for none. */
  weights: usize;
  positions: i32;
  columns: i32;
  result: LossResult;
  /** A number that only some losses have. */
  parameter: f64;
}

/** @inline The rows of a loss: the positions of all rows of the batch. */
export function rowsOf(args: OutputLoss): i32 {
  return args.batch.rows * args.positions;
}

/** @inline The address of row `row` of a block of `columns` numbers a row. */
export function rowAt<T extends number>(block: usize, row: i32, columns: i32): usize {
  return block + <usize>row * <usize>columns * sizeof<T>();
}

/** @inline The address of the weight of row `row`; 0 for none. */
export function rowWeightAt<T extends number>(weights: usize, row: i32): usize {
  return weights ? rowAt<T>(weights, row, 1) : 0;
}
