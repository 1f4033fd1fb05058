/**
 * The compiled modules for runtimes that forbid compiling bytes, such as Cloudflare's Workers and Vercel's edge: what these
 * have compiled of the files that stand beside the package's entry. It takes the place of compiled.ts in the edge entries.
 */

import core from "./core.wasm?module";
import training from "./training.wasm?module";

export const build: "inlined" | "static" = "static";

/** @internal */
export const compiledCore = (): WebAssembly.Module => core;

/** @internal */
export const compiledTraining = (): WebAssembly.Module => training;

/** @internal */
export function compiledRelaxed(): WebAssembly.Module {
  throw new Error("memory: got a call for relaxed products, need hasRelaxed() first");
}

/** @internal A file with relaxed SIMD would keep the whole program from being loaded where the runtime does not have it. */
export const hasRelaxed = (): boolean => false;
