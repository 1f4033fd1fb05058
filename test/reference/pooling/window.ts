/** The windows of an image, for the slow twins of pooling. */
import type { Geometry } from "../../../src/topology/layers/window.ts";

/** Returns for each window of each of `rows` images, from left to right and top to bottom, the pixels of the image that it has, likewise. */
export function windowsOf(geometry: Geometry, rows: number): number[][] {
  const { height, width, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
  const windows: number[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let y = 0; y < geometry.outputHeight; y++) {
      for (let x = 0; x < geometry.outputWidth; x++) {
        const pixels: number[] = [];
        for (let place = 0; place < kernelHeight * kernelWidth; place++) {
          const line = y * strideHeight - padTop + Math.floor(place / kernelWidth);
          const column = x * strideWidth - padLeft + (place % kernelWidth);
          const isInside = line >= 0 && line < height && column >= 0 && column < width;
          if (isInside) pixels.push((row * height + line) * width + column);
        }
        windows.push(pixels);
      }
    }
  }
  return windows;
}
