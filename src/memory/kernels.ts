/** The two element types, and the kernels of one of them under their plain names. */

import type { Exports } from "./module.ts";

export type Dtype = "float32" | "float64";

/** The kernels of one element type: `matmulForward` for `matmulForwardF32` or `matmulForwardF64`. */
export type Kernels = {
  readonly [Name in keyof Exports as Name extends `${infer Kernel}F32` ? Kernel : never]: Exports[Name];
};

/** A typed array of a dtype. */
export type Values = Float32Array | Float64Array;

export const elementBytes = { float32: 4, float64: 8 } as const;

/** The kernels of `exports` for elements of type `dtype`. */
export function kernelsFor(exports: Exports, dtype: Dtype): Kernels {
  const suffix = dtype === "float32" ? "F32" : "F64";
  const entries = Object.entries(exports).filter(([name]) => name.endsWith(suffix));
  return Object.fromEntries(entries.map(([name, kernel]) => [name.slice(0, -suffix.length), kernel])) as Kernels;
}

/** `length` zeros of type `dtype`. */
export function valuesOf(dtype: Dtype, length: number): Values {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/**
 * The place in the module's function table of the kernel called `name`, by which another kernel may call it.
 *
 * @throws {TypeError} if there is no such kernel
 */
export function tableIndex(exports: Exports, kernels: Kernels, name: keyof Kernels): number {
  const index = exports.table.grow(1);
  exports.table.set(index, kernels[name]);
  return index;
}
