/**
 * Relaxed arithmetic: in the products of a compiled core, multiplications and additions become fused ones, where a sum is rounded
 * once. That takes no second build of them, as an instruction is three bytes long in either.
 */

import { products } from "../../build/module.js";
import type { Dtype } from "./dtype.ts";

/** The last bytes of f32x4.mul, f32x4.add and f32x4.relaxed_madd, and those of f64x2. */
const instructions = {
  float32: { multiply: 0xe6, add: 0xe4, fused: 0x85 },
  float64: { multiply: 0xf2, add: 0xf0, fused: 0x87 },
};
const [vector, nop] = [0xfd, 0x01];

/**
 * Changes `core`, the bytes of the core for `dtype`: `a b multiply sum add` (assembly/vector/lanes.ts, addProduct) becomes
 * `a b nop sum fused`, which leaves the same on the stack whatever lies between.
 */
export function fuse(core: Uint8Array, dtype: Dtype): void {
  const { multiply, add, fused } = instructions[dtype];
  for (const [start, end] of products[dtype]) {
    for (let at = start; at < end - 2; at++) {
      // Both numbers end with a byte of 1, that of the fused one with 2.
      if (core[at] !== vector || core[at + 2] !== 1) continue;
      if (core[at + 1] === multiply) core.fill(nop, at, at + 3);
      else if (core[at + 1] === add) core.set([fused, 2], at + 1);
    }
  }
}
