/** The gradient of a recurrent weight. The weight multiplies the hidden state before each step; the first step has none before it. */

import { product } from "../products/product";
import { DownColumns } from "../products/tile";
import { Batch } from "../program/batch";
import { firstStep } from "../program/sequences";
import { isAligned } from "../vector/lanes";

@final
@unmanaged
export class ClearFirstSteps {
  /** [steps of all sequences, columns] */
  output: usize;
  /** The sequences (program/sequences.ts). */
  offsets: usize;
  steps: i32;
  columns: i32;
  /** 1 if the last step of a sequence is its first. */
  isReverse: i32;
}

/**
 * The first step of each sequence = 0.
 *
 * Range     rows: sequences.
 * Writes    these steps of output (overwritten).
 * Requires  sizes of at least 1.
 */
export function clearFirstSteps<T extends number>(args: ClearFirstSteps, begin: i32, end: i32): void {
  assert(end > begin && args.steps > 0 && args.columns > 0, "sizes must be positive");
  const bytes = <usize>args.columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const place = firstStep(args.offsets, args.steps, row + args.isReverse) - args.isReverse;
    memory.fill(args.output + <usize>place * bytes, 0, bytes);
  }
}

@final
@unmanaged
export class RecurrentBackwardWeight {
  batch: Batch;
  /** Steps of each row of the batch. */
  positions: i32;
  /** [steps of all sequences, units]: the hidden states, of which the last is not read; in reverse, the first. */
  hidden: usize;
  /** [steps of all sequences, columns]: those of the first steps are 0, so that sequences may lie one after the other. */
  gatesGrad: usize;
  /** [units, columns] */
  weightGrad: usize;
  units: i32;
  columns: i32;
  isReverse: i32;
}

/**
 * weightGrad = Σ over the steps of hiddenᵀ, of the step before, · gatesGrad.
 *
 * Range     rows of weightGrad.
 * Writes    weightGrad (overwritten); may not alias an input.
 * Requires  sizes of at least 1; addresses 16-byte aligned.
 * Numerics  each element is a sum in the order of the steps, each product rounded, a long one in blocks (products/product.ts).
 */
export function recurrentBackwardWeight<T extends number>(args: RecurrentBackwardWeight, begin: i32, end: i32): void {
  assert(end > begin && args.columns > 0, "sizes must be positive");
  assert(isAligned(args.hidden | args.gatesGrad | args.weightGrad), "blocks start on 16 bytes");
  const columns = args.columns;
  const hiddenRow = <usize>args.units * sizeof<T>();
  const gradRow = <usize>columns * sizeof<T>();
  const depth = args.batch.rows * args.positions - 1;
  const weightGrad = args.weightGrad + <usize>begin * gradRow;
  if (depth == 0) {
    memory.fill(weightGrad, 0, <usize>(end - begin) * gradRow);
    return;
  }
  const hidden = args.hidden + (args.isReverse ? hiddenRow : 0) + <usize>begin * sizeof<T>();
  const grad = args.gatesGrad + (args.isReverse ? 0 : gradRow);
  product<T, DownColumns>(
    hidden,
    sizeof<T>(),
    hiddenRow,
    grad,
    gradRow,
    sizeof<T>(),
    weightGrad,
    gradRow,
    end - begin,
    depth,
    columns,
    0,
    0,
  );
}
