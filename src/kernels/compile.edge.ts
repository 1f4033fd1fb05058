/**
 * The compiled modules for runtimes that forbid compiling bytes, such as Cloudflare's Workers and Vercel's edge: the runtime has
 * compiled them from the files beside the package's entry. This file takes the place of compile.ts in the edge entry.
 */

import type { Family } from "../../build/kernels.js";
import type { Dtype } from "./dtype.ts";

export const build: "inlined" | "static" = "static";

/** @internal */
export const compiled = (family: Family, dtype: Dtype): WebAssembly.Module =>
  family.modules![dtype] as WebAssembly.Module;

/** @internal A file with relaxed SIMD would keep the whole program from being loaded where the runtime does not have it. */
export const hasRelaxed = (): boolean => false;
