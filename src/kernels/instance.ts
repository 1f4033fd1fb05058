/**
 * Instances of the compiled kernels. Every network has its own, with its own memory and function table. So networks share nothing, and the
 * garbage collector frees them.
 */

import type {
  ConvolutionKernels,
  ConvolutionTrainingKernels,
  CoreKernels,
  Family,
  NormalizationKernels,
  TrainingKernels,
} from "../../build/kernels.js";
import { ask } from "./ask.ts";
import { compiledModule, hasRelaxed } from "./compile.ts";
import type { Dtype } from "./dtype.ts";

/** @internal */
export { dataEnd, panelBytes, tableSize } from "../../build/layout.js";
export { build } from "./compile.ts";

/** The kernels, by name. */
export type Kernels = CoreKernels &
  TrainingKernels &
  NormalizationKernels &
  ConvolutionKernels &
  ConvolutionTrainingKernels;

/** "strict": products round each multiplication; "relaxed": they may fuse it with the next addition. */
export type Arithmetic = "strict" | "relaxed";

/** @internal The memory and the function table that the instances of a network share. */
export interface Environment {
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** The address of the products' working space (assembly/products/panel.ts). */
  readonly panels: number;
  /** True if threads share the memory. */
  readonly isShared?: boolean;
}

/** The pages of the largest memory, which a module has to name where threads share it. */
export const mostPages = 65536;

/** @internal Returns the compiled module of a family. */
export function moduleOf(
  family: Family,
  dtype: Dtype,
  arithmetic: Arithmetic,
  { isShared }: Environment,
): WebAssembly.Module {
  return compiledModule(family, dtype, arithmetic === "relaxed", isShared);
}

/** Returns `wanted`, or "strict" if the runtime has no relaxed SIMD. */
export function supportedArithmetic(wanted: Arithmetic): Arithmetic {
  return wanted === "relaxed" && hasRelaxed() ? "relaxed" : "strict";
}

/** Returns the imports of every module. The files panel.ts and coreImports.ts of assembly/ declare them. */
function importsOf({ memory, table, panels }: Environment, core: Partial<Kernels>): WebAssembly.Imports {
  return { env: { memory, table }, panel: { panels }, coreImports: core as WebAssembly.ModuleImports };
}

/**
 * @internal Instantiates a family: returns its kernels and puts its operations into the function table.
 *
 * @param arithmetic a result of `supportedArithmetic`
 * @param core the kernels of the core, some of which other families call
 * @throws {TypeError | RangeError} as `ask` does
 */
export function instantiate(
  family: Family,
  dtype: Dtype,
  arithmetic: Arithmetic,
  environment: Environment,
  core: Partial<Kernels>,
): Partial<Kernels> {
  const make = () => {
    return new WebAssembly.Instance(moduleOf(family, dtype, arithmetic, environment), importsOf(environment, core));
  };
  return ask(`${family.name} kernels`, make).exports as Partial<Kernels>;
}
