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
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  return new WebAssembly.Instance(compiled).exports as unknown as Exports;
}
