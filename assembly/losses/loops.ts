/**
 * The two loops of the losses that have a term for each output: their sum, and its derivative. A loss is a class that the transform
 * exports by these loops (scripts/assembly-transform.mjs): its methods give the terms of one vector and their derivatives.
 *
 * The kernels of all losses have the same two signatures, so that a loss is data to its caller: forward gives Σ weight · term
 * over the batch (the caller divides), backward writes scale · ∂Σ/∂output. output and targets are [rows, columns] of T;
 * weights, too, or [rows] for a loss with a term for each row, or 0 for none; parameter is what only some losses have.
 */
import { addLanes, isAligned, laneCount, loadLanes, partMask, splat, storeLanes, totalOf } from "../vector/lanes";

/** A loss with a term for each output, which these loops add up and derive. */
@unmanaged
export class ElementLoss {}

/**
 * Σ weight · loss.forward(output, target, parameter).
 *
 * Shapes    output, targets, weights (0 for none): [rows, columns].
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  summed in f64, in an order fixed by rows · columns.
 */
export function elementLossForward<T extends number, Loss>(
  output: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): f64 {
  const count = rows * columns;
  assert(count > 0, "rows and columns must be positive");
  assert(isAligned(output | targets | weights), "blocks start on 16 bytes");
  const loss = changetype<Loss>(0);
  const constant = splat<T>(parameter);
  let sum = f64x2.splat(0);
  for (let rest = count; rest > 0; rest -= laneCount<T>()) {
    const lanes = min(rest, laneCount<T>());
    let terms = loss.forward<T>(loadLanes<T>(output, lanes), loadLanes<T>(targets, lanes), constant);
    if (weights) {
      terms = v128.mul<T>(terms, loadLanes<T>(weights, lanes));
      weights += 16;
    }
    if (rest < laneCount<T>()) terms = v128.and(terms, partMask<T>(rest));
    sum = addLanes<T>(sum, terms);
    output += 16;
    targets += 16;
  }
  return totalOf(sum);
}

/**
 * outputGrad = scale · weight · loss.backward(output, target, parameter), lane by lane.
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function elementLossBackward<T extends number, Loss>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  scale: f64,
  parameter: f64,
): void {
  const count = rows * columns;
  assert(count > 0, "rows and columns must be positive");
  assert(isAligned(output | targets | weights | outputGrad), "blocks start on 16 bytes");
  const loss = changetype<Loss>(0);
  const constant = splat<T>(parameter);
  const factor = splat<T>(scale);
  for (let rest = count; rest > 0; rest -= laneCount<T>()) {
    const lanes = min(rest, laneCount<T>());
    let derivatives = loss.backward<T>(loadLanes<T>(output, lanes), loadLanes<T>(targets, lanes), constant);
    if (weights) {
      derivatives = v128.mul<T>(derivatives, loadLanes<T>(weights, lanes));
      weights += 16;
    }
    storeLanes<T>(outputGrad, v128.mul<T>(derivatives, factor), lanes);
    output += 16;
    targets += 16;
    outputGrad += 16;
  }
}
