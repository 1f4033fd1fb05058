/**
 * Resizes pictures by area: a pixel of the result is the mean of the part of the picture that it covers. `images` calls this.
 *
 * All sums are of whole numbers: along a side from `from` to `to` pixels, a unit is 1/to of a pixel, and a pixel of the result covers
 * `from` units. So doubles hold the sums exactly for pictures of up to 2^27 pixels, in whatever order they are added.
 */

import type { Picture } from "./picture.ts";

/** The pixels of a side that each pixel of the result covers, with the units of the first and of the last one. */
interface Cover {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly firstUnits: Float64Array;
  /** 0 if the last pixel is also the first. */
  readonly lastUnits: Float64Array;
}

/** Sums over areas, with the divisor that makes them means from 0 to 255. */
export interface AreaSums {
  /** [height, width, planes] */
  readonly sums: Float64Array;
  readonly divisor: number;
}

/**
 * Returns the sum of the bytes under each pixel of the result, weighted by area.
 *
 * @param picture one that `checkPicture` has passed
 * @param planes the bytes of a pixel; or 3 for a picture of 4, which lays the colours over white
 * @param height of the result, in pixels
 * @param width of the result, in pixels
 */
export function areaSums(picture: Picture, planes: 1 | 3 | 4, height: number, width: number): AreaSums {
  const { data } = picture;
  const isOverWhite = data.length > picture.width * picture.height * planes;
  const rows = coverOf(picture.height, height);
  const columns = coverOf(picture.width, width);
  const line = new Float64Array(picture.width * planes);
  const sums = new Float64Array(height * width * planes);
  const stride = data.length / picture.height;
  const addRow = isOverWhite ? addOverWhite : addBytes;
  for (let y = 0; y < height; y++) {
    const first = rows.first[y];
    const last = rows.last[y];
    line.fill(0);
    for (let row = first; row <= last; row++) {
      const inner = row === last ? rows.lastUnits[y] : height;
      addRow(line, data, row * stride, row === first ? rows.firstUnits[y] : inner);
    }
    addColumns(sums, y * width * planes, line, planes, columns);
  }
  return { sums, divisor: picture.height * picture.width * (isOverWhite ? 255 : 1) };
}

/** Finds the pixels of a side of `from` pixels that each pixel of a side of `to` pixels covers. */
function coverOf(from: number, to: number): Cover {
  const first = new Int32Array(to);
  const last = new Int32Array(to);
  const firstUnits = new Float64Array(to);
  const lastUnits = new Float64Array(to);
  for (let index = 0; index < to; index++) {
    const begin = index * from;
    const end = begin + from;
    first[index] = Math.floor(begin / to);
    last[index] = Math.ceil(end / to) - 1;
    firstUnits[index] = Math.min((first[index] + 1) * to, end) - begin;
    lastUnits[index] = last[index] > first[index] ? end - last[index] * to : 0;
  }
  return { first, last, firstUnits, lastUnits };
}

/** line += units · bytes */
function addBytes(line: Float64Array, data: Picture["data"], from: number, units: number): void {
  for (let index = 0; index < line.length; index++) line[index] += units * data[from + index];
}

/** line += units · (alpha · colour + (255 - alpha) · 255), which is 255 times the colour over white. */
function addOverWhite(line: Float64Array, data: Picture["data"], from: number, units: number): void {
  for (let index = 0, at = from; index < line.length; index += 3, at += 4) {
    const alpha = data[at + 3];
    line[index] += units * (65025 - alpha * (255 - data[at]));
    line[index + 1] += units * (65025 - alpha * (255 - data[at + 1]));
    line[index + 2] += units * (65025 - alpha * (255 - data[at + 2]));
  }
}

/** Sums the pixels of a line that each pixel of a row of the result covers. */
function addColumns(sums: Float64Array, from: number, line: Float64Array, planes: number, columns: Cover): void {
  const { first, last, firstUnits, lastUnits } = columns;
  const width = first.length;
  let at = from;
  for (let x = 0; x < width; x++) {
    const begin = first[x] * planes;
    const end = last[x] * planes;
    for (let plane = 0; plane < planes; plane++) {
      let inner = 0;
      for (let index = begin + planes + plane; index < end; index += planes) inner += line[index];
      sums[at++] = firstUnits[x] * line[begin + plane] + width * inner + lastUnits[x] * line[end + plane];
    }
  }
}
