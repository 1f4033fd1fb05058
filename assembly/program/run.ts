/** Runs a plan's list of operations. */
import { Batch } from "./batch";
import { walk } from "./operation";

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
  walk(list, count);
}
