/** Blocks of queries: only their scores are alive, a row for each query, one behind the other in the working space. */

import { panelDepth, panelStep } from "../products/panel";
import { packedProductAlongRows } from "../program/coreImports";
import { panelCount } from "./packing";

/** Queries of a block. */
export const blockRows: i32 = 32;

/** @inline Bytes from a row of scores to the next: an odd number of lines, so that rows fall into all sets of the cache. */
export function scoreRowBytes<T extends number>(keys: i32): usize {
  return <usize>(panelCount<T>(keys) | 1) * panelStep;
}

/** @inline What a vector of scores is multiplied by: 1 / √keyUnits. */
export function scaleOf<T extends number>(keyUnits: i32): v128 {
  return v128.splat<T>(<T>(1 / sqrt<f64>(keyUnits)));
}

/** @inline Returns how many keys the query at `step` sees. */
export function visibleKeys(step: i32, keys: i32, isCausal: i32): i32 {
  return isCausal ? min(step + 1, keys) : keys;
}

/** output = a · B, where a row of `a` is one of a head's, and B is packed by packTransposed: a number for each of `keys` keys. */
export function productByKey(
  a: usize,
  aRow: usize,
  panels: usize,
  keyUnits: i32,
  output: usize,
  outputRow: usize,
  rows: i32,
  keys: i32,
): void {
  const panelBytes = <usize>keyUnits * panelStep;
  packedProductAlongRows(a, aRow, panels, panelBytes, keyUnits, output, outputRow, rows, keys, false, panelDepth);
}
