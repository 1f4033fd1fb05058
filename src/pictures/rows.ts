/** Reads pictures into rows of numbers that all stay in memory. */

import { images } from "../data/index.ts";
import { checkArguments } from "../errors.ts";
import { checkSizedOptions, type SizedOptions } from "./options.ts";
import { PictureReader, type SkippedPicture } from "./reading.ts";

/** The result of `pictureRows`. */
export interface PictureRows<File, Target> {
  /** A row for each picture, in the form of `images`. */
  inputs: ReturnType<Float32Array["slice"]>[];
  targets: Target[];
  /** The file of each row. */
  files: File[];
  skipped: SkippedPicture<File>[];
}

const who = "pictureRows";

/**
 * Reads pictures one after the other and makes a row of each, as `images` of `simdnet/data` does. Only the rows stay in memory.
 *
 * @param files paths, or what `read` takes
 * @param targets the target of each file, such as its class
 * @returns rows of the pictures that are whole, with their targets
 * @throws {RangeError} if a file is broken and `broken` is not "skip" (the message names it), if no file is a picture, or if an option is
 * unknown or out of range
 * @throws {TypeError} if files or targets are not arrays, or if `read` returns something other than pictures
 */
export async function pictureRows<File = string, Target = number>(
  files: readonly File[],
  targets: readonly Target[],
  options: SizedOptions<File>,
): Promise<PictureRows<File, Target>> {
  checkArguments(who, arguments.length, 3);
  const { form, reading: readingOptions } = checkSizedOptions(who, options, []);
  const reading = new PictureReader(who, files, targets, readingOptions);
  const rows: Omit<PictureRows<File, Target>, "skipped"> = { inputs: [], targets: [], files: [] };
  for await (const [place, picture] of reading.pictures([...files.keys()])) {
    rows.inputs.push(images(picture, form));
    rows.targets.push(targets[place]);
    rows.files.push(files[place]);
  }
  reading.checkAny();
  return { ...rows, skipped: reading.skipped };
}
