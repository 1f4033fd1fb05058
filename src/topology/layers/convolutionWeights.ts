/** The gradient of a convolution's kernel as an operation, and the working space that it needs. */

import { type Address, inAll, none, type Operation, type Operations, op } from "../../kernels/operations.ts";
import {
  type ConvolutionBlocks,
  type ConvolutionShape,
  coveredElements,
  depthwiseBytes,
  mostTiles,
  suitsDepthwise,
  suitsWinograd,
  tileRowsOf,
  tileSpace,
  wideOf,
} from "./convolution.ts";

/** Returns the operation of the gradient of the kernel. The algorithm is chosen as for the convolution. */
export function weightGradient(
  { geometry, filters, groups }: ConvolutionShape,
  { elementBytes, ...blocks }: ConvolutionBlocks & Record<"batch" | "input" | "outputGrad" | "weightGrad", Address>,
): Operation {
  const fields = { ...geometry, filters, groups, ...blocks };
  if (groups === geometry.channels && suitsDepthwise(geometry.channels, filters, groups)) {
    return op("depthwiseBackwardWeight", inAll(filters), fields);
  }
  // A line may have more tiles than a panel holds.
  if (geometry.outputWidth > 2 * mostTiles || !suitsWinograd(geometry, filters, groups)) {
    return op("convolutionBackwardWeight", inAll(filters), fields);
  }
  const tileRows = tileRowsOf(geometry, geometry.channels + filters, elementBytes);
  return op("winogradBackwardWeight", inAll(filters), { ...fields, tileRows });
}

const nowhere = { batch: none, input: none, outputGrad: none, weightGrad: none, space: none };

/** Returns the bytes of working space that `weightGradient` needs. */
export function weightGradientBytes(shape: ConvolutionShape, elementBytes: number): number {
  const { name, fields } = weightGradient(shape, { elementBytes, ...nowhere });
  const { geometry, filters, groups } = shape;
  if (name === "depthwiseBackwardWeight") return depthwiseBytes({ ...geometry, filters, groups }, elementBytes);
  if (name === "winogradBackwardWeight") {
    const winograd = fields as Operations["winogradBackwardWeight"];
    return 16 * geometry.channels * wideOf(filters, elementBytes) * elementBytes + tileSpace(winograd, elementBytes);
  }
  const weights = geometry.kernelHeight * geometry.kernelWidth * (geometry.channels / groups);
  // A range of filters may be narrower than a vector.
  return coveredElements(geometry, groups) * elementBytes + 16 + weights * 16;
}
