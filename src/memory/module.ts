/**
 * Instances of the compiled kernels. Every network has one of its own, with a memory of its own, so networks share nothing
 * and the garbage collector frees them.
 */

import type { instantiate as coreBindings } from "../../build/core32.js";
import type { instantiate as trainingBindings } from "../../build/training32.js";
import { compiledCore, hasRelaxed } from "./compiled.ts";
import { compiledRelaxed, compiledTraining } from "./compiledTraining.ts";
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

/** A fresh instance of the kernels with an empty memory. */
export function instantiate(dtype: Dtype): CoreExports {
  return new WebAssembly.Instance(compiledCore(dtype)).exports as unknown as CoreExports;
}

/**
 * What a core exports, and the kernels of training on the same memory.
 *
 * @param dtype the core's
 * @param arithmetic of the products: one that is `supported`
 */
export function withTraining(core: CoreExports, dtype: Dtype, arithmetic: Arithmetic = "strict"): Exports {
  const imports = importsOf(core);
  const training = new WebAssembly.Instance(compiledTraining(dtype), imports).exports;
  const products = arithmetic === "relaxed" ? new WebAssembly.Instance(compiledRelaxed(dtype), imports).exports : {};
  return { ...core, ...training, ...products } as unknown as Exports;
}

/** What the other modules import of a core. */
function importsOf({ memory, table }: CoreExports): WebAssembly.Imports {
  return { env: { memory: memory as WebAssembly.Memory, table: table as WebAssembly.Table } };
}
