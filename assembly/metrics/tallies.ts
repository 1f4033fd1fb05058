/**
 * Counts and sums that metrics are made of. Rows are examples; output is [rows, columns] of T. Those that add to a block
 * add to f64, whatever T is, which their caller keeps from batch to batch.
 */
import { isAligned, laneCount, loadDoubles, loadLanes, loadPart, splat, storeLanes } from "../vector/lanes";
import { rowArgmax } from "../vector/row";

/** @inline The class of a row of targets: the number that it is, or the column of the largest of several. */
function classOf<T extends number>(targets: usize, columns: i32): i32 {
  return columns == 1 ? <i32>load<T>(targets) : rowArgmax<T>(targets, columns);
}

/** @inline What every kernel that counts classes requires. */
function checkClasses(blocks: usize, rows: i32, columns: i32, targetColumns: i32): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(targetColumns == 1 || targetColumns == columns, "targets are class numbers or rows as wide as the output");
  assert(isAligned(blocks), "blocks start on 16 bytes");
}

/**
 * The number of rows whose largest output stands at the row's class.
 *
 * Shapes    output: [rows, columns]; targets: [rows, targetColumns]: class numbers stored as T, or rows whose largest is
 *           the class.
 * Requires  both blocks on 16 bytes; rows, columns >= 1; targetColumns 1 or columns.
 * Numerics  the first of equals counts on both sides; NaN counts as the largest.
 */
export function correctClasses<T extends number>(
  output: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  targetColumns: i32,
): i32 {
  checkClasses(output | targets, rows, columns, targetColumns);
  const rowBytes = <usize>columns * sizeof<T>();
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    correct += i32(rowArgmax<T>(output, columns) == classOf<T>(targets, targetColumns));
    output += rowBytes;
    targets += <usize>targetColumns * sizeof<T>();
  }
  return correct;
}

/** @inline A bit for each lane of a mask. */
function bitsOf<T extends number>(mask: v128): i32 {
  return sizeof<T>() == 4 ? i32x4.bitmask(mask) : i64x2.bitmask(mask);
}

/** Counts the elements of a row that come before that of `column`: the largest first, the first of equals first, NaN before all. */
function rankOf<T extends number>(row: usize, columns: i32, column: i32): i32 {
  const own = v128.load_splat<T>(row + <usize>column * sizeof<T>());
  const isNumber = v128.eq<T>(own, own);
  let rank = 0;
  for (let first = 0; first < columns; first += laneCount<T>()) {
    const lanes = min(columns - first, laneCount<T>());
    const lanesBefore = max(0, min(column - first, lanes));
    const x = loadLanes<T>(row, lanes);
    const isAbove = v128.andnot(isNumber, v128.le<T>(x, own));
    const isSame = v128.or(v128.eq<T>(x, own), v128.not(v128.or(v128.eq<T>(x, x), isNumber)));
    const above = bitsOf<T>(isAbove) & ((1 << lanes) - 1);
    rank += popcnt<i32>(above | (bitsOf<T>(isSame) & ((1 << lanesBefore) - 1)));
    row += 16;
  }
  return rank;
}

/**
 * The number of rows whose class is among the `most` largest outputs.
 *
 * Shapes    as correctClasses.
 * Requires  as correctClasses; every class is a column; most >= 1.
 * Numerics  as correctClasses, of which this is the count for most = 1.
 */
export function correctTopClasses<T extends number>(
  output: usize,
  targets: usize,
  rows: i32,
  columns: i32,
  targetColumns: i32,
  most: i32,
): i32 {
  checkClasses(output | targets, rows, columns, targetColumns);
  assert(most > 0, "most must be positive");
  const rowBytes = <usize>columns * sizeof<T>();
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const chosen = classOf<T>(targets, targetColumns);
    assert(<u32>chosen < <u32>columns, "every class is a column");
    correct += i32(rankOf<T>(output, columns, chosen) < most);
    output += rowBytes;
    targets += <usize>targetColumns * sizeof<T>();
  }
  return correct;
}

/** @inline One more at `counts[index]`. */
function countOne(counts: usize, index: i32): void {
  const count = counts + <usize>index * sizeof<f64>();
  store<f64>(count, load<f64>(count) + 1);
}

/**
 * counts[class, predicted] += the number of rows of that class whose largest output stands at `predicted`.
 *
 * Shapes    output, targets: as correctClasses; counts: [columns, columns], f64.
 * Writes    counts (accumulates).
 * Requires  every block on 16 bytes; otherwise as correctTopClasses.
 * Numerics  ties and NaN as in correctClasses; exact up to 2^53.
 */
export function confusionAccumulate<T extends number>(
  output: usize,
  targets: usize,
  counts: usize,
  rows: i32,
  columns: i32,
  targetColumns: i32,
): void {
  checkClasses(output | targets | counts, rows, columns, targetColumns);
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const chosen = classOf<T>(targets, targetColumns);
    assert(<u32>chosen < <u32>columns, "every class is a column");
    countOne(counts, chosen * columns + rowArgmax<T>(output, columns));
    output += rowBytes;
    targets += <usize>targetColumns * sizeof<T>();
  }
}

/**
 * Adds to the counts of each class: rows of it that are predicted as it, rows predicted as it, rows of it. They are what
 * the diagonal, the columns and the rows of the confusion matrix sum to, without the matrix.
 *
 * Shapes    output, targets: as correctClasses; counts: [3, columns], f64.
 * Writes    counts (accumulates).
 * Requires  as confusionAccumulate.
 * Numerics  as confusionAccumulate.
 */
