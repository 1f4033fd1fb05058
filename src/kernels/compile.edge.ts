/**
 * The compiled modules for runtimes that forbid compiling bytes, such as Cloudflare's Workers and Vercel's edge. The runtime compiles them
 * from the files beside the package's entry. This file replaces compile.ts in the edge entry.
 */

import type { Family } from "../../build/kernels.js";
import type { Dtype } from "./dtype.ts";

export const build: "inlined" | "static" = "static";

/** @internal */
export const compiledModule = (family: Family, dtype: Dtype): WebAssembly.Module =>
  family.modules![dtype] as WebAssembly.Module;

/** @internal Returns false: a runtime without relaxed SIMD cannot load a program that contains a file with it. */
export const hasRelaxed = (): boolean => false;
