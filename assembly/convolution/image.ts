/** Copies of one image at a time: between zeros, or the channels of a group alone. Kernels on them know no edges. */
import { copyElements } from "../vector/copy";
import { Geometry } from "./geometry";

/**
 * Copies the part of a padded image that windows cover: `lines` lines of `columns` pixels, `toPixel` bytes apart, whose borders are zeros
 * already; `count` channels from `first` on.
 *
 * @param width,padLeft those of the image, which is at `image`
 */
export function copyPadded<T extends number>(
  args: Geometry,
  image: usize,
  width: i32,
  padLeft: i32,
  to: usize,
  lines: i32,
  columns: i32,
  toPixel: usize,
  first: i32,
  count: i32,
): void {
  for (let line = 0; line < lines; line++) {
    copyLine<T>(args, image, width, padLeft, line, to, columns, toPixel, 1, 1, first, count);
    to += <usize>columns * toPixel;
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
  if (fromPixel == toPixel && fromPixel == <usize>channels * sizeof<T>()) {
    if (count > 0) copyElements<T>(from, to, count * channels);
    return;
  }
  for (; count > 0; count--) {
    copyElements<T>(from, to, channels);
    from += fromPixel;
    to += toPixel;
  }
}

/**
 * Copies line `at` of a padded image, whose first column is that many columns left of the image as its padding has, to `columns` pixels,
 * `toPixel` bytes apart, whose borders are zeros. A channel becomes `repeats` filters beside each other, or `planes` channels become one
 * filter each of as many lines behind each other; `count` filters from `first` on are copied.
 */
export function copyLine<T extends number>(
  args: Geometry,
  image: usize,
  width: i32,
  padLeft: i32,
  at: i32,
  to: usize,
  columns: i32,
  toPixel: usize,
  repeats: i32,
  planes: i32,
  first: i32,
  count: i32,
): void {
  const plane = <usize>columns * toPixel;
  const y = at - args.padTop;
  if (y < 0 || y >= args.height) {
    memory.fill(to, 0, <usize>planes * plane);
    return;
  }
  const left = max(padLeft, 0);
  const across = min(width + padLeft, columns) - left;
  const fromPixel = <usize>args.channels * sizeof<T>();
  let from = image + <usize>(y * width + left - padLeft) * fromPixel;
  to += <usize>left * toPixel;
  if (repeats == 1 && planes == 1) {
    from += <usize>first * sizeof<T>();
    copyPixels<T>(from, fromPixel, to, toPixel, across, count);
    return;
  }
  for (let pixel = 0; pixel < across; pixel++) {
    for (let part = 0; part < planes; part++) {
      for (let f = 0; f < count; f++) {
        const channel = <usize>(((first + f) / repeats) * planes + part);
        store<T>(to + <usize>part * plane + <usize>f * sizeof<T>(), load<T>(from + channel * sizeof<T>()));
      }
    }
    from += fromPixel;
    to += toPixel;
  }
}
