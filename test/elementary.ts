/** The functions that other kernels are made of, as kernels of their own: assembly/elementary.ts, which no package holds. */
import { readFileSync } from "node:fs";
import type { instantiate } from "../build/elementary.js";

export type ElementaryExports = Awaited<ReturnType<typeof instantiate>>;

/** Those kernels on the memory of `exports`, with all that it exports. */
export function withElementary<E extends { readonly memory: unknown }>(exports: E): E & ElementaryExports {
  // The debug build is one module.
  if ("expMapF32" in exports) return exports as E & ElementaryExports;
  const module = new WebAssembly.Module(readFileSync("build/elementary.wasm"));
  const imports = { env: { memory: exports.memory as WebAssembly.Memory } };
  return { ...exports, ...(new WebAssembly.Instance(module, imports).exports as unknown as ElementaryExports) };
}

/** What is reached under a plain name: the kernels, and those that stand for elementary functions. */
export type Elementary = {
  readonly [Name in keyof ElementaryExports as Name extends `${infer Kernel}F32`
    ? Kernel
    : never]: ElementaryExports[Name];
};
