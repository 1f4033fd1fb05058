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

/** @inline Pixels of a padded line, as far as windows cover it. */
export function coveredColumns(args: Geometry): i32 {
  return (args.outputWidth - 1) * args.strideWidth + extentOf(args.kernelWidth, args.dilationWidth);
}

/**
 * Copies the lines that the windows of line y of the output see to the ring, but for those that are there already. Writes the distance of
 * each place of a window from the start of the ring. The ring's borders must be zeros.
 *
 * @param pixel bytes of a pixel in the ring
 * @param repeats filters of a channel, which see the same; 1 if there are several planes
 * @param planes channels of a filter, whose lines lie behind each other
 * @param first,count the filters that are copied
 */
export function placeTaps<T extends number>(
  args: Geometry,
  image: usize,
  y: i32,
  ring: usize,
  pixel: usize,
  repeats: i32,
  planes: i32,
  first: i32,
  count: i32,
  offsets: usize,
): void {
  const columns = coveredColumns(args);
  const lines = extentOf(args.kernelHeight, args.dilationHeight);
  const plane = <usize>columns * pixel;
  const line = <usize>planes * plane;
  const top = y * args.strideHeight;
  const seen = y > 0 ? top - args.strideHeight + lines : 0;
  for (let at = max(top, seen); at < top + lines; at++) {
    copyLine<T>(args, image, at, ring + <usize>(at % lines) * line, columns, pixel, repeats, planes, first, count);
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
