/**
 * The vocabulary of every kernel: a 128-bit vector of T, which is f32 (four lanes) or f64 (two lanes).
 */

/** @inline Lanes of one vector of T: 4 for f32, 2 for f64. */
export function laneCount<T extends number>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** @inline A vector whose lanes all hold `value`, rounded to T. */
export function splat<T extends number>(value: f64): v128 {
  return v128.splat<T>(<T>value);
}

/**
 * @inline The first `count` elements at `address`, the other lanes zero; reads nothing beyond them.
 *
 * Requires  0 < count < laneCount<T>().
 */
export function loadPart<T extends number>(address: usize, count: i32): v128 {
  let vector = v128.splat<T>(<T>0);
  vector = v128.replace_lane<T>(vector, 0, load<T>(address));
  if (sizeof<T>() == 4) {
    if (count > 1) vector = v128.replace_lane<T>(vector, 1, load<T>(address, sizeof<T>()));
    if (count > 2) vector = v128.replace_lane<T>(vector, 2, load<T>(address, 2 * sizeof<T>()));
  }
  return vector;
}

/** @inline Writes the first `count` lanes to `address` and nothing beyond them; 0 < count < laneCount<T>(). */
export function storePart<T extends number>(address: usize, vector: v128, count: i32): void {
  store<T>(address, v128.extract_lane<T>(vector, 0));
  if (sizeof<T>() == 4) {
    if (count > 1) store<T>(address, v128.extract_lane<T>(vector, 1), sizeof<T>());
    if (count > 2) store<T>(address, v128.extract_lane<T>(vector, 2), 2 * sizeof<T>());
  }
}
