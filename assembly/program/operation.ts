/** A list of operations in memory, and its walk. */
import { Batch } from "./batch";

/**
 * The place of a kernel in the function table, the address of its record, and how much work it is. A kernel (args, begin, end) does the
 * units of its work from begin up to end. Every part of the work except the last begins and ends at a multiple of 4 units, so that parts of
 * a row of numbers start on 16 bytes.
 */
@final
@unmanaged
export class Operation {
  kernel: u32;
  args: usize;
  /** Units for each row of `batch`; or, negative, units in all. */
  work: i32;
  batch: Batch;
}

/** Runs `count` operations from the first to the last. */
export function walk(list: usize, count: i32): void {
  const end = list + <usize>count * offsetof<Operation>();
  for (; list < end; list += offsetof<Operation>()) {
    const operation = changetype<Operation>(list);
    const work = operation.work;
    call_indirect<void>(operation.kernel, operation.args, 0, work < 0 ? -work : operation.batch.rows * work);
  }
}
