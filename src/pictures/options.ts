/** The options that rows and batches of pictures share, and their checks. */

import { type ImagesOptions, images } from "../data/index.ts";
import { checkOptions } from "../errors.ts";
import type { ReadingOptions } from "./reading.ts";

export interface SizedOptions<File> extends ImagesOptions, ReadingOptions<File> {
  /** The height and width of each image in pixels; one number gives both. Pictures are resized by area. */
  size: number | readonly [height: number, width: number];
  /** 1 for grey, 3 for red, green and blue, 4 for these and alpha. Default 3. */
  channels?: 1 | 3 | 4 | undefined;
}

/** The options of `images`, each with its value. */
export type Form = Required<Pick<SizedOptions<unknown>, "size" | "channels" | "scale">>;

/**
 * @param more further names of options
 * @returns the options of `images`, and those for reading files
 * @throws {TypeError | RangeError} if an option is unknown, missing or out of range
 */
export function checkSizedOptions<File>(
  who: string,
  options: SizedOptions<File>,
  more: readonly string[],
): { form: Form; reading: ReadingOptions<File> } {
  checkOptions(who, options, ["size", "channels", "scale", "read", "broken", ...more]);
  const { size, channels = 3, scale = 1 / 255, read, broken } = Object(options) as SizedOptions<File>;
  if (size === undefined) throw new TypeError(`${who}: got no size, need the height and width of the images in pixels`);
  const form = { size, channels, scale };
  // A picture of one pixel is enough for `images` to check the options, before a file is opened.
  images({ data: new Uint8Array(1), width: 1, height: 1 }, form);
  return { form, reading: { read, broken } };
}
