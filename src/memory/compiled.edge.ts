/**
 * The compiled cores for runtimes that forbid compiling bytes, such as Cloudflare's Workers and Vercel's edge: what these have
 * compiled of the files that stand beside the package's entry. It takes the place of compiled.ts in the edge entry.
 */

import float32 from "./core32.wasm?module";
import float64 from "./core64.wasm?module";
import type { Dtype } from "./dtype.ts";

export const build: "inlined" | "static" = "static";

/** @internal */
export const compiledCore = (dtype: Dtype): WebAssembly.Module => (dtype === "float32" ? float32 : float64);

/** @internal A file with relaxed SIMD would keep the whole program from being loaded where the runtime does not have it. */
export const hasRelaxed = (): boolean => false;
