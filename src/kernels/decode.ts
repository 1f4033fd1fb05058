/** Reads the text that scripts/kernels.mjs makes of a module, by a small module of its own (assembly/decode.ts). */

import type { instantiate } from "../../build/decode.js";
import { decoder } from "../../build/decoder.js";
import type { Dtype } from "./dtype.ts";

declare class TextEncoder {
  encodeInto(source: string, destination: Uint8Array): unknown;
}

declare function atob(text: string): string;

const pageBytes = 65536;

/**
 * Returns the bytes of a module.
 *
 * @param parts give the texts of its two types, the first half of one and of the other, then the second halves
 */
export function decode(parts: readonly (() => string)[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const [start, end] = dtype === "float32" ? [parts[0], parts[2]] : [parts[1], parts[3]];
  const text = start() + end();
  const compiled = new WebAssembly.Module(Uint8Array.from(atob(decoder), (character) => character.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(compiled);
  const { memory, ...module } = exports as unknown as Awaited<ReturnType<typeof instantiate>>;
  const address = module.text.value;
  memory.grow(Math.ceil((address + text.length) / pageBytes));
  const bytes = new Uint8Array(memory.buffer, address);
  new TextEncoder().encodeInto(text, bytes);
  return bytes.subarray(0, module.decode(text.length));
}
