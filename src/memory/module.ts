/**
 * The compiled kernels. A module is compiled once a process, at first use; every network has an instance of its own,
 * with a memory of its own, so networks share nothing and the garbage collector frees them.
 */

import type { instantiate as bindings } from "../../build/core.js";
import { relaxed, strict } from "../../build/module.js";

/** What an instance exports: the memory, and every kernel twice, as `nameF32` and `nameF64`. */
export type Exports = Awaited<ReturnType<typeof bindings>>;

/** Whether the products round each multiplication, or may fuse it with the addition after it. */
export type Arithmetic = "strict" | "relaxed";

/** The end of the relaxed module's own data, which begin behind the strict one's. */
const relaxedPages = 4;

let strictModule: WebAssembly.Module | undefined;
/** Null if the runtime has no relaxed SIMD. */
let relaxedModule: WebAssembly.Module | null | undefined;

/** The relaxed module, if the runtime has relaxed SIMD. */
function compileRelaxed(): WebAssembly.Module | null {
  if (relaxedModule === undefined) {
    const bytes = decode(relaxed);
    relaxedModule = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  }
  return relaxedModule;
}

/** What there is for who wants this: "strict" where the runtime has no relaxed SIMD. */
export function supported(wanted: Arithmetic): Arithmetic {
  return wanted === "relaxed" && compileRelaxed() ? "relaxed" : "strict";
}

/** A fresh instance of the kernels with an empty memory. @param arithmetic one that is `supported` */
export function instantiate(arithmetic: Arithmetic = "strict"): Exports {
  strictModule ??= new WebAssembly.Module(decode(strict));
  const exports = new WebAssembly.Instance(strictModule).exports as unknown as Exports;
  if (arithmetic === "strict") return exports;
  const { memory, table } = exports;
  memory.grow(relaxedPages - memory.buffer.byteLength / 65536);
  const imports = { env: { memory: memory as WebAssembly.Memory, table: table as WebAssembly.Table } };
  return { ...exports, ...new WebAssembly.Instance(compileRelaxed()!, imports).exports };
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
