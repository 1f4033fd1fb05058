/**
 * The loss of three outputs: an anchor, one of the same class and one of another. A row of the anchor is to be nearer to its row of
 * the same class than to that of the other one, by a margin. It has no targets.
 */
import { Combination, mapPairs, ScaledDifference, SquaredDifference, sumOfPairs } from "../comparison/rows";
import { Batch } from "../program/batch";
import { isAligned } from "../vector/lanes";
import { LossResult, rowAt, rowWeightAt } from "./output";

/** The number that is added to each difference, as in PyTorch, so that a distance has a derivative even if two rows are equal. */
const shift: f64 = 1e-6;

/** @inline √Σ (a - b + 1e-6)² */
function distanceOf<T extends number>(a: usize, b: usize, columns: i32): f64 {
  return sqrt<f64>(sumOfPairs<T, SquaredDifference>(a, b, columns, shift));
}

/** The record of a loss of three outputs, each [rows, positions, columns], as their gradients are. */
@final
@unmanaged
export class TripletLoss {
  batch: Batch;
  anchor: usize;
  same: usize;
  other: usize;
  anchorGrad: usize;
  sameGrad: usize;
  otherGrad: usize;
  /** [rows, positions]; 0 for none. */
  weights: usize;
  positions: i32;
  columns: i32;
  result: LossResult;
  margin: f64;
}

/**
 * result.sum = Σ over rows of weight · max(|anchor - same| - |anchor - other| + margin, 0), where |x| = √Σ (x + 1e-6)².
 *
 * Shapes    anchor, same, other: [rows, columns]; weights (0 for none): [rows].
 * Writes    result.sum.
 * Range     one unit: the sum has one order.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64. NaN comes through.
 * Source    PyTorch's TripletMarginLoss with p = 2.
 */
export function tripletForward<T extends number>(args: TripletLoss, begin: i32, end: i32): void {
  const rows = args.batch.rows * args.positions;
  const columns = args.columns;
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  let anchor = args.anchor;
  let same = args.same;
  let other = args.other;
  let weights = args.weights;
  assert(isAligned(anchor | same | other | weights), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const difference = distanceOf<T>(anchor, same, columns) - distanceOf<T>(anchor, other, columns);
    let term = max<f64>(difference + args.margin, 0);
    if (weights) {
      term *= <f64>load<T>(weights);
      weights += sizeof<T>();
    }
    total += term;
    anchor += rowBytes;
    same += rowBytes;
    other += rowBytes;
  }
  args.result.sum = total;
}

/** @inline factor / distance, 0 at distance 0. */
function perDistance(factor: f64, distance: f64): f64 {
  return distance == 0 ? 0 : factor / distance;
}

/**
 * The derivatives of scale · tripletForward: with u = (anchor - same + 1e-6) / |anchor - same| and v likewise of other, and with
 * factor = scale · weight, sameGrad = -factor · u, otherGrad = factor · v, anchorGrad = factor · (u - v). All are 0 where the term
 * is 0.
 *
 * Shapes    anchor, same, other, their gradients: [rows, columns]; weights (0 for none): [rows].
 * Writes    the gradients (overwritten).
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1.
 * Numerics  f64, rounded once to T; anchorGrad is -(sameGrad + otherGrad). 0 at the kink. NaN comes through.
 */
export function tripletBackward<T extends number>(args: TripletLoss, begin: i32, end: i32): void {
  const columns = args.columns;
  const scale = args.result.scale;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.anchor | args.same | args.other | args.weights), "blocks start on 16 bytes");
  assert(isAligned(args.anchorGrad | args.sameGrad | args.otherGrad), "blocks start on 16 bytes");
  let anchor = rowAt<T>(args.anchor, begin, columns);
  let same = rowAt<T>(args.same, begin, columns);
  let other = rowAt<T>(args.other, begin, columns);
  let anchorGrad = rowAt<T>(args.anchorGrad, begin, columns);
  let sameGrad = rowAt<T>(args.sameGrad, begin, columns);
  let otherGrad = rowAt<T>(args.otherGrad, begin, columns);
  let weights = rowWeightAt<T>(args.weights, begin);
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const toSame = distanceOf<T>(anchor, same, columns);
    const toOther = distanceOf<T>(anchor, other, columns);
    let factor = toSame - toOther + args.margin <= 0 ? 0 : scale;
    if (weights) {
      factor *= <f64>load<T>(weights);
      weights += sizeof<T>();
    }
    mapPairs<T, ScaledDifference>(anchor, same, sameGrad, columns, perDistance(-factor, toSame), shift);
    mapPairs<T, ScaledDifference>(anchor, other, otherGrad, columns, perDistance(factor, toOther), shift);
    mapPairs<T, Combination>(sameGrad, otherGrad, anchorGrad, columns, -1, -1);
    anchor += rowBytes;
    same += rowBytes;
    other += rowBytes;
    anchorGrad += rowBytes;
    sameGrad += rowBytes;
    otherGrad += rowBytes;
  }
}
