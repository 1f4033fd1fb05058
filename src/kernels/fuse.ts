/**
 * Relaxed arithmetic: in the products of a family, multiplications and additions become fused ones, where a sum is rounded
 * once. That takes no second build, as an instruction is three bytes long in either. The build has checked that all bytes that
 * change are instructions (scripts/wasm.mjs).
 */

import type { Products } from "../../build/kernels.js";

const [vector, nop] = [0xfd, 0x01];

/**
 * Changes the bytes of a module: `a b multiply sum add` (addProduct in assembly/vector/lanes.ts) becomes `a b nop sum fused`,
 * which leaves the same on the stack whatever lies between.
 */
export function fuse(bytes: Uint8Array, { bodies, multiply, add, fused }: Products): void {
  for (const [start, end] of bodies) {
    for (let at = start; at < end - 2; at++) {
      // Both numbers end with a byte of 1, that of the fused one with 2.
      if (bytes[at] !== vector || bytes[at + 2] !== 1) continue;
      if (bytes[at + 1] === multiply) bytes.fill(nop, at, at + 3);
      else if (bytes[at + 1] === add) bytes.set([fused, 2], at + 1);
    }
  }
}
