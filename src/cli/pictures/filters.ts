/** Collects the filters of a network's convolutions: the small images that a layer looks for in its input. */

import type { Network } from "../../index.ts";
import { type Grid, greatestMagnitude } from "./raster.ts";

export interface LayerFilters {
  readonly name: string;
  readonly title: string;
  /** The kernels of each filter, one for each input channel that it reads; only the first filters and kernels. */
  readonly filters: readonly (readonly Grid[])[];
  /** The number of all filters, and of the kernels of each. */
  readonly filterCount: number;
  readonly kernelCount: number;
  /** True if the channels are the red, green and blue of an image. */
  readonly isColoured: boolean;
  /** The greatest absolute value of a weight. */
  readonly limit: number;
}

/** The most filters of a layer, and kernels of a filter, that are drawn. */
const [mostFilters, mostKernels] = [64, 64];

/** Returns the filters of all layers whose weights are kernels of images. */
export function filtersOf(network: Network): LayerFilters[] {
  const { inputs, nodes } = network.engine.graph;
  const found: LayerFilters[] = [];
  for (const { name, title, description } of network.layers) {
    const weight = network.parameters.find((parameter) => parameter.name === `${name}.weight`);
    if (weight?.shape.length !== 4) continue;
    const { shape, values } = weight;
    const [height, width, third, fourth] = shape;
    const size = third * fourth;
    // A depthwise kernel is a filter. A transposed convolution has the filters before the channels.
    const layouts: Readonly<Record<string, readonly number[]>> = {
      depthwiseConv2d: [size, 1, 1, 0],
      convTranspose2d: [third, fourth, fourth, 1],
    };
    const [filterCount, kernelCount, filterStep, kernelStep] = layouts[description.kind] ?? [fourth, third, 1, fourth];
    const kernelOf = (filter: number, kernel: number): Grid => {
      const at = filter * filterStep + kernel * kernelStep;
      return { width, height, values: Array.from({ length: height * width }, (_, place) => values[place * size + at]) };
    };
    const readsInput = nodes.some(({ layer, inputs: [value] }) => layer.name === name && inputs.includes(value));
    const isColoured = kernelCount === 3 && readsInput;
    const listOf = (count: number, most: number) => Array.from({ length: Math.min(count, most) }, (_, index) => index);
    const filters = listOf(filterCount, mostFilters).map((filter) =>
      listOf(kernelCount, mostKernels).map((kernel) => kernelOf(filter, kernel)),
    );
    found.push({ name, title, filters, filterCount, kernelCount, isColoured, limit: greatestMagnitude(values) });
  }
  return found;
}
