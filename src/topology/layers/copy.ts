/** Copies of a value, or of some of its columns, for several kinds of layers. */

import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { type LayerKind, type LayerTraining, piecesOf, type Shape, type Site, sizeOf } from "./layer.ts";
import { matrixOf } from "./shape.ts";

/** Copies a value of this shape from one block to another. */
export function copyOf(source: Address, destination: Address, shape: Shape): Operation {
  const columns = sizeOf(shape);
  const strides = { sourceStride: columns, destinationStride: columns };
  return op("copyColumns", eachRow(), { source, destination, columns, ...strides });
}

/** Copies all values that a layer reads from one block to another. */
function copyPieces(source: Address, destination: Address, site: Site): Operation {
  const { shape, work } = piecesOf(site);
  return { ...copyOf(source, destination, shape), work };
}

/** The passes of a layer whose output has the numbers of its input, in the same order. */
export const copyForward: LayerKind["forward"] = (_, site) => [copyPieces(site.inputs[0], site.output, site)];
export const copyTraining: LayerTraining = {
  backward(_, site) {
    const [inputGrad] = site.inputGrads;
    return inputGrad === undefined ? [] : [copyPieces(site.outputGrad, inputGrad, site)];
  },
};

/** A range of columns of a matrix [positions, width]. */
export interface ColumnRange {
  readonly positions: number;
  readonly width: number;
  readonly from: number;
  readonly columns: number;
}

/** Returns the ranges of values that are joined along the last side of their shapes. */
export function rangesOf(shapes: readonly Shape[]): ColumnRange[] {
  const width = shapes.reduce((sum, shape) => sum + matrixOf(shape)[1], 0);
  let end = 0;
  return shapes.map((shape) => {
    const [positions, columns] = matrixOf(shape);
    end += columns;
    return { positions, width, from: end - columns, columns };
  });
}

/** Copies a range of columns of `whole` to `part`, a matrix of only these. */
export function takeColumns(whole: Address, range: ColumnRange, part: Address, elementBytes: number): Operation {
  const { positions, width, from, columns } = range;
  const source = (whole + from * elementBytes) as Address;
  const strides = { sourceStride: width, destinationStride: columns };
  return op("copyColumns", eachRow(positions), { source, destination: part, columns, ...strides });
}

/** Copies `part` to a range of columns of `whole`. The others do not change. */
export function putColumns(part: Address, whole: Address, range: ColumnRange, elementBytes: number): Operation {
  const { positions, width, from, columns } = range;
  const destination = (whole + from * elementBytes) as Address;
  const strides = { sourceStride: columns, destinationStride: width };
  return op("copyColumns", eachRow(positions), { source: part, destination, columns, ...strides });
}
