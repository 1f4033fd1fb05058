/** Reads the text that scripts/build.mjs makes of a module, by a small module of its own (assembly/decode.ts). */

import type { instantiate } from "../../build/decode.js";
import { alphabet, decoder, order } from "../../build/module.js";
import type { Dtype } from "./dtype.ts";

declare class TextEncoder {
  encodeInto(source: string, destination: Uint8Array): unknown;
}

const pageBytes = 65536;

/** The bytes that `hexadecimal` stands for. */
const bytesOfDigits = (hexadecimal: string) =>
  Uint8Array.from({ length: hexadecimal.length / 2 }, (_, index) =>
    Number.parseInt(hexadecimal.slice(2 * index, 2 * index + 2), 16),
  );

/**
 * The bytes of a module.
 *
 * @param parts give the texts of its two types, the first half of one and of the other, then the second halves
 */
export function decode(parts: readonly (() => string)[], dtype: Dtype): Uint8Array<ArrayBuffer> {
  const [start, end] = dtype === "float32" ? [parts[0], parts[2]] : [parts[1], parts[3]];
  return bytesOfText(start() + end());
}

/** The bytes that `text` stands for. */
function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOfDigits(decoder)));
  const { memory, ...module } = exports as unknown as Awaited<ReturnType<typeof instantiate>>;
  const start = module.text.value;
  memory.grow(Math.ceil((start + text.length) / pageBytes));
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(bytesOfDigits(order), module.order.value);
  for (let index = 0; index < alphabet.length; index++) {
    bytes[module.places.value + alphabet.charCodeAt(index)] = index;
  }
  new TextEncoder().encodeInto(text, bytes.subarray(start));
  return bytes.subarray(start, start + module.decode(text.length, alphabet.length));
}
