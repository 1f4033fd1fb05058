import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { core } from "../../build/core.js";
import { training } from "../../build/training.js";
import { fuse } from "../../src/kernels/fuse.ts";

// Node 20 has relaxed SIMD only behind a flag.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

test.each([
  ["float32", [0xfd, 0xe6, 0x01], [0xfd, 0xe4, 0x01], [0xfd, 0x85, 0x02]],
  ["float64", [0xfd, 0xf2, 0x01], [0xfd, 0xf0, 0x01], [0xfd, 0x87, 0x02]],
] as const)(
  "in the products of %s, nothing and a fused one for each multiplication and addition, and nowhere else",
  (dtype, multiply, add, fused) => {
    for (const { name, products: all } of [core, training]) {
      const bytes = readFileSync(`build/${name}${dtype.slice(-2)}.wasm`);
      const changed = Uint8Array.from(bytes);
      const products = all![dtype]!;
      fuse(changed, products);
      const count = (from: Uint8Array, instruction: readonly number[]) =>
        products.bodies.reduce((sum, [start, end]) => {
          const text = Buffer.from(from.subarray(start, end)).toString("latin1");
          return sum + text.split(String.fromCharCode(...instruction)).length - 1;
        }, 0);
      const expected = count(bytes, multiply);
      expect(expected).toBeGreaterThan(400);
      expect([count(bytes, add), count(bytes, fused)]).toEqual([expected, 0]);
      expect([count(changed, multiply), count(changed, add), count(changed, fused)]).toEqual([0, 0, expected]);
      expect(WebAssembly.validate(changed)).toBe(true);
      const isProduct = (at: number) => products.bodies.some(([start, end]) => start <= at && at < end);
      expect(changed.findIndex((byte, at) => byte !== bytes[at] && !isProduct(at))).toBe(-1);
    }
  },
);
