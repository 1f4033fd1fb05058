/** What the build reads of compiled modules (scripts/wasm.mjs), on modules made by hand and on the core. */
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { core } from "../build/core.js";

type Bodies = readonly (readonly [start: number, end: number])[];

const {
  bodiesOf,
  checkPatched,
  withoutNames,
}: {
  bodiesOf: (bytes: Buffer, pattern: RegExp) => Bodies;
  checkPatched: (bytes: Buffer, bodies: Bodies, patched: { multiply: number; add: number }) => void;
  withoutNames: (bytes: Buffer) => Buffer;
} = await import(new URL("../scripts/wasm.mjs", import.meta.url).href);

const products = /^assembly\/products\//;
/** Those of float32, the byte after 0xfd of each. */
const patched = { multiply: 0xe6, add: 0xe4 };

/** The binary of a module in text, with names. */
function binaryOf(text: string): Buffer {
  binaryen.setDebugInfo(true);
  const module = binaryen.parseText(`(module ${text})`);
  module.setFeatures(binaryen.Features.SIMD128);
  const bytes = Buffer.from(module.emitBinary());
  module.dispose();
  return bytes;
}

const product = (name: string) => `(func $${name} (param v128 v128 v128) (result v128)
  (f32x4.add (f32x4.mul (local.get 0) (local.get 1)) (local.get 2)))`;

/** A function of `type` that gives `expression`, between two that multiply and add. */
const moduleWith = (type: string, expression: string) =>
  binaryOf(`(memory 1) ${product("assembly/products/row/one")}
    (func $assembly/products/row/two (result ${type}) ${expression}) ${product("assembly/products/row/three")}`);

const count = (bytes: Buffer, bodies: Bodies, instruction: number) =>
  bodies.reduce((sum, [start, end]) => {
    const text = bytes.subarray(start, end).toString("latin1");
    return sum + text.split(String.fromCharCode(0xfd, instruction, 1)).length - 1;
  }, 0);

describe("bodiesOf", () => {
  test("gives a pair of places for products that follow each other, and no other functions", () => {
    const bytes = binaryOf(
      ["assembly/products/a", "assembly/products/b", "assembly/vector/c", "assembly/products/d"].map(product).join(""),
    );
    const bodies = bodiesOf(bytes, products);
    expect(bodies).toHaveLength(2);
    expect(bodies.map((body) => count(bytes, [body], patched.multiply))).toEqual([2, 1]);
    expect(count(bytes, bodies, patched.add)).toBe(3);
    expect(bodiesOf(bytes, /^assembly\/losses\//)).toEqual([]);
    // The code lies before the names, so it lies where it did without them.
    const start = bodies[0][0];
    expect(withoutNames(bytes).subarray(start, start + 10)).toEqual(bytes.subarray(start, start + 10));
  });

  test("finds them behind functions that the module imports", () => {
    const bytes = binaryOf(
      `(import "env" "other" (func $other)) ${product("assembly/vector/a")} ${product("assembly/products/b")}`,
    );
    const alone = bodiesOf(bytes, /^assembly\/vector\//);
    const [[start]] = bodiesOf(bytes, products);
    expect(start).toBeGreaterThanOrEqual(alone[0][1]);
  });

  test.each(["float32", "float64"] as const)("finds products in the debug build of the core, %s", (dtype) => {
    const bytes = readFileSync(`build/debug/core${dtype.slice(-2)}.wasm`);
    const bodies = bodiesOf(bytes, products);
    const { multiply, add } = core.products![dtype]!;
    expect(bodies.length).toBeGreaterThan(0);
    expect(count(bytes, bodies, multiply)).toBeGreaterThan(100);
    expect(count(bytes, bodies, add)).toBe(count(bytes, bodies, multiply));
  });
});

describe("checkPatched", () => {
  test.each(["float32", "float64"] as const)("accepts the products of the core, %s", (dtype) => {
    const { bodies, ...instructions } = core.products![dtype]!;
    const bytes = readFileSync(`build/core${dtype.slice(-2)}.wasm`);
    expect(() => checkPatched(bytes, bodies, instructions)).not.toThrow();
  });

  test.each([
    ["a vector", "v128", "(v128.const i8x16 0 0 0 0 0 0xfd 0xe4 0x01 0 0 0 0 0 0 0 0)"],
    ["a vector", "v128", "(v128.const i8x16 0xfd 0xe6 0x01 0 0 0 0 0 0 0 0 0 0 0 0 0)"],
    // In LEB128, 125 + 128 · (100 + 128) is fd e4 01.
    ["an integer", "i32", "(i32.const 29309)"],
    ["an offset", "v128", "(v128.load offset=29309 (i32.const 0))"],
    ["a float", "f32", "(f32.const 0x1.03c9fap+1)"],
  ])("refuses bytes of %s that look like an instruction: %s, %s", (_, type, expression) => {
    const bytes = moduleWith(type, expression);
    const bodies = bodiesOf(bytes, products);
    expect(bodies).toHaveLength(1);
    const message = /^wasm: got bytes like those of an instruction at \d+, need the patch to change instructions only$/;
    expect(() => checkPatched(bytes, bodies, patched)).toThrow(message);
    // Other bytes are not changed.
    expect(() => checkPatched(bytes, bodies, { multiply: 0xf2, add: 0xf0 })).not.toThrow();
    expect(() => checkPatched(bytes, [], patched)).not.toThrow();
  });

  test("refuses a sum that is not of a product", () => {
    const sum = "(f32x4.add (v128.load (i32.const 0)) (v128.load (i32.const 16)))";
    const bytes = moduleWith("v128", sum);
    expect(() => checkPatched(bytes, bodiesOf(bytes, products), patched)).toThrow(
      /^wasm: got 2 multiplications and 3 additions from byte \d+ to \d+, need as many of both/,
    );
  });

  test.each([
    ["v128", "(v128.const i8x16 0xfd 0xe5 0x01 0 0 0 0 0 0 0 0 0 0 0 0 0)"],
    ["v128", "(v128.load8_lane offset=5 3 (i32.const 0) (v128.const i32x4 1 2 3 4))"],
    [
      "v128",
      "(i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.load (i32.const 0)) (v128.load (i32.const 16)))",
    ],
    ["f64", "(block $b (result f64) (br_if $b (f64.const 0.1) (i32.const 1)))"],
    ["i32", "(if (result i32) (memory.size) (then (i32.load8_u offset=200 (i32.const 0))) (else (unreachable)))"],
  ])("reads instructions of every form: %s %s", (type, expression) => {
    const bytes = moduleWith(type, expression);
    expect(() => checkPatched(bytes, bodiesOf(bytes, products), patched)).not.toThrow();
  });
});
