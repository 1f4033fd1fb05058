/** Loops over the elements of one step, of any number and on an element's address. */
import { laneCount, loadPart, storeLanes, storePart } from "../vector/lanes";

/** output = a · b, element by element; `output` may be `a` or `b`. */
export function multiplyTo<T extends number>(a: usize, b: usize, output: usize, count: i32): void {
  const end = output + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (output < end) {
    v128.store(output, v128.mul<T>(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    output += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storePart<T>(output, v128.mul<T>(loadPart<T>(a, rest), loadPart<T>(b, rest)), rest);
}

/** @inline Writes a vector to two places. */
export function storeBoth<T extends number>(address: usize, other: usize, vector: v128, lanes: i32): void {
  storeLanes<T>(address, vector, lanes);
  storeLanes<T>(other, vector, lanes);
}
