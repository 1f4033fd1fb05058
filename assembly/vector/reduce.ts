/**
 * Sums, norms and searches over one block of elements.
 */
import { isAligned, laneCount } from "./lanes";
import { Identity, Square, sumOf } from "./sum";

/**
 * Σ elements, as f64.
 *
 * Shapes    block: [count], T.
 * Requires  the block on 16 bytes; count >= 1.
 * Numerics  f64 sums in an order fixed by count alone, so the same bits everywhere. NaN and infinities come through.
 */
export function sum<T extends number>(address: usize, count: i32): f64 {
  assert(isAligned(address), "blocks start on 16 bytes");
  return sumOf<T, Identity>(address, count, 0);
}

/**
 * √Σ element², as f64.
 *
 * Shapes    block: [count], T.
 * Requires  the block on 16 bytes; count >= 1.
 * Numerics  as `sum`. The squares are f64 unscaled: f32 cannot overflow, f64 does when the sum of squares does.
 */
export function norm<T extends number>(address: usize, count: i32): f64 {
  assert(isAligned(address), "blocks start on 16 bytes");
  return sqrt<f64>(sumOf<T, Square>(address, count, 0));
}

/** @inline 0 in the lanes that are finite, NaN in the others. */
function mark<T extends number>(x: v128): v128 {
  return v128.sub<T>(x, x);
}

/**
 * The index of the first NaN or infinity; count if there is none.
 *
 * Shapes    block: [count], T.
 * Requires  the block on 16 bytes; count >= 1.
 */
export function firstNonFinite<T extends number>(address: usize, count: i32): i32 {
  assert(count > 0, "count must be positive");
  assert(isAligned(address), "blocks start on 16 bytes");
  let index = 0;
  for (const blockLanes = 4 * laneCount<T>(); index + blockLanes <= count; index += blockLanes) {
    const marks01 = v128.add<T>(mark<T>(v128.load(address)), mark<T>(v128.load(address, 16)));
    const marks23 = v128.add<T>(mark<T>(v128.load(address, 32)), mark<T>(v128.load(address, 48)));
    const marks = v128.add<T>(marks01, marks23);
    if (v128.any_true(v128.ne<T>(marks, marks))) break;
    address += 64;
  }
  while (index < count) {
    const x = load<T>(address);
    if (x - x != 0) break;
    address += sizeof<T>();
    index++;
  }
  return index;
}
