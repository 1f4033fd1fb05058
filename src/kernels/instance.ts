/**
 * Instances of the compiled kernels. Every network has its own, with a memory and a function table of their own, so networks
 * share nothing and the garbage collector frees them.
 */

import type { CoreKernels, Family, NormalizationKernels, TrainingKernels } from "../../build/kernels.js";
import { compiled, hasRelaxed } from "./compile.ts";
import type { Dtype } from "./dtype.ts";

/** @internal */
export { dataEnd, panelBytes, tableSize } from "../../build/layout.js";
export { build } from "./compile.ts";

/** The kernels that are called by their names. */
export type Kernels = CoreKernels & TrainingKernels & NormalizationKernels;

/** Whether the products round each multiplication, or may fuse it with the addition after it. */
export type Arithmetic = "strict" | "relaxed";

/** @internal What the instances of a network share. */
export interface Environment {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** The address of the products' working space (assembly/products/panel.ts). */
  readonly panels: number;
}

/** Returns the arithmetic that the runtime has for who wants this: "strict" where there is no relaxed SIMD. */
export function supported(wanted: Arithmetic): Arithmetic {
  return wanted === "relaxed" && hasRelaxed() ? "relaxed" : "strict";
}

/** What every module imports: `panels` is declared in assembly/products/panel.ts. */
function importsOf({ memory, table, panels }: Environment): WebAssembly.Imports {
  return { env: { memory, table }, panel: { panels } };
}

/** @internal A fresh instance of a family: its kernels. Its operations are in the table. @param arithmetic one that is `supported` */
export function instantiate(
  family: Family,
  dtype: Dtype,
  arithmetic: Arithmetic,
  environment: Environment,
): Partial<Kernels> {
  const module = compiled(family, dtype, arithmetic === "relaxed");
  return new WebAssembly.Instance(module, importsOf(environment)).exports as Partial<Kernels>;
}
