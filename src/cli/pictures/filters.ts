/** The filters of a network's convolutions: the small images that a layer looks for in its input. */

import type { Network } from "../../index.ts";
import { furthest, type Grid } from "./raster.ts";

export interface LayerFilters {
  readonly name: string;
  readonly title: string;
  /** Each filter's kernels, one for each channel of the input that it reads; of filters and kernels, the first. */
  readonly filters: readonly (readonly Grid[])[];
  /** How many filters there are, and kernels of each. */
  readonly filterCount: number;
  readonly kernelCount: number;
  /** True if the channels are the red, green and blue of an image. */
  readonly isColoured: boolean;
  /** The greatest distance of a weight from 0. */
  readonly limit: number;
}

/** More filters of a layer, and more kernels of a filter, are not drawn. */
const [mostFilters, mostKernels] = [64, 64];

/** The layers whose weights are [kernelHeight, kernelWidth, channels, filters]. */
export function filtersOf(network: Network): LayerFilters[] {
  const { inputs, nodes } = network.engine.graph;
  const found: LayerFilters[] = [];
  for (const { name, title } of network.layers) {
    const weight = network.parameters.find((parameter) => parameter.name === `${name}.weight`);
    if (weight?.shape.length !== 4) continue;
    const { shape, values } = weight;
    const [height, width, channels, filterCount] = shape;
    const kernelOf = (filter: number, channel: number): Grid => ({
      width,
      height,
      values: Array.from(
        { length: height * width },
        (_, place) => values[(place * channels + channel) * filterCount + filter],
      ),
    });
    const readsInput = nodes.some(({ layer, inputs: [value] }) => layer.name === name && inputs.includes(value));
    const isColoured = channels === 3 && readsInput;
    const listOf = (count: number, most: number) => Array.from({ length: Math.min(count, most) }, (_, index) => index);
    const filters = listOf(filterCount, mostFilters).map((filter) =>
      listOf(channels, mostKernels).map((channel) => kernelOf(filter, channel)),
    );
    found.push({ name, title, filters, filterCount, kernelCount: channels, isColoured, limit: furthest(values) });
  }
  return found;
}
