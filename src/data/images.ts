/** Turns pictures into rows of numbers: resized, converted to the wanted channels, scaled. */

import { checkArguments, checkFinite, checkInteger, checkOptions, shown } from "../errors.ts";
import { areaSums } from "./area.ts";
import { checkPicture, longestSide, type Picture } from "./picture.ts";

export interface ImagesOptions {
  /** The height and width of each image in pixels; one number gives both. By default each picture keeps its own, and all must agree. */
  size?: number | readonly [height: number, width: number] | undefined;
  /**
   * 1 for grey, 3 for red, green and blue, 4 for these and alpha. By default 1 for grey pictures and 3 for others; a call then takes
   * pictures of one kind.
   */
  channels?: 1 | 3 | 4 | undefined;
  /** The factor for every byte. Default 1/255, which gives numbers from 0 to 1. */
  scale?: number | undefined;
}

/** The form of an image. */
interface Form {
  /** The bytes of a pixel of the source picture. */
  readonly bytes: 1 | 3 | 4;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/** Checked options. If a side of the form is missing, it is the picture's own. */
export interface ImageRequest {
  readonly form: Partial<Form>;
  readonly scale: number;
}

const who = "images";

/** The shares of red, green and blue in grey, in thousandths (Rec. 601). They are whole numbers, so their sums are exact. */
const greyShares = [299, 587, 114] as const;

/**
 * Returns a row of numbers for each picture; for one picture, its row. The bits are the same everywhere.
 *
 * A row has the shape [height, width, channels], flat. Resizing is by area: a number is the exact mean of the part of the picture that its
 * pixel covers, times `scale`, rounded to float32. In an enlarged picture each pixel becomes a block; where a border falls within a pixel,
 * the colours mix. Height and width are resized independently, so `size` must have the picture's proportions to keep them.
 *
 * Grey is 0.299 red + 0.587 green + 0.114 blue (Rec. 601). With 1 or 3 channels, a transparent picture is laid over white, as on a web
 * page. With 4, each channel is averaged alone; a picture without alpha gets 255.
 *
 * @param pictures one picture, or pictures to iterate over; a generator may decode one at a time
 * @returns Float32Arrays of height · width · channels numbers
 * @throws {TypeError} if there is something other than pictures
 * @throws {RangeError} if the bytes of a picture do not fit its size, or if its size or kind differs from that of the first one and is not
 * given (the message names the picture, from 0); if there are no pictures; or if an option is unknown or out of range
 */
export function images(pictures: Picture, options?: ImagesOptions): ReturnType<Float32Array["slice"]>;
export function images(pictures: Iterable<Picture>, options?: ImagesOptions): ReturnType<Float32Array["slice"]>[];
export function images(
  pictures: Picture | Iterable<Picture>,
  options: ImagesOptions = {},
): ReturnType<Float32Array["slice"]> | ReturnType<Float32Array["slice"]>[] {
  checkArguments("images", arguments.length, 2);
  const request = checkImageOptions(who, options);
  if (!isIterable(pictures)) return imageOf(who, pictures, request);
  const rows: ReturnType<Float32Array["slice"]>[] = [];
  let first: Form | undefined;
  for (const picture of pictures) {
    const name = `${who}, picture ${rows.length}`;
    const own = formOf(name, picture, request.form);
    first ??= own;
    checkSame(name, own, first);
    rows.push(pixelsOf(picture, own, request.scale));
  }
  if (rows.length === 0) throw new RangeError(`${who}: got no pictures, need at least one`);
  return rows;
}

const isIterable = (pictures: unknown): pictures is Iterable<Picture> =>
  typeof pictures === "object" && pictures !== null && Symbol.iterator in pictures;

/**
 * Returns the image of one picture. Error messages begin with `who`.
 *
 * @throws {TypeError | RangeError} if it is not a picture
 */
export const imageOf = (
  who: string,
  picture: Picture,
  { form, scale }: ImageRequest,
): ReturnType<Float32Array["slice"]> => pixelsOf(picture, formOf(who, picture, form), scale);

/** @throws {TypeError | RangeError} if an option is unknown or out of range */
export function checkImageOptions(who: string, options: ImagesOptions): ImageRequest {
  checkOptions(who, options, ["size", "channels", "scale"]);
  const { size, channels, scale = 1 / 255 } = options;
  if (channels !== undefined && channels !== 1 && channels !== 3 && channels !== 4) {
    throw new RangeError(`${who} channels: got ${shown(channels)}, need 1, 3 or 4`);
  }
  checkFinite(`${who} scale`, scale);
  checkFinite(`${who} scale: 255 times ${scale} as a float32`, Math.fround(255 * scale));
  return { form: { ...sidesOf(who, size), channels }, scale };
}

function sidesOf(who: string, size: ImagesOptions["size"]): Partial<Form> {
  if (size === undefined) return {};
  const sides: unknown = typeof size === "number" ? [size, size] : size;
  if (!Array.isArray(sides) || sides.length !== 2) {
    throw new TypeError(`${who} size: got ${shown(size)}, need a number or [height, width]`);
  }
  for (const side of sides) checkInteger(`${who} size`, side, 1, longestSide);
  const [height, width] = sides as number[];
  return { height, width };
}

/** Checks a picture and returns the form of its image. */
function formOf(name: string, picture: Picture, asked: Partial<Form>): Form {
  const bytes = checkPicture(name, picture);
  const { height = picture.height, width = picture.width, channels = bytes === 1 ? 1 : 3 } = asked;
  return { bytes, height, width, channels };
}

function checkSame(name: string, { height, width, channels }: Form, first: Form): void {
  if (height !== first.height || width !== first.width) {
    const need = `${first.width} × ${first.height} as picture 0 has, or the option size`;
    throw new RangeError(`${name}: got ${width} × ${height} pixels, need ${need}`);
  }
  if (channels === first.channels) return;
  const kindOf = (count: number) => (count === 1 ? "a grey picture" : "a picture in colour");
  const need = `${kindOf(first.channels)} as picture 0 is, or the option channels`;
  throw new RangeError(`${name}: got ${kindOf(channels)}, need ${need}`);
}

function pixelsOf(
  picture: Picture,
  { bytes, height, width, channels }: Form,
  scale: number,
): ReturnType<Float32Array["slice"]> {
  const planes = channels < 4 && bytes === 4 ? 3 : bytes;
  const { sums, divisor } = areaSums(picture, planes, height, width);
  const image = new Float32Array(height * width * channels);
  if (channels === 1 && planes === 3) {
    const [red, green, blue] = greyShares;
    for (let pixel = 0, at = 0; pixel < image.length; pixel++, at += 3) {
      const grey = red * sums[at] + green * sums[at + 1] + blue * sums[at + 2];
      image[pixel] = (grey / (1000 * divisor)) * scale;
    }
    return image;
  }
  const colours = Math.min(channels, 3);
  for (let at = 0, from = 0; at < image.length; at += channels, from += planes) {
    for (let channel = 0; channel < colours; channel++) {
      image[at + channel] = (sums[from + (planes === 1 ? 0 : channel)] / divisor) * scale;
    }
    if (channels === 4) image[at + 3] = planes === 4 ? (sums[from + 3] / divisor) * scale : 255 * scale;
  }
  return image;
}
