/** Reads the text that scripts/text.mjs makes of a module, by a small module of its own (assembly/decode.ts). */

import type { instantiate } from "../../build/decode.js";
import { decoder } from "../../build/decoder.js";
import type { Dtype } from "./dtype.ts";

declare class TextEncoder {
  encodeInto(source: string, destination: Uint8Array): unknown;
}

declare function atob(text: string): string;

const pageBytes = 65536;

let compiledDecoder: WebAssembly.Module | undefined;

/**
 * Returns the bytes of a module.
 *
 * @param texts give the text of float32's, and how float64's differs
 */
export function decode(texts: readonly (() => string)[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const narrow = texts[0]();
  const wide = dtype === "float32" ? "" : texts[1]();
  compiledDecoder ??= new WebAssembly.Module(binaryOf(decoder));
  // Each text has a memory of its own, which goes with the bytes.
  const { exports } = new WebAssembly.Instance(compiledDecoder);
  const { memory, text, result, decode: decodeTexts } = exports as unknown as Awaited<ReturnType<typeof instantiate>>;
  memory.grow(Math.ceil((text.value + 3 * (narrow.length + wide.length)) / pageBytes));
  new TextEncoder().encodeInto(narrow + wide, new Uint8Array(memory.buffer, text.value));
  const length = decodeTexts(narrow.length, wide.length);
  return new Uint8Array(memory.buffer, result.value, length);
}

/** Returns the bytes of a text in base64. It is a loop: three times as fast as `Uint8Array.from` with a function. */
function binaryOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
