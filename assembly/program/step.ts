/** The record of a step, which all operations of an update read. */
import { Batch } from "./batch";

/** It begins as a batch does; its `step` counts from 1. The caller writes it before each step (src/training/optimizers/updates.ts). */
@final
@unmanaged
export class Step extends Batch {
  /** 1 before the step; 0 once an operation has left a vector as it was, because a new number of it would not be finite. */
  stored: i32;
  learningRate: f64;
  /** NAdam's momentum at this step and at the next, and the product of those up to this one. */
  momentum: f64;
  nextMomentum: f64;
  momentumProduct: f64;
  /** 0 before the step; the sum of the squares of all gradients, where their norm has a limit. */
  squares: f64;
}

/** The beginning of the record of every operation of an update, which changes a range of parameters. */
@unmanaged
export class Update {
  now: Step;
  /** [count], as the gradients and what is remembered of them. */
  parameters: usize;
  gradients: usize;
  /** The learning rate is multiplied by this. */
  factor: f64;
}
