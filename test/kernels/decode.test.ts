import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { attention } from "../../build/attention.js";
import { attentionTraining } from "../../build/attentionTraining.js";
import { convolution } from "../../build/convolution.js";
import { convolutionTraining } from "../../build/convolutionTraining.js";
import { core } from "../../build/core.js";
import { decoder } from "../../build/decoder.js";
import { elementary } from "../../build/elementary.js";
import { embedding } from "../../build/embedding.js";
import { normalization } from "../../build/normalization.js";
import { recurrent } from "../../build/recurrent.js";
import { training } from "../../build/training.js";
import { decode } from "../../src/kernels/decode.ts";

type Bytes = Record<"narrow" | "wide", Buffer>;

const {
  bytesOf,
  textOf,
}: { bytesOf: (narrow: Buffer, wide: Buffer) => Bytes; textOf: (bytes: Bytes, codes: string[]) => string } =
  await import(new URL("../../scripts/text.mjs", import.meta.url).href);

test.each([
  core,
  training,
  normalization,
  convolution,
  convolutionTraining,
  recurrent,
  embedding,
  attention,
  attentionTraining,
  elementary,
])("the texts of $name stand for the bytes of its files, printable, and shorter", ({ name, text }) => {
  const files = ["32", "64"].map((type) => readFileSync(`build/${name}${type}.wasm`));
  expect(Buffer.compare(decode(text!, "float32"), files[0])).toBe(0);
  expect(Buffer.compare(decode(text!, "float64"), files[1])).toBe(0);
  const whole = text!.map((read) => read()).join("");
  expect(whole).toMatch(/^[ !#-;=-[\]-_a-~]+$/);
  expect(whole.length).toBeLessThan(0.85 * (files[0].length + files[1].length));
});

describe("modules made by hand", () => {
  /** The text of each byte: what the tables of the decoder say. */
  const codes = (() => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(decoder, "base64")));
    const { memory, tables, characters } = exports as {
      memory: WebAssembly.Memory;
      tables: WebAssembly.Global;
      characters: WebAssembly.Global;
    };
    const [places, order] = [
      new Uint8Array(memory.buffer, tables.value, 128),
      new Uint8Array(memory.buffer, tables.value + 128, 256),
    ];
    const character = (place: number) => (place === 0 ? " " : String.fromCharCode(places.indexOf(place)));
    const singles = characters.value - 2;
    const texts: string[] = [];
    for (const [index, byte] of order.entries()) {
      const beyond = index - singles;
      texts[byte] =
        beyond < 0
          ? character(index)
          : character(singles + Math.floor(beyond / characters.value)) + character(beyond % characters.value);
    }
    return texts;
  })();

  function binaryOf(functions: string): Buffer {
    const module = binaryen.parseText(`(module (memory 1) (table 2 funcref) (global $g (mut i32) (i32.const 5))
      (data "passive") ${functions} (data (i32.const 0) "what follows the code"))`);
    module.setFeatures(binaryen.Features.All);
    const bytes = Buffer.from(module.emitBinary());
    module.dispose();
    return bytes;
  }

  const branches = `(func $branches (param i32) (result i32) (local f64 v128)
    (block $a (block $b (block $c (br_table $a $b $c $b (local.get 0)))
      (return (call $numbers (i32.const 300)))) (br_if $a (i32.eqz (local.get 0)))) (global.get $g))`;
  const numbers = `(func $numbers (param i32) (result i32) (global.set $g (i32.const -1))
    (drop (i64.const -9223372036854775808)) (drop (f32.const 1.5)) (drop (f64.const -0.1)) (drop (memory.grow (memory.size)))
    (i32.load16_u offset=70000 (local.get 0)))`;
  const vectors = `(func $vectors (param $x i32) (local $v v128) (local.set $v (v128.const i32x4 1 2 3 4))
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get $v) (local.tee $v (v128.load offset=200 (local.get $x)))))
    (drop (v128.load32_lane offset=5 3 (local.get $x) (local.get $v)))
    (v128.store64_lane offset=1000 1 (local.get $x) (f64x2.mul (local.get $v) (i8x16.replace_lane 7 (local.get $v) (local.get $x))))
    (drop (v128.load32_zero offset=130 (local.get $x))) (drop (f64x2.extract_lane 1 (f32x4.add (local.get $v) (local.get $v)))))`;
  const blocks = `(func $blocks (memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    (memory.init 0 (i32.const 0) (i32.const 1) (i32.const 2)) (data.drop 0) (drop (i32.trunc_sat_f64_s (f64.const 1e9)))
    (call_indirect (param i32) (i32.const 1) (i32.const 0)) (loop $again (br_if $again (i32.const 0))))`;
  // Of more bytes than an edit copies or inserts.
  const long = `(func $long ${Array.from({ length: 200 }, (_, index) => `(drop (i32.const ${index * index}))`).join(" ")})`;
  const alone = "(func $alone)";

  test.each([
    ["alone and the same", alone, alone],
    ["branches", branches + numbers, numbers + branches],
    ["vectors", vectors, vectors.replace("mul", "div").replace("load offset=200", "load offset=100")],
    ["blocks of memory", blocks + alone, alone + blocks + numbers],
    ["a long function more", alone + vectors, alone + long + vectors],
    ["a long function less, and numbers", long + numbers + blocks, blocks],
  ])("%s", (_, one, other) => {
    const [narrow, wide] = [one, other].map(binaryOf);
    const texts = new Function(`return ${textOf(bytesOf(narrow, wide), codes)}`)();
    expect(Buffer.from(decode(texts, "float32"))).toEqual(narrow);
    expect(Buffer.from(decode(texts, "float64"))).toEqual(wide);
  });
});
