/** The operation of several kinds of layers that leave a value as it is. */

import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { type Shape, sizeOf } from "./layer.ts";

/** Copies a value of this shape from one block to another. */
export function copyOf(source: Address, destination: Address, shape: Shape): Operation {
  const columns = sizeOf(shape);
  const strides = { sourceStride: columns, destinationStride: columns };
  return op("copyColumns", eachRow(), { source, destination, columns, ...strides });
}
