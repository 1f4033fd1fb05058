/** The update of the parameters: a list of operations of an optimizer. */
import { begin, Step, updateAll } from "./step";

/** Readies the record of a step. */
export function beginUpdate(address: usize, step: i32, learningRate: f64): void {
  begin(changetype<Step>(address), step, learningRate);
}

/** Writes NAdam's numbers into the record of a step. */
export function setMomenta(address: usize, momentum: f64, nextMomentum: f64, momentumProduct: f64): void {
  const now = changetype<Step>(address);
  now.momentum = momentum;
  now.nextMomentum = nextMomentum;
  now.momentumProduct = momentumProduct;
}

/** Returns 1, or 0 if the update has left a vector as it was. */
export function endUpdate(address: usize): i32 {
  return changetype<Step>(address).stored;
}

/** Runs a list of updates on one thread. @returns as endUpdate */
export function update(address: usize, list: usize, count: i32, step: i32, learningRate: f64): i32 {
  return updateAll(changetype<Step>(address), list, count, step, learningRate);
}
