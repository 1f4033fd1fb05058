/**
 * The two loops of the losses that have a term for each output: their sum, and its derivative. A loss is a class without
 * fields, never instantiated, as in map: its inlined methods give the terms of one vector and their derivatives.
 *
 * The kernels of all losses have the same two signatures, so that a loss is data to its caller: forward gives Σ weight · term
 * over the batch (the caller divides), backward writes scale · ∂Σ/∂output. output and targets are [rows, columns] of T;
 * weights, too, or [rows] for a loss with a term for each row, or 0 for none; parameter is what only some losses have.
 */
import { addLanes, isAligned, laneCount, loadPart, partMask, splat, storePart, totalOf } from "./lanes";

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
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let sum = f64x2.splat(0);
  while (output < end) {
    let terms = loss.forward<T>(v128.load(output), v128.load(targets), constant);
    if (weights) {
      terms = v128.mul<T>(terms, v128.load(weights));
      weights += 16;
    }
    sum = addLanes<T>(sum, terms);
    output += 16;
    targets += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    let part = loss.forward<T>(loadPart<T>(output, rest), loadPart<T>(targets, rest), constant);
    if (weights) part = v128.mul<T>(part, loadPart<T>(weights, rest));
    sum = addLanes<T>(sum, v128.and(part, partMask<T>(rest)));
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
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (output < end) {
    let derivatives = loss.backward<T>(v128.load(output), v128.load(targets), constant);
    if (weights) {
      derivatives = v128.mul<T>(derivatives, v128.load(weights));
      weights += 16;
    }
    v128.store(outputGrad, v128.mul<T>(derivatives, factor));
    output += 16;
    targets += 16;
    outputGrad += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    let part = loss.backward<T>(loadPart<T>(output, rest), loadPart<T>(targets, rest), constant);
    if (weights) part = v128.mul<T>(part, loadPart<T>(weights, rest));
    storePart<T>(outputGrad, v128.mul<T>(part, factor), rest);
  }
}
