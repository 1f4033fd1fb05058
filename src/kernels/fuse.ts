/**
 * Relaxed arithmetic: in the products of a family, multiplications and additions become fused multiply-adds, which round a sum once. This
 * needs no second build, because both instructions are three bytes long. The build has checked that all patched bytes are instructions
 * (scripts/wasm.mjs).
 */

import type { Products } from "../../build/kernels.js";

const [vector, nop] = [0xfd, 0x01];

/**
 * Patches the bytes of a module: `a b multiply sum add` (addProduct in assembly/vector/lanes.ts) becomes `a b nop sum fused`. Both leave
 * one value on the stack, whatever instructions are in between.
 */
export function fuse(bytes: Uint8Array, { bodies, multiply, add, fused }: Products): void {
  for (const [start, end] of bodies) {
    for (let at = start; at < end - 2; at++) {
      // Both instructions end with a byte of 1, the fused one with a 2.
      if (bytes[at] !== vector || bytes[at + 2] !== 1) continue;
      if (bytes[at + 1] === multiply) bytes.fill(nop, at, at + 3);
      else if (bytes[at + 1] === add) bytes.set([fused, 2], at + 1);
    }
  }
}
