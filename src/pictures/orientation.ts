/** Turns pictures upright, by the orientation in the EXIF data of a JPEG file. */

import type { Picture } from "../data/index.ts";

const [byteOrderLittle, byteOrderBig] = [0x4949, 0x4d4d];
const orientationTag = 0x0112;
const entryBytes = 12;
/** An unsigned number of 2 bytes. */
const shortType = 3;

/**
 * Returns the orientation in EXIF data: 1 is upright, 2 to 8 are mirrored or turned. Data that are incomplete or have no orientation count
 * as upright, as in browsers.
 *
 * @param exif the bytes after "Exif\0\0" in the file
 * Source  Exif 2.32 (CIPA DC-008), 4.6.4, tag 0x0112; TIFF 6.0, section 2.
 */
export function orientationOf(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const has = (end: number) => end <= exif.length;
  if (!has(8) || ![byteOrderLittle, byteOrderBig].includes(view.getUint16(0))) return 1;
  const isLittle = view.getUint16(0) === byteOrderLittle;
  const start = view.getUint32(4, isLittle);
  if (!has(start + 2)) return 1;
  const count = view.getUint16(start, isLittle);
  for (let at = start + 2; at < start + 2 + count * entryBytes && has(at + entryBytes); at += entryBytes) {
    if (view.getUint16(at, isLittle) !== orientationTag) continue;
    const orientation = view.getUint16(at + 8, isLittle);
    const isValid = view.getUint16(at + 2, isLittle) === shortType && orientation >= 1 && orientation <= 8;
    return isValid ? orientation : 1;
  }
  return 1;
}

/** By orientation: whether rows are stored as columns, and whether the columns and the rows of the result run backwards. */
const turns: Readonly<Record<number, readonly [isTransposed: boolean, mirrorsX: boolean, mirrorsY: boolean]>> = {
  2: [false, true, false],
  3: [false, true, true],
  4: [false, false, true],
  5: [true, false, false],
  6: [true, true, false],
  7: [true, true, true],
  8: [true, false, true],
};

/** Turns a picture of orientation 1 to 8 upright. An upright one is returned unchanged. */
export function turnUpright(picture: Picture, orientation: number): Picture {
  const turn = turns[orientation];
  if (!turn) return picture;
  const [isTransposed, mirrorsX, mirrorsY] = turn;
  const [width, height] = isTransposed ? [picture.height, picture.width] : [picture.width, picture.height];
  const bytes = picture.data.length / (width * height);
  const data = new Uint8Array(picture.data.length);
  for (let y = 0, at = 0; y < height; y++) {
    const row = mirrorsY ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const column = mirrorsX ? width - 1 - x : x;
      let from = (isTransposed ? column * picture.width + row : row * picture.width + column) * bytes;
      for (let end = at + bytes; at < end; ) data[at++] = picture.data[from++];
    }
  }
  return { data, width, height };
}
