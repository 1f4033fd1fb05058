/** The two element types, and the kernels of one of them under their plain names. */

import type { CoreExports, Exports } from "./module.ts";

export type Dtype = "float32" | "float64";

/** The kernels of one element type: `sum` for `sumF32` or `sumF64`; and those that know only one type. */
export type Kernels = {
  readonly [Name in keyof Exports as Name extends `${infer Kernel}F32`
    ? Kernel
    : Name extends `${string}F64` | "memory" | "table" | "heapBase" | "trainingEnd"
      ? never
      : Name]: Exports[Name];
};

/** A typed array of a dtype. */
export type Values = Float32Array | Float64Array;

export const elementBytes = { float32: 4, float64: 8 } as const;

/** The kernels of `exports` for elements of type `dtype`. */
export function kernelsFor(exports: CoreExports, dtype: Dtype): Kernels {
  const [wanted, other] = dtype === "float32" ? ["F32", "F64"] : ["F64", "F32"];
  const kernels = Object.entries(exports).filter(
    ([name, kernel]) => typeof kernel === "function" && !name.endsWith(other),
  );
  const plainName = (name: string) => (name.endsWith(wanted) ? name.slice(0, -wanted.length) : name);
  // Made at once: what is filled name by name, V8 looks names up in as in a dictionary, at some nanoseconds for each call.
  return Object.fromEntries(kernels.map(([name, kernel]) => [plainName(name), kernel])) as unknown as Kernels;
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
export function tableIndex(exports: CoreExports, kernels: Kernels, name: keyof Kernels): number {
  const index = exports.table.grow(1);
  exports.table.set(index, kernels[name]);
  return index;
}
