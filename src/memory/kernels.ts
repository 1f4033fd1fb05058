/** The kernels for one type of elements. */

import type { Exports } from "./module.ts";

/** What the modules export, but for their memory, their function table and where their own data end. */
export type Kernels = Omit<Exports, "memory" | "table" | "heapBase" | "trainingEnd">;

/**
 * The place in the modules' function table of the kernel called `name`, by which another kernel may call it.
 *
 * @throws {TypeError} if there is no such kernel
 */
export function tableIndex(exports: Exports, name: keyof Kernels): number {
  const index = exports.table.grow(1);
  exports.table.set(index, exports[name]);
  return index;
}
