/** The call that several kinds of layers make where they leave a value as it is. */

import type { Kernels } from "../../kernels/instance.ts";
import { type Call, type Shape, sizeOf } from "./layer.ts";

/** Copies a value of this shape from one block to another. */
export function copyCall(kernels: Kernels, from: number, to: number, shape: Shape): Call {
  const size = sizeOf(shape);
  return (rows) => kernels.copyColumns(from, to, rows, size, size, size);
}
