/**
 * Counts of right predictions, from which accuracies are made. Rows are examples; output is [rows, columns] of T.
 */
import { isAligned, laneCount, loadPart, splat } from "./lanes";
import { rowArgmax } from "./row";

/**
 * The number of rows whose largest output stands at the row's class.
 *
 * Shapes    output: [rows, columns]; targets: [rows], class numbers stored as T.
 * Requires  both blocks on 16 bytes; rows, columns >= 1.
 * Numerics  the first of equal outputs is the prediction; a row with NaN predicts its first NaN.
 */
export function correctClasses<T extends number>(output: usize, targets: usize, rows: i32, columns: i32): i32 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    correct += i32(<T>rowArgmax<T>(output, columns) == load<T>(targets));
    output += rowBytes;
    targets += sizeof<T>();
  }
  return correct;
}

/**
 * The number of rows whose largest output stands where the largest target stands.
 *
 * Shapes    output, targets: [rows, columns].
 * Requires  both blocks on 16 bytes; rows, columns >= 1.
 * Numerics  the first of equals counts on both sides; NaN counts as the largest.
 */
export function correctOneHot<T extends number>(output: usize, targets: usize, rows: i32, columns: i32): i32 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    correct += i32(rowArgmax<T>(output, columns) == rowArgmax<T>(targets, columns));
    output += rowBytes;
    targets += rowBytes;
  }
  return correct;
}

/** @inline A bit for each lane in which output and target lie on different sides. */
function disagreements<T extends number>(output: v128, target: v128, threshold: v128): i32 {
  const differs = v128.xor(v128.gt<T>(output, threshold), v128.gt<T>(target, splat<T>(0.5)));
  return sizeof<T>() == 4 ? i32x4.bitmask(differs) : i64x2.bitmask(differs);
}

/**
 * The number of elements with (output > threshold) == (target > 0.5).
 *
 * Shapes    output, targets: [count].
 * Requires  both blocks on 16 bytes; count >= 1.
 * Numerics  threshold is rounded to T. NaN is not greater than anything, so it is a 0.
 */
export function correctBinary<T extends number>(output: usize, targets: usize, count: i32, threshold: f64): i32 {
  assert(count > 0, "count must be positive");
  assert(isAligned(output | targets), "blocks start on 16 bytes");
  const thresholds = splat<T>(threshold);
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let wrong = 0;
  while (output < end) {
    wrong += popcnt<i32>(disagreements<T>(v128.load(output), v128.load(targets), thresholds));
    output += 16;
    targets += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    const bits = disagreements<T>(loadPart<T>(output, rest), loadPart<T>(targets, rest), thresholds);
    wrong += popcnt<i32>(bits & ((1 << rest) - 1));
  }
  return count - wrong;
}
