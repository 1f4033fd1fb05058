/**
 * The compiled core for runtimes that forbid compiling bytes, such as Cloudflare's Workers and Vercel's edge: what these have
 * compiled of the file that stands beside the package's entry. It takes the place of compiled.ts in the edge entry.
 */

import core from "./core.wasm?module";

export const build: "inlined" | "static" = "static";

/** @internal */
export const compiledCore = (): WebAssembly.Module => core;

/** @internal A file with relaxed SIMD would keep the whole program from being loaded where the runtime does not have it. */
export const hasRelaxed = (): boolean => false;
