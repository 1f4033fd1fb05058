/**
 * Instances of the compiled kernels. Every network has one of its own, with a memory of its own, so networks share nothing
 * and the garbage collector frees them.
 */

import type { instantiate as coreBindings } from "../../build/core32.js";
import type { instantiate as trainingBindings } from "../../build/training32.js";
import { compiledCore, hasRelaxed } from "./compiled.ts";
import { compiledTraining } from "./compiledTraining.ts";
import type { Dtype } from "./dtype.ts";

export { build } from "./compiled.ts";

/** What an instance exports: the memory, the function table, and the kernels for one element type. */
export type CoreExports = Awaited<ReturnType<typeof coreBindings>>;

/** The same with the kernels of training. */
export type Exports = CoreExports & Awaited<ReturnType<typeof trainingBindings>>;

/** Whether the products round each multiplication, or may fuse it with the addition after it. */
export type Arithmetic = "strict" | "relaxed";

/** What there is for who wants this: "strict" where the runtime has no relaxed SIMD. */
export function supported(wanted: Arithmetic): Arithmetic {
  return wanted === "relaxed" && hasRelaxed() ? "relaxed" : "strict";
}

/** A fresh instance of the kernels with an empty memory. @param arithmetic one that is `supported` */
export function instantiate(dtype: Dtype, arithmetic: Arithmetic = "strict"): CoreExports {
  const compiled = compiledCore(dtype, arithmetic === "relaxed");
  return new WebAssembly.Instance(compiled).exports as unknown as CoreExports;
}

/** What a core exports, and the kernels of training on its memory and function table. @param dtype the core's */
export function withTraining(core: CoreExports, dtype: Dtype): Exports {
  const { memory, table } = core;
  const env = { memory: memory as WebAssembly.Memory, table: table as WebAssembly.Table };
  const training = new WebAssembly.Instance(compiledTraining(dtype), { env }).exports;
  return { ...core, ...training } as unknown as Exports;
}
