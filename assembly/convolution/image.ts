/** Copies of one image at a time: between zeros, or the channels of a group alone. Kernels on them know no edges. */
import { copyElements } from "../vector/copy";

/**
 * Copies an image of [height, width] pixels into one of [toHeight, toWidth], whose pixel (padTop, padLeft) is the first of the image.
 * What lies beyond the target is left out, and what the image does not reach is left as it is.
 *
 * @param fromPixel bytes from a pixel to the next; the target's pixels have `channels` elements
 * @param padTop may be negative, as padLeft may
 */
export function copyImage<T extends number>(
  from: usize,
  height: i32,
  width: i32,
  fromPixel: usize,
  to: usize,
  toHeight: i32,
  toWidth: i32,
  channels: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = <usize>channels * sizeof<T>();
  const top = max(padTop, 0);
  const left = max(padLeft, 0);
  const lines = min(height + padTop, toHeight) - top;
  const across = min(width + padLeft, toWidth) - left;
  if (across <= 0) return;
  from += <usize>((top - padTop) * width + left - padLeft) * fromPixel;
  to += <usize>(top * toWidth + left) * pixel;
  for (let rest = lines; rest > 0; rest--) {
    if (fromPixel == pixel) copyElements<T>(from, to, across * channels);
    else copyPixels<T>(from, fromPixel, to, pixel, across, channels);
    from += <usize>width * fromPixel;
    to += <usize>toWidth * pixel;
  }
}

/** Copies `count` pixels of `channels` elements, which lie fromPixel bytes apart and then toPixel. */
export function copyPixels<T extends number>(
  from: usize,
  fromPixel: usize,
  to: usize,
  toPixel: usize,
  count: i32,
  channels: i32,
): void {
  for (; count > 0; count--) {
    copyElements<T>(from, to, channels);
    from += fromPixel;
    to += toPixel;
  }
}
