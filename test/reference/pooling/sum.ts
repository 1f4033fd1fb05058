/** Slow twin of assembly/pooling/sum. */
import type { Geometry } from "../../../src/topology/layers/window.ts";
import { windowsOf } from "./window.ts";

/** Σ image over each window, or its mean. */
export function sumWindows(image: readonly number[], geometry: Geometry, isMean: boolean): number[] {
  const { height, width, channels } = geometry;
  return windowsOf(geometry, image.length / (height * width * channels)).flatMap((pixels) =>
    Array.from({ length: channels }, (_, channel) => {
      const sum = pixels.reduce((total, pixel) => total + image[pixel * channels + channel], 0);
      return isMean ? sum / pixels.length : sum;
    }),
  );
}

/** The transpose. */
export function spreadWindows(sums: readonly number[], geometry: Geometry, isMean: boolean): number[] {
  const { height, width, channels, outputHeight, outputWidth } = geometry;
  const rows = sums.length / (outputHeight * outputWidth * channels);
  const image = new Array<number>(rows * height * width * channels).fill(0);
  for (const [window, pixels] of windowsOf(geometry, rows).entries()) {
    for (const pixel of pixels) {
      for (let channel = 0; channel < channels; channel++) {
        image[pixel * channels + channel] += sums[window * channels + channel] / (isMean ? pixels.length : 1);
      }
    }
  }
  return image;
}
