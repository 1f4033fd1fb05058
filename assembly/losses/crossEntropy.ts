/**
 * Cross-entropy of the softmax of each row, straight from logits: one-hot or soft targets, or class numbers. Weights are not read:
 * as the loss is linear in its targets, weighting folds the weights into them. A row of the output may start at any multiple of an
 * element's size.
 */
import { expOfNegative, log } from "../vector/exponential";
import {
  addLanes,
  isAligned,
  laneCount,
  loadLanes,
  loadPart,
  partMask,
  splat,
  storeLanes,
  totalOf,
} from "../vector/lanes";
import { rowMaximum } from "../vector/row";
import { OutputLoss, rowAt, rowsOf } from "./output";

/** Σ exp(x - maximum) of a row: between 1 and columns, so neither it nor its logarithm can overflow. */
function sumExponentials<T extends number>(row: usize, columns: i32, maximum: v128): f64 {
  const end = row + <usize>(columns & -laneCount<T>()) * sizeof<T>();
  let sum = f64x2.splat(0);
  while (row < end) {
    sum = addLanes<T>(sum, expOfNegative<T>(v128.sub<T>(v128.load(row), maximum)));
    row += 16;
  }
  const rest = columns & (laneCount<T>() - 1);
  if (rest) {
    const part = expOfNegative<T>(v128.sub<T>(loadPart<T>(row, rest), maximum));
    sum = addLanes<T>(sum, v128.and(part, partMask<T>(rest)));
  }
  return totalOf(sum);
}

/** @inline log Σ exp(x - maximum) of a row, in f64: where the row is sure it is the logarithm of nearly 1. */
function logSumExponentials<T extends number>(row: usize, columns: i32, maximum: v128): f64 {
  return f64x2.extract_lane(log<f64>(f64x2.splat(sumExponentials<T>(row, columns, maximum))), 0);
}

/** @inline target · (logSum - (x - maximum)); 0 where the target is 0, however small its probability. */
function crossEntropyLanes<T extends number>(x: v128, target: v128, maximum: v128, logSum: v128): v128 {
  const terms = v128.mul<T>(target, v128.sub<T>(logSum, v128.sub<T>(x, maximum)));
  return v128.andnot(terms, v128.eq<T>(target, splat<T>(0)));
}

/**
 * result.sum = Σ over rows of -Σ target·log softmax(output).
 *
 * Shapes    output: [rows, columns], logits; targets: [rows, columns], one-hot or soft.
 * Writes    result.sum.
 * Range     one unit: the sum has one order.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  the row's maximum is subtracted first, so no finite logit overflows; sums in f64, in an order fixed by
 *           rows and columns. -Infinity is a class ruled out: it adds nothing where its target is 0. Infinity or NaN
 *           gives NaN.
 */
export function softmaxCrossEntropyForward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const rows = rowsOf(args);
  const columns = args.columns;
  let output = args.output;
  let targets = args.targets;
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const rest = columns & (laneCount<T>() - 1);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const maximum = v128.splat<T>(rowMaximum<T>(output, columns));
    const logSum = splat<T>(logSumExponentials<T>(output, columns, maximum));
    const end = output + <usize>(columns & -laneCount<T>()) * sizeof<T>();
    let sum = f64x2.splat(0);
    while (output < end) {
      sum = addLanes<T>(sum, crossEntropyLanes<T>(v128.load(output), v128.load(targets), maximum, logSum));
      output += 16;
      targets += 16;
    }
    if (rest) {
      const x = loadPart<T>(output, rest);
      sum = addLanes<T>(sum, crossEntropyLanes<T>(x, loadPart<T>(targets, rest), maximum, logSum));
      output += <usize>rest * sizeof<T>();
      targets += <usize>rest * sizeof<T>();
    }
    total += totalOf(sum);
  }
  args.result.sum = total;
}

/** exponentials = exp(x - maximum) of a row; returns their sum. */
function storeExponentials<T extends number>(row: usize, exponentials: usize, columns: i32): f64 {
  const maximum = v128.splat<T>(rowMaximum<T>(row, columns));
  let sum = f64x2.splat(0);
  for (; columns >= laneCount<T>(); columns -= laneCount<T>()) {
    const x = expOfNegative<T>(v128.sub<T>(v128.load(row), maximum));
    v128.store(exponentials, x);
    sum = addLanes<T>(sum, x);
    row += 16;
    exponentials += 16;
  }
  if (columns) {
    const x = expOfNegative<T>(v128.sub<T>(loadPart<T>(row, columns), maximum));
    storeLanes<T>(exponentials, x, columns);
    sum = addLanes<T>(sum, v128.and(x, partMask<T>(columns)));
  }
  return totalOf(sum);
}

/** Σ of a row of targets. */
function sumTargets<T extends number>(targets: usize, columns: i32): f64 {
  let sum = f64x2.splat(0);
  for (; columns >= laneCount<T>(); columns -= laneCount<T>()) {
    sum = addLanes<T>(sum, v128.load(targets));
    targets += 16;
  }
  if (columns) sum = addLanes<T>(sum, loadPart<T>(targets, columns));
  return totalOf(sum);
}

