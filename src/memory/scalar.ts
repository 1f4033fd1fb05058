/** Functions of one number, computed by the kernels: the same bits on every runtime, as engines' Math is not. */

import { type Exports, instantiate } from "./module.ts";

let exports: Exports | undefined;

/** ln x. */
export function log(x: number): number {
  exports ??= instantiate();
  return exports.scalarLog(x);
}
