/** What changes from batch to batch: the operations of a plan point to one such record. */
@final
@unmanaged
export class Batch {
  /** Examples in the batch. */
  rows: i32;
  /** What the random numbers of a step are drawn from. */
  seed: i32;
  /** The number of the update, from 0. */
  step: i32;
}
