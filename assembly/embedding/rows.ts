/**
 * Rows of a table: which one a token is, which ones are marked, and sums of them.
 *
 * The marks of a table are a byte a row: not 0 where the row's gradient may be other than 0. So clearing the gradient, and updates that
 * change nothing without one, touch these rows alone.
 */
import { laneCount, splat, storeLanes } from "../vector/lanes";

/** @inline Returns the row of a table of `count` rows that the number at `address` says, or -1 if it is no whole number below `count`. */
export function tokenAt<T extends number>(address: usize, count: i32): i32 {
  const token = load<T>(address);
  // Written so that NaN is none, either.
  if (!(token >= <T>0 && token < <T>count)) return -1;
  const row = <i32>token;
  return <T>row == token ? row : -1;
}

/**
 * Returns the first marked row from `row` on and before `end`; `end` if there is none.
 *
 * Requires  `marks` on 8 bytes, in a block that goes on to a multiple of 8 bytes, whatever lies there.
 */
export function nextMarked(marks: usize, row: i32, end: i32): i32 {
  // Eight marks at once: a branch for each would often be predicted wrongly.
  while (row < end) {
    const left = load<u64>(marks + <usize>(row & -8)) >> ((<u64>(row & 7)) << 3);
    if (left) return min(row + (<i32>ctz(left) >> 3), end);
    row = (row | 7) + 1;
  }
  return end;
}

/** Marks all of `rows` rows of a table. Does nothing if `marks` is 0, for no table. */
export function markAll(marks: usize, rows: i32): void {
  if (marks) memory.fill(marks, 1, <usize>rows);
}

/** @inline Clears `count` elements, by vectors: a row is too short for the call of memory.fill. */
export function clearElements<T extends number>(address: usize, count: i32): void {
  const zero = splat<T>(0);
  const end = address + <usize>(count & -laneCount<T>()) * sizeof<T>();
  for (; address < end; address += 16) v128.store(address, zero);
  const rest = count & (laneCount<T>() - 1);
  if (rest) storeLanes<T>(address, zero, rest);
}
