/**
 * The preparation of a batch's targets and weights for the loss: smoothed labels, and weights of examples and classes.
 * targets, output: [rows, columns] of T; exampleWeights [rows] and classWeights of T, or 0 for weights of 1; a row may start
 * at any multiple of an element's size. The cross-entropies of whole rows are linear in their targets, so their targets
 * contain the weights; all other losses take the weights separately.
 */
import { addLanes, isAligned, laneCount, loadLanes, splat, storeLanes, totalOf } from "../vector/lanes";

/** @inline The element at `address`, or 1 for no address. */
function weightAt<T extends number>(address: usize): T {
  return address ? load<T>(address) : <T>1;
}

/**
 * output = exampleWeight · classWeight · (target·(1 - smoothing) + smoothing / columns).
 *
 * Shapes    targets, output: [rows, columns], one-hot or soft; classWeights (0 for none): [columns]; exampleWeights (0 for
 *           none): [rows].
 * Writes    output (overwritten). May be targets.
 * Requires  every block on 16 bytes; rows, columns >= 1; 0 <= smoothing < 1.
 * Numerics  without smoothing and weights, output is targets. NaN and infinities come through.
 * Source    PyTorch's CrossEntropyLoss with weight and label_smoothing.
 * Returns   Σ exampleWeight · classWeight · target, in f64: what the loss is a mean over.
 */
export function classTargets<T extends number>(
  targets: usize,
  classWeights: usize,
  exampleWeights: usize,
  output: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
): f64 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(targets | classWeights | exampleWeights | output), "blocks start on 16 bytes");
  const kept = splat<T>(1 - smoothing);
  const added = splat<T>(smoothing / <f64>columns);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const exampleWeight = weightAt<T>(exampleWeights);
    if (exampleWeights) exampleWeights += sizeof<T>();
    let classWeight = classWeights;
    let sum = f64x2.splat(0);
    for (let rest = columns; rest > 0; rest -= laneCount<T>()) {
      const lanes = min(rest, laneCount<T>());
      const target = loadLanes<T>(targets, lanes);
      let weights = v128.splat<T>(exampleWeight);
      if (classWeight) {
        weights = v128.mul<T>(weights, loadLanes<T>(classWeight, lanes));
        classWeight += 16;
      }
      sum = addLanes<T>(sum, v128.mul<T>(target, weights));
      const smoothed = v128.add<T>(v128.mul<T>(target, kept), added);
      storeLanes<T>(output, v128.mul<T>(smoothed, weights), lanes);
      targets += <usize>lanes * sizeof<T>();
      output += <usize>lanes * sizeof<T>();
    }
    total += totalOf(sum);
  }
  return total;
}

/**
 * classTargets of the one-hot rows of class numbers.
 *
 * Shapes    targets: [rows], class numbers stored as T; output: [rows, columns]; classWeights (0 for none): [columns];
 *           exampleWeights (0 for none): [rows].
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1; every class a whole number from 0 to columns - 1; 0 <= smoothing < 1.
 * Returns   as classTargets.
 */
export function classNumberTargets<T extends number>(
  targets: usize,
  classWeights: usize,
  exampleWeights: usize,
  output: usize,
  rows: i32,
  columns: i32,
  smoothing: f64,
): f64 {
  assert(isAligned(targets), "blocks start on 16 bytes");
  let to = output;
  for (let row = 0; row < rows; row++) {
    const number = <i32>load<T>(targets);
    assert(<T>number == load<T>(targets) && <u32>number < <u32>columns, "a class must be a column's number");
    for (let column = 0; column < columns; column++) {
      store<T>(to, column == number ? <T>1 : <T>0);
      to += sizeof<T>();
    }
    targets += sizeof<T>();
  }
  return classTargets<T>(output, classWeights, exampleWeights, output, rows, columns, smoothing);
}

/**
 * output = exampleWeight · (weight of 0 · (1 - target) + weight of 1 · target).
 *
 * Shapes    targets, output: [rows, columns]; classWeights (0 for none): the weight of 0, that of 1; exampleWeights (0 for
 *           none): [rows].
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  without class weights, targets are not looked at.
 * Returns   Σ output, in f64: what the loss is a mean over.
 */
export function elementWeights<T extends number>(
  targets: usize,
  classWeights: usize,
  exampleWeights: usize,
  output: usize,
  rows: i32,
  columns: i32,
): f64 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(targets | classWeights | exampleWeights | output), "blocks start on 16 bytes");
  const one = splat<T>(1);
  const weightOf0 = v128.splat<T>(weightAt<T>(classWeights));
  const weightOf1 = v128.splat<T>(weightAt<T>(classWeights ? classWeights + sizeof<T>() : 0));
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const exampleWeight = v128.splat<T>(weightAt<T>(exampleWeights));
    if (exampleWeights) exampleWeights += sizeof<T>();
    let sum = f64x2.splat(0);
    for (let rest = columns; rest > 0; rest -= laneCount<T>()) {
      const lanes = min(rest, laneCount<T>());
      let weights = exampleWeight;
      if (classWeights) {
        const target = loadLanes<T>(targets, lanes);
        const below = v128.mul<T>(weightOf0, v128.sub<T>(one, target));
        weights = v128.mul<T>(weights, v128.add<T>(below, v128.mul<T>(weightOf1, target)));
      }
      storeLanes<T>(output, weights, lanes);
      // Read back, the lanes beyond the row are zero.
      sum = addLanes<T>(sum, loadLanes<T>(output, lanes));
      targets += <usize>lanes * sizeof<T>();
      output += <usize>lanes * sizeof<T>();
    }
    total += totalOf(sum);
  }
  return total;
}

/**
 * output = target·(1 - smoothing) + smoothing / 2.
 *
 * Shapes    targets, output: [count].
 * Writes    output (overwritten). May be targets.
 * Requires  both blocks on 16 bytes; count >= 1; 0 <= smoothing < 1.
 * Numerics  NaN and infinities come through.
 * Source    Keras's BinaryCrossentropy with label_smoothing.
 */
export function binaryTargets<T extends number>(targets: usize, output: usize, count: i32, smoothing: f64): void {
  assert(count > 0, "count must be positive");
  assert(isAligned(targets | output), "blocks start on 16 bytes");
  const kept = splat<T>(1 - smoothing);
  const added = splat<T>(smoothing * 0.5);
  for (let rest = count; rest > 0; rest -= laneCount<T>()) {
    const lanes = min(rest, laneCount<T>());
    storeLanes<T>(output, v128.add<T>(v128.mul<T>(loadLanes<T>(targets, lanes), kept), added), lanes);
    targets += 16;
    output += 16;
  }
}
