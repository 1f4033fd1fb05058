/**
 * The compiled kernels. The module is compiled once a process, at first use; every network has an instance of its own,
 * with a memory of its own, so networks share nothing and the garbage collector frees them.
 */

import type { instantiate as bindings } from "../../build/core.js";
import { hexadecimal } from "../../build/module.js";

/** What an instance exports: the memory, and every kernel twice, as `nameF32` and `nameF64`. */
export type Exports = Awaited<ReturnType<typeof bindings>>;

let compiled: WebAssembly.Module | undefined;

/** A fresh instance of the kernels with an empty memory. */
export function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(decode(hexadecimal));
  return new WebAssembly.Instance(compiled).exports as unknown as Exports;
}

/** The bytes that `text` stands for; by Node's Buffer where there is one, which takes a tenth of the loop's time. */
function decode(text: string): BufferSource {
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: "hex"): Uint8Array<ArrayBuffer> } };
  if (Buffer) return Buffer.from(text, "hex");
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (digit(text.charCodeAt(2 * index)) << 4) | digit(text.charCodeAt(2 * index + 1));
  }
  return bytes;
}

/** The value of the hexadecimal digit whose character code is `code`. */
function digit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
