/**
 * The compiled kernels. The module is compiled once a process, at first use; every network has an instance of its own,
 * with a memory of its own, so networks share nothing and the garbage collector frees them.
 */

import type { instantiate as bindings } from "../../build/core.js";
import { base64 } from "../../build/module.js";

/** What an instance exports: the memory, and every kernel twice, as `nameF32` and `nameF64`. */
export type Exports = Awaited<ReturnType<typeof bindings>>;

let compiled: WebAssembly.Module | undefined;

/** A fresh instance of the kernels with an empty memory. */
export function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(decode(base64));
  return new WebAssembly.Instance(compiled).exports as unknown as Exports;
}

/** The bytes that `text` stands for; by Node's Buffer where there is one, which takes a tenth of the loop's time. */
function decode(text: string): BufferSource {
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> } };
  if (Buffer) return Buffer.from(text, "base64");
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}
