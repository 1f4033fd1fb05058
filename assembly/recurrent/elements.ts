/** Loops over the elements of one step, of any number and on an element's address. */
import { laneCount, loadLanes, storeLanes } from "../vector/lanes";

/** sum += values, `count` elements. */
export function addTo<T extends number>(values: usize, sum: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    storeLanes<T>(sum, v128.add<T>(loadLanes<T>(sum, lanes), loadLanes<T>(values, lanes)), lanes);
    values += 16;
    sum += 16;
  }
}

/** output = a · b, element by element; `output` may be `a` or `b`. */
export function multiplyTo<T extends number>(a: usize, b: usize, output: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    storeLanes<T>(output, v128.mul<T>(loadLanes<T>(a, lanes), loadLanes<T>(b, lanes)), lanes);
    a += 16;
    b += 16;
    output += 16;
  }
}

/** @inline Writes a vector to two places. */
export function storeBoth<T extends number>(address: usize, other: usize, vector: v128, lanes: i32): void {
  storeLanes<T>(address, vector, lanes);
  storeLanes<T>(other, vector, lanes);
}
