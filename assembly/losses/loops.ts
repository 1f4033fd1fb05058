/**
 * The two loops of the losses that have a term for each output: their sum, and its derivative. A loss is a class without
 * fields, never instantiated, as in map: its inlined methods give the terms of one vector and their derivatives.
 *
 * The kernels of all losses have the same two signatures, so that a loss is data to its caller: forward gives Σ weight · term
 * over the batch (the caller divides), backward writes scale · ∂Σ/∂output. output and targets are [rows, columns] of T;
 * weights, too, or [rows] for a loss with a term for each row, or 0 for none; parameter is what only some losses have.
 */
import { addLanes, isAligned, laneCount, loadLanes, partMask, splat, storeLanes, totalOf } from "../vector/lanes";

/** Σ weight · loss.forward(output, target, parameter) in f64, in an order fixed by count alone. */
export function sumTerms<T extends number, Loss>(
  output: usize,
  targets: usize,
  weights: usize,
  count: i32,
  parameter: f64,
): f64 {
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

/** outputGrad = scale · weight · loss.backward(output, target, parameter), lane by lane. */
export function mapDerivatives<T extends number, Loss>(
  output: usize,
  targets: usize,
  weights: usize,
  outputGrad: usize,
  count: i32,
  scale: f64,
  parameter: f64,
): void {
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
