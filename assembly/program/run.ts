/**
 * The walk of a plan: a list of operations in memory, each the place of a kernel in the function table, the address of its record,
 * and how much work it is, for each row of a batch or in all. A kernel (args, begin, end) does the units of its work from begin up to end. Apart from the last, a
 * part of its work begins and ends at a multiple of 4 units, so that parts of a row of numbers start on 16 bytes.
 */
import { Batch } from "./batch";

@final
@unmanaged
class Operation {
  kernel: u32;
  args: usize;
  /** Units for each row of `batch`; or, negative, units in all. */
  work: i32;
  batch: Batch;
}

/**
 * Runs `count` operations, one after the other, over a batch of `rows` rows.
 *
 * Writes    the batch's record, and what the operations say.
 * Requires  `list` and `batch` on 4 bytes; rows, count >= 1.
 */
export function run(batch: usize, list: usize, count: i32, rows: i32, seed: i32, step: i32): void {
  assert(rows > 0 && count > 0, "rows and count must be positive");
  const shared = changetype<Batch>(batch);
  shared.rows = rows;
  shared.seed = seed;
  shared.step = step;
  const end = list + <usize>count * offsetof<Operation>();
  for (; list < end; list += offsetof<Operation>()) {
    const operation = changetype<Operation>(list);
    const work = operation.work;
    call_indirect<void>(operation.kernel, operation.args, 0, work < 0 ? -work : operation.batch.rows * work);
  }
}
