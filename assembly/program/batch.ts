/** The record of what changes from batch to batch. The operations of a plan point to one such record. */
@unmanaged
export class Batch {
  /** Examples in the batch. */
  rows: i32;
  /** The seed of the random numbers of a step. */
  seed: i32;
  /** The number of the update, from 0. */
  step: i32;
}
