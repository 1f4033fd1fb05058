/**
 * The common parts of depthwise convolutions. They go through lines, two vectors of filters at a time, and see a window as a list of places
 * (taps). The lines that windows cover lie in a ring: each line of an image is copied to it once, between zeros.
 */
import { laneCount } from "../vector/lanes";
import { extentOf, Geometry } from "./geometry";
import { copyLine } from "./image";

/** @inline Filters of two vectors. */
export function pairFilters<T extends number>(): i32 {
  return 2 * laneCount<T>();
}

/**
 * Copies the lines that the windows of line y of the output see to the ring, but for those that are there already. Writes the distance of
 * each place of a window from the start of the ring. The ring's borders must be zeros.
 *
 * @param width,padLeft those of the image
 * @param columns pixels of a line of the ring, as far as windows cover a padded line
 * @param pixel bytes of a pixel in the ring
 * @param repeats filters of a channel, which see the same; 1 if there are several planes
 * @param planes channels of a filter, whose lines lie behind each other
 * @param first,count the filters that are copied
 */
export function placeTaps<T extends number>(
  args: Geometry,
  image: usize,
  width: i32,
  padLeft: i32,
  y: i32,
  ring: usize,
  columns: i32,
  pixel: usize,
  repeats: i32,
  planes: i32,
  first: i32,
  count: i32,
  offsets: usize,
): void {
  const lines = extentOf(args.kernelHeight, args.dilationHeight);
  const plane = <usize>columns * pixel;
  const line = <usize>planes * plane;
  const top = y * args.strideHeight;
  const seen = y > 0 ? top - args.strideHeight + lines : 0;
  for (let at = max(top, seen); at < top + lines; at++) {
    const to = ring + <usize>(at % lines) * line;
    copyLine<T>(args, image, width, padLeft, at, to, columns, pixel, repeats, planes, first, count);
  }
  for (let i = 0; i < args.kernelHeight; i++) {
    const start = <usize>((top + i * args.dilationHeight) % lines) * line;
    for (let j = 0; j < args.kernelWidth; j++) {
      for (let q = 0; q < planes; q++) {
        store<u32>(offsets, start + <usize>(j * args.dilationWidth) * pixel + <usize>q * plane);
        offsets += 4;
      }
    }
  }
}
