/** The functions that other kernels are made of, as kernels of their own: assembly/elementary.ts, which no package holds. */
import { readFileSync } from "node:fs";
import type { instantiate } from "../build/elementary32.js";
import type { Dtype } from "../src/memory/dtype.ts";

export type Elementary = Awaited<ReturnType<typeof instantiate>>;

/** Those kernels on the memory of `exports`, which are of the same type, with all that it exports. */
export function withElementary<E extends { readonly memory: unknown }>(exports: E, dtype: Dtype): E & Elementary {
  // The debug build is one module.
  if ("expMap" in exports) return exports as E & Elementary;
  const module = new WebAssembly.Module(readFileSync(`build/elementary${dtype.slice(-2)}.wasm`));
  const imports = { env: { memory: exports.memory as WebAssembly.Memory } };
  return { ...exports, ...(new WebAssembly.Instance(module, imports).exports as unknown as Elementary) };
}
