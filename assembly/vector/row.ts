/**
 * The maximum of one row and where it stands: what the class losses and the metrics share.
 * A row has `columns` >= 1 elements; rows lie one behind the other, so a row may start at any multiple of its elements' size.
 */
import { laneCount, loadPart, partMask, splat } from "./lanes";

/** @inline The `count` elements at `address`, the other lanes -Infinity, which no maximum prefers. */
function loadPartBelow<T extends number>(address: usize, count: i32): v128 {
  return v128.bitselect(loadPart<T>(address, count), splat<T>(-Infinity), partMask<T>(count));
}

/** The largest element of a row; NaN if there is one. */
export function rowMaximum<T extends number>(row: usize, columns: i32): T {
  let largest = splat<T>(-Infinity);
  const end = row + <usize>(columns & -laneCount<T>()) * sizeof<T>();
  while (row < end) {
    largest = v128.max<T>(largest, v128.load(row));
    row += 16;
  }
  const rest = columns & (laneCount<T>() - 1);
  if (rest) largest = v128.max<T>(largest, loadPartBelow<T>(row, rest));
  const first = max<T>(v128.extract_lane<T>(largest, 0), v128.extract_lane<T>(largest, 1));
  if (sizeof<T>() == 8) return first;
  return max<T>(first, max<T>(v128.extract_lane<T>(largest, 2), v128.extract_lane<T>(largest, 3)));
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
