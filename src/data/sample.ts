/** Bilinear sampling: makes an image of the numbers at given places of another. `augment` calls this. */

import type { ImageShape } from "./imageRows.ts";

/** The place that a pixel comes from, in pixels from the first one: x = xx · x' + xy · y' + x0, and y likewise. */
export interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/**
 * Computes each pixel from the four pixels around its place in the source, weighted by nearness. A place beyond an edge has the value of
 * the edge's nearest pixel. Whole places have exactly the source's value.
 *
 * @param source [height, width, channels]
 * @param target of the same shape, overwritten; not the source
 */
export function sample(source: Float64Array, target: Float64Array, shape: ImageShape, map: AffineMap): void {
  const [height, width, channels] = shape;
  const { xx, xy, x0, yx, yy, y0 } = map;
  const right = width - 1;
  const bottom = height - 1;
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = Math.min(Math.max(xx * column + xy * row + x0, 0), right);
      const y = Math.min(Math.max(yx * column + yy * row + y0, 0), bottom);
      const left = Math.floor(x);
      const top = Math.floor(y);
      const fromLeft = x - left;
      const fromTop = y - top;
      const step = left < right ? channels : 0;
      let upper = (top * width + left) * channels;
      let lower = (Math.min(top + 1, bottom) * width + left) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const above = source[upper] + (source[upper + step] - source[upper]) * fromLeft;
        const below = source[lower] + (source[lower + step] - source[lower]) * fromLeft;
        target[at++] = above + (below - above) * fromTop;
        upper++;
        lower++;
      }
    }
  }
}
