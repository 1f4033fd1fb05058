/** The keys and values of a stream: those of all steps so far, as its queries come one at a time. */
import { Batch } from "../program/batch";
import { isAligned } from "../vector/lanes";

@final
@unmanaged
export class KeepStep {
  /** Its `step` counts the steps before. */
  batch: Batch;
  /** [columns] */
  source: usize;
  /** [steps, columns]; the row of the step is overwritten. */
  kept: usize;
  /** [2] 32-bit integers: where the steps so far begin and end. */
  offsets: usize;
  columns: i32;
  /** Rows of kept. */
  steps: i32;
}

/**
 * kept[step] = source; offsets = 0, step + 1.
 *
 * Range     columns.
 * Writes    a row of kept, offsets. None may alias source.
 * Requires  source and kept on 16 bytes; columns of at least 1; kept has a row for the step.
 * Numerics  copies bits.
 */
export function keepStep<T extends number>(args: KeepStep, begin: i32, end: i32): void {
  const columns = args.columns;
  const step = args.batch.step;
  assert(end > begin && columns > 0, "columns must be positive");
  assert(step >= 0 && step < args.steps, "kept must have a row for the step");
  assert(isAligned(args.source | args.kept), "blocks start on 16 bytes");
  const offset = <usize>begin * sizeof<T>();
  const row = args.kept + <usize>step * <usize>columns * sizeof<T>();
  memory.copy(row + offset, args.source + offset, <usize>(end - begin) * sizeof<T>());
  store<i32>(args.offsets, 0);
  store<i32>(args.offsets, step + 1, 4);
}
