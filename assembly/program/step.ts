/** The record of a step, which all operations of an update read, and the update of all parameters. */
import { Batch } from "./batch";
import { walk } from "./operation";

/** It begins as a batch does; its `step` counts from 1. */
@final
@unmanaged
export class Step extends Batch {
  /** 1, or 0 once an operation has left a vector as it was, because a new number of it would not be finite. */
  stored: i32;
  learningRate: f64;
  /** NAdam's momentum at this step and at the next, and the product of those up to this one. */
  momentum: f64;
  nextMomentum: f64;
  momentumProduct: f64;
  /** The sum of the squares of all gradients, where their norm has a limit. */
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

/** Readies the record for a step. */
export function begin(now: Step, step: i32, learningRate: f64): void {
  now.step = step;
  now.stored = 1;
  now.squares = 0;
  now.learningRate = learningRate;
}

/** Runs a list of updates. @returns 1, or 0 if a vector was left as it was */
export function updateAll(now: Step, list: usize, count: i32, step: i32, learningRate: f64): i32 {
  begin(now, step, learningRate);
  walk(list, count);
  return now.stored;
}