/** @inline In the `lanes` elements at rowGrad, exponential becomes (exponential·ratio - target)·scale. */
function gradientLanes<T extends number>(rowGrad: usize, target: v128, lanes: i32, ratio: v128, scale: v128): void {
  const probabilities = v128.mul<T>(loadLanes<T>(rowGrad, lanes), ratio);
  storeLanes<T>(rowGrad, v128.mul<T>(v128.sub<T>(probabilities, target), scale), lanes);
}

/**
 * outputGrad = scale · (softmax(output) · Σ targets of the row - target).
 *
 * Shapes    output, targets, outputGrad: [rows, columns].
 * Writes    outputGrad (overwritten).
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1.
 * Numerics  as softmaxCrossEntropyForward.
 */
export function softmaxCrossEntropyBackward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const columns = args.columns;
  const scale = args.result.scale;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.output | args.targets | args.outputGrad), "blocks start on 16 bytes");
  let output = rowAt<T>(args.output, begin, columns);
  let targets = rowAt<T>(args.targets, begin, columns);
  let outputGrad = rowAt<T>(args.outputGrad, begin, columns);
  const factor = splat<T>(scale);
  const rowBytes = <usize>columns * sizeof<T>();
  const rest = columns & (laneCount<T>() - 1);
  for (let row = begin; row < end; row++) {
    const sum = storeExponentials<T>(output, outputGrad, columns);
    const ratio = splat<T>(sumTargets<T>(targets, columns) / sum);
    const end = outputGrad + <usize>(columns & -laneCount<T>()) * sizeof<T>();
    while (outputGrad < end) {
      gradientLanes<T>(outputGrad, v128.load(targets), laneCount<T>(), ratio, factor);
      outputGrad += 16;
      targets += 16;
    }
    if (rest) {
      gradientLanes<T>(outputGrad, loadPart<T>(targets, rest), rest, ratio, factor);
      outputGrad += <usize>rest * sizeof<T>();
      targets += <usize>rest * sizeof<T>();
    }
    output += rowBytes;
  }
}

/** @inline The offset of the class at `target` in its row, in bytes. */
function classOffset<T extends number>(target: usize, columns: i32): usize {
  const number = <i32>load<T>(target);
  assert(<T>number == load<T>(target) && <u32>number < <u32>columns, "a class must be a column's number");
  return <usize>number * sizeof<T>();
}

/**
 * result.sum = Σ over rows of -log softmax(output) at the row's class.
 *
 * Shapes    output: [rows, columns], logits; targets: [rows], class numbers stored as T.
 * Writes    result.sum.
 * Range     one unit: the sum has one order.
 * Requires  every block on 16 bytes; rows, columns >= 1; every class a whole number from 0 to columns - 1.
 * Numerics  the same bits as softmaxCrossEntropyForward of the one-hot rows.
 */
export function sparseSoftmaxCrossEntropyForward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const rows = rowsOf(args);
  const columns = args.columns;
  let output = args.output;
  let targets = args.targets;
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const maximum = rowMaximum<T>(output, columns);
    const logSum = <T>logSumExponentials<T>(output, columns, v128.splat<T>(maximum));
    total += <f64>(logSum - (load<T>(output + classOffset<T>(targets, columns)) - maximum));
    output += rowBytes;
    targets += sizeof<T>();
  }
  args.result.sum = total;
}

/**
 * outputGrad = scale · softmax(output), less scale at the row's class.
 *
 * Shapes    output, outputGrad: [rows, columns]; targets: [rows], class numbers stored as T.
 * Writes    outputGrad (overwritten).
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1; every class a whole number from 0 to columns - 1.
 * Numerics  the same bits as softmaxCrossEntropyBackward of the one-hot rows.
 */
export function sparseSoftmaxCrossEntropyBackward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const columns = args.columns;
  const scale = args.result.scale;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.output | args.targets | args.outputGrad), "blocks start on 16 bytes");
  let output = rowAt<T>(args.output, begin, columns);
  let targets = rowAt<T>(args.targets, begin, 1);
  let outputGrad = rowAt<T>(args.outputGrad, begin, columns);
  const factor = splat<T>(scale);
  const zero = splat<T>(0);
  const rowBytes = <usize>columns * sizeof<T>();
  const rest = columns & (laneCount<T>() - 1);
  for (let row = begin; row < end; row++) {
    const ratio = <T>(1 / storeExponentials<T>(output, outputGrad, columns));
    const correct = outputGrad + classOffset<T>(targets, columns);
    const correctGrad = (load<T>(correct) * ratio - <T>1) * <T>scale;
    const end = outputGrad + <usize>(columns & -laneCount<T>()) * sizeof<T>();
    while (outputGrad < end) {
      gradientLanes<T>(outputGrad, zero, laneCount<T>(), v128.splat<T>(ratio), factor);
      outputGrad += 16;
    }
    if (rest) {
      gradientLanes<T>(outputGrad, zero, rest, v128.splat<T>(ratio), factor);
      outputGrad += <usize>rest * sizeof<T>();
    }
    store<T>(correct, correctGrad);
    output += rowBytes;
    targets += sizeof<T>();
  }
}
