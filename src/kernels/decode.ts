/** Decodes the text that scripts/text.mjs makes of a module, with a small module of its own (assembly/decode.ts). */

import type { instantiate } from "../../build/decode.js";
import { decoder } from "../../build/decoder.js";
import { bytesOfBase64, encodeText } from "../host.ts";
import type { Dtype } from "./dtype.ts";

const pageBytes = 65536;

let compiledDecoder: WebAssembly.Module | undefined;

/**
 * Returns the bytes of a module.
 *
 * @param texts return the text of float32's module, and the differences of float64's
 */
export function decode(texts: readonly (() => string)[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const narrow = texts[0]();
  const wide = dtype === "float32" ? "" : texts[1]();
  compiledDecoder ??= new WebAssembly.Module(bytesOfBase64(decoder));
  // Each text has its own instance and memory, which are freed together with the bytes.
  const { exports } = new WebAssembly.Instance(compiledDecoder);
  const { memory, text, result, decode: decodeTexts } = exports as unknown as Awaited<ReturnType<typeof instantiate>>;
  memory.grow(Math.ceil((text.value + 3 * (narrow.length + wide.length)) / pageBytes));
  new Uint8Array(memory.buffer, text.value).set(encodeText(narrow + wide));
  const length = decodeTexts(narrow.length, wide.length);
  return new Uint8Array(memory.buffer, result.value, length);
}
