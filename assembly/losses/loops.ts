/**
 * The two loops of the losses that have a term for each output: their sum, and its derivative. A loss is a class that the transform
 * exports by these loops (scripts/assembly-transform.mjs): its methods give the terms of one vector and their derivatives.
 *
 * The kernels of all losses of one output have one record (output.ts). Forward writes Σ weight · term over the batch (the caller divides);
 * backward writes scale · ∂Σ/∂output.
 */
import { addLanes, isAligned, laneCount, loadLanes, partMask, splat, storeLanes, totalOf } from "../vector/lanes";
import { OutputLoss, rowAt, rowsOf } from "./output";

/** A loss with a term for each output, which these loops add up and derive. */
@unmanaged
export class ElementLoss {}

/** @inline Σ weight · loss.forward(output, target, parameter) over `count` elements, in f64, in an order fixed by count. */
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

/**
 * result.sum = Σ weight · loss.forward(output, target, parameter).
 *
 * Shapes    output, targets, weights (0 for none): [rows, positions, columns].
 * Writes    result.sum.
 * Range     one unit: the sum has one order.
 * Requires  every block on 16 bytes; rows, positions, columns >= 1.
 * Numerics  summed in f64, in an order fixed by rows · positions · columns.
 */
export function elementLossForward<T extends number, Loss>(args: OutputLoss, begin: i32, end: i32): void {
  assert(begin == 0 && end == 1, "a sum is one unit");
  const count = rowsOf(args) * args.columns;
  args.result.sum = sumTerms<T, Loss>(args.output, args.targets, args.weights, count, args.parameter);
}

/**
 * outputGrad = scale · weight · loss.backward(output, target, parameter), lane by lane.
 *
 * Shapes    output, targets, weights (0 for none), outputGrad: [rows, positions, columns].
 * Writes    outputGrad (overwritten).
 * Range     positions.
 * Requires  every block on 16 bytes; columns >= 1.
 */
export function elementLossBackward<T extends number, Loss>(args: OutputLoss, begin: i32, end: i32): void {
  const columns = args.columns;
  const count = (end - begin) * columns;
  assert(count > 0, "rows and columns must be positive");
  let output = rowAt<T>(args.output, begin, columns);
  let targets = rowAt<T>(args.targets, begin, columns);
  let outputGrad = rowAt<T>(args.outputGrad, begin, columns);
  let weights = args.weights ? rowAt<T>(args.weights, begin, columns) : 0;
  assert(isAligned(output | targets | weights | outputGrad), "blocks start on 16 bytes");
  const loss = changetype<Loss>(0);
  const constant = splat<T>(args.parameter);
  const factor = splat<T>(args.result.scale);
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
