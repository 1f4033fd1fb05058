/** Pictures in the form of canvases and decoders. The readers of this folder make them, and `images` takes them. */

import { checkInteger, plural, shown } from "../errors.ts";

/** A picture in bytes, such as an `ImageData` or the result of npm's jpeg-js and pngjs. */
export interface Picture {
  /** Row by row from the top, 4 bytes a pixel (red, green, blue, alpha), 3 (red, green, blue) or 1 (grey). */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The longest side of a picture or of an image. No canvas has a longer one. */
export const longestSide = 65535;

/** Tells whether `data` is bytes, also those of another realm. */
const isBytes = (data: unknown): data is Picture["data"] =>
  ["[object Uint8Array]", "[object Uint8ClampedArray]"].includes(Object.prototype.toString.call(data));

/**
 * Checks a picture.
 *
 * @param who begins the message of an error
 * @returns its bytes a pixel: 1, 3 or 4
 * @throws {TypeError} if it is not an object with bytes
 * @throws {RangeError} if a side is not a whole number of pixels, or if there are more or fewer bytes than the pixels need
 */
export function checkPicture(who: string, picture: Picture): 1 | 3 | 4 {
  if (typeof picture !== "object" || picture === null || !("data" in picture)) {
    throw new TypeError(`${who}: got ${shown(picture)}, need a picture, { data, width, height }`);
  }
  const { data, width, height } = picture;
  if (!isBytes(data)) {
    throw new TypeError(`${who}: got ${shown(data)} as data, need a Uint8Array or a Uint8ClampedArray`);
  }
  checkInteger(`${who}, width`, width, 1, longestSide);
  checkInteger(`${who}, height`, height, 1, longestSide);
  const bytes = data.length / (width * height);
  if (bytes === 1 || bytes === 3 || bytes === 4) return bytes;
  const need = `${width} × ${height} pixels of 1, 3 or 4 bytes each`;
  throw new RangeError(`${who}: got ${plural(data.length, "byte")}, need ${need}`);
}
