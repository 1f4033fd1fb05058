/** Slow twin of assembly/pooling/max. */
import type { Geometry } from "../../../src/topology/layers/window.ts";
import { windowsOf } from "./window.ts";

/** The place of the maximum: the first NaN, or else the first of the largest. */
function placeOfLargest(values: readonly number[]): number {
  const place = values.findIndex(Number.isNaN);
  return place < 0 ? values.indexOf(Math.max(...values)) : place;
}

/** Returns the element of `input` that is the maximum of each window in each channel. */
function places(input: readonly number[], geometry: Geometry): number[] {
  const { height, width, channels } = geometry;
  return windowsOf(geometry, input.length / (height * width * channels)).flatMap((pixels) =>
    Array.from({ length: channels }, (_, channel) => {
      const elements = pixels.map((pixel) => pixel * channels + channel);
      return elements[placeOfLargest(elements.map((element) => input[element]))];
    }),
  );
}

export function maxPoolForward(input: readonly number[], geometry: Geometry): number[] {
  return places(input, geometry).map((place) => input[place]);
}

export function maxPoolBackward(input: readonly number[], outputGrad: readonly number[], geometry: Geometry): number[] {
  const inputGrad = input.map(() => 0);
  places(input, geometry).forEach((place, index) => {
    inputGrad[place] += outputGrad[index];
  });
  return inputGrad;
}
