/**
 * The maximum of one row and where it stands: what the class losses and the metrics share.
 * A row has `columns` >= 1 elements; rows lie one behind the other, so a row may start at any multiple of its elements' size.
 */
import { laneCount, loadPart, partMask, splat, swapHalves, swapNeighbours } from "./lanes";

/** @inline The `count` elements at `address`, the other lanes -Infinity, which no maximum prefers. */
function loadPartBelow<T extends number>(address: usize, count: i32): v128 {
  return v128.bitselect(loadPart<T>(address, count), splat<T>(-Infinity), partMask<T>(count));
}

/** The largest element of a row; NaN if there is one. */
export function rowMaximum<T extends number>(row: usize, columns: i32): T {
  // v128.max, which keeps NaN, is many instructions; pmax is one.
  let largest = splat<T>(-Infinity);
  let isUnordered = splat<T>(0);
  const end = row + <usize>(columns & -laneCount<T>()) * sizeof<T>();
  if (row + 32 <= end) {
    // Two chains, as one would wait for each comparison.
    let largest1 = largest;
    do {
      const x = v128.load(row);
      const x1 = v128.load(row, 16);
      largest = v128.pmax<T>(largest, x);
      largest1 = v128.pmax<T>(largest1, x1);
      isUnordered = v128.or(isUnordered, v128.or(v128.ne<T>(x, x), v128.ne<T>(x1, x1)));
      row += 32;
    } while (row + 32 <= end);
    largest = v128.pmax<T>(largest, largest1);
  }
  for (; row < end; row += 16) {
    const x = v128.load(row);
    largest = v128.pmax<T>(largest, x);
    isUnordered = v128.or(isUnordered, v128.ne<T>(x, x));
  }
  const rest = columns & (laneCount<T>() - 1);
  if (rest) {
    // Of a longer row, the last vector overlaps the one before.
    const x = columns < laneCount<T>() ? loadPartBelow<T>(row, rest) : v128.load(row + <usize>rest * sizeof<T>() - 16);
    largest = v128.pmax<T>(largest, x);
    isUnordered = v128.or(isUnordered, v128.ne<T>(x, x));
  }
  if (v128.any_true(isUnordered)) return <T>NaN;
  // Scalar maxima would branch on the numbers.
  largest = v128.pmax<T>(largest, swapHalves(largest));
  if (sizeof<T>() == 4) largest = v128.pmax<T>(largest, swapNeighbours(largest));
  return v128.extract_lane<T>(largest, 0);
}

/** The column of the first NaN, or else of the first of a row's largest elements. */
export function rowArgmax<T extends number>(row: usize, columns: i32): i32 {
  const largest = v128.splat<T>(rowMaximum<T>(row, columns));
  let column = -laneCount<T>();
  let found = 0;
  do {
    column += laneCount<T>();
    const rest = columns - column;
    const x = rest >= laneCount<T>() ? v128.load(row) : loadPartBelow<T>(row, rest);
    // Without a NaN in the row only the first half can hold, with one only the second.
    const isFound = v128.or(v128.eq<T>(x, largest), v128.ne<T>(x, x));
    found = sizeof<T>() == 4 ? i32x4.bitmask(isFound) : i64x2.bitmask(isFound);
    row += 16;
  } while (!found);
  return column + ctz<i32>(found);
}