export function classCountsAccumulate<T extends number>(
  output: usize,
  targets: usize,
  counts: usize,
  rows: i32,
  columns: i32,
  targetColumns: i32,
): void {
  checkClasses(output | targets | counts, rows, columns, targetColumns);
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const chosen = classOf<T>(targets, targetColumns);
    assert(<u32>chosen < <u32>columns, "every class is a column");
    const predicted = rowArgmax<T>(output, columns);
    if (chosen == predicted) countOne(counts, chosen);
    countOne(counts, columns + predicted);
    countOne(counts, 2 * columns + chosen);
    output += rowBytes;
    targets += <usize>targetColumns * sizeof<T>();
  }
}

/** @inline A bit for each lane in which output and target lie on different sides. */
function disagreements<T extends number>(output: v128, target: v128, threshold: v128): i32 {
  return bitsOf<T>(v128.xor(v128.gt<T>(output, threshold), v128.gt<T>(target, splat<T>(0.5))));
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

/** @inline count - the lanes of a mask, which are 0 or -1. */
function subtractMask<T extends number>(count: v128, mask: v128): v128 {
  return sizeof<T>() == 4 ? v128.sub<i32>(count, mask) : v128.sub<i64>(count, mask);
}

/** @inline Adds the first `lanes` lanes, which are whole numbers as wide as T, to f64 counts. */
function addCounts<T extends number>(counts: usize, added: v128, lanes: i32): void {
  for (let lane = 0; lane < 4; lane++) {
    // @unroll
    if (lane < 2 || sizeof<T>() == 4) {
      if (lane < lanes) {
        const count =
          sizeof<T>() == 4 ? v128.extract_lane<i32>(added, <u8>lane) : v128.extract_lane<i64>(added, <u8>lane);
        const place = counts + lane * sizeof<f64>();
        store<f64>(place, load<f64>(place) + <f64>count);
      }
    }
  }
}

/**
 * Adds to the counts of each column: rows above on both sides, rows whose output is above, rows whose target is.
 *
 * Shapes    output, targets: [rows, columns]; counts: [3, columns], f64.
 * Writes    counts (accumulates).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  above as in correctBinary: output > threshold, target > 0.5. Exact up to 2^53.
 */
export function binaryCountsAccumulate<T extends number>(
  output: usize,
  targets: usize,
  counts: usize,
  rows: i32,
  columns: i32,
  threshold: f64,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets | counts), "blocks start on 16 bytes");
  const thresholds = splat<T>(threshold);
  const halves = splat<T>(0.5);
  const countBytes = <usize>columns * sizeof<f64>();
  for (let column = 0; column < columns; column += laneCount<T>()) {
    const lanes = min(columns - column, laneCount<T>());
    let both = i64x2.splat(0);
    let predicted = i64x2.splat(0);
    let actual = i64x2.splat(0);
    let place = <usize>column * sizeof<T>();
    for (let row = 0; row < rows; row++) {
      const isPredicted = v128.gt<T>(loadLanes<T>(output + place, lanes), thresholds);
      const isActual = v128.gt<T>(loadLanes<T>(targets + place, lanes), halves);
      both = subtractMask<T>(both, v128.and(isPredicted, isActual));
      predicted = subtractMask<T>(predicted, isPredicted);
      actual = subtractMask<T>(actual, isActual);
      place += <usize>columns * sizeof<T>();
    }
    const count = counts + <usize>column * sizeof<f64>();
    addCounts<T>(count, both, lanes);
    addCounts<T>(count + countBytes, predicted, lanes);
    addCounts<T>(count + 2 * countBytes, actual, lanes);
  }
}

/** @inline Adds the first `lanes` lanes to the f64 at `address`. */
function addDoubles(address: usize, added: v128, lanes: i32): void {
  storeLanes<f64>(address, f64x2.add(loadLanes<f64>(address, lanes), added), lanes);
}

/**
 * Adds rows to what is known of each column: the first target, the mean of target - first, Σ (target - their mean)²,
 * Σ (output - target)².
 *
 * Shapes    output, targets: [rows, columns]; deviations: [4, columns], f64, zeros before the first row.
 * Writes    deviations (accumulates).
 * Requires  every block on 16 bytes; rows, columns >= 1; `seen` rows have been added before.
 * Numerics  in f64, one row after the other, so the bits do not depend on how rows are divided into calls; no
 *           cancellation where the mean is far from 0, or the first row far from it. NaN and infinities come through.
 * Source    Welford 1962.
 */
export function deviationsAccumulate<T extends number>(
  output: usize,
  targets: usize,
  deviations: usize,
  rows: i32,
  columns: i32,
  seen: f64,
): void {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(output | targets | deviations), "blocks start on 16 bytes");
  const columnBytes = <usize>columns * sizeof<f64>();
  for (let row = 0; row < rows; row++) {
    const count = seen + <f64>row + 1;
    let place = deviations;
    for (let column = 0; column < columns; column += 2) {
      const lanes = min(columns - column, 2);
      const target = loadDoubles<T>(targets, lanes);
      if (count == 1) storeLanes<f64>(place, target, lanes);
      const error = f64x2.sub(loadDoubles<T>(output, lanes), target);
      const shifted = f64x2.sub(target, loadLanes<f64>(place, lanes));
      const mean = loadLanes<f64>(place + columnBytes, lanes);
      const deviation = f64x2.sub(shifted, mean);
      const newMean = f64x2.add(mean, f64x2.div(deviation, f64x2.splat(count)));
      storeLanes<f64>(place + columnBytes, newMean, lanes);
      addDoubles(place + 2 * columnBytes, f64x2.mul(deviation, f64x2.sub(shifted, newMean)), lanes);
      addDoubles(place + 3 * columnBytes, f64x2.mul(error, error), lanes);
      output += lanes * sizeof<T>();
      targets += lanes * sizeof<T>();
      place += 16;
    }
  }
}
