/** The update of the parameters: a list of operations of an optimizer. */
import { begin, Step } from "./step";

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
