/** Lists and reads the files of pictures, and names the broken ones. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Picture } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { Failure } from "./failure.ts";
import { readBytes, readOrFail } from "./files.ts";
import { listText } from "./listed.ts";
import { count, plural } from "./numbers.ts";
import { newProgress } from "./reading.ts";

/** A file that is no picture, or an incomplete one. */
export interface Broken {
  readonly file: string;
  readonly reason: string;
}

const pictureName = /\.(?:png|jpe?g|pgm|ppm|pnm)$/i;

/** Compares runs of digits as numbers: "2.png" before "10.png". The order does not depend on the machine's language. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** Returns whether a model reads pictures and nothing else. */
export const readsPictures = ({ columns }: Pick<Pipeline, "columns">): boolean =>
  columns.length === 1 && columns[0].kind === "picture";

export const isFolder = (path: string): boolean =>
  readOrFail(path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory() ?? false;

/**
 * Returns the files that `paths` name. For a folder these are all pictures in it and in its subfolders.
 *
 * @throws {Failure} if a folder has no pictures, or cannot be read
 */
export function pictureFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const all = readOrFail(path, () => readdirSync(path, { recursive: true }) as string[]);
    const names = all.filter((name) => pictureName.test(name));
    if (names.length === 0)
      throw new Failure(`${path}: got no pictures in this folder, need PNG, JPEG, PGM or PPM files`);
    return names.sort(compare).map((name) => join(path, name));
  });
}

/**
 * Yields the picture of each file with its place. Broken files are skipped.
 *
 * @param broken the list to which broken files are added
 */
export async function* eachPicture(
  files: readonly string[],
  broken: Broken[],
): AsyncGenerator<readonly [place: number, picture: Picture]> {
  // Loads picture libraries, which tables do not need.
  const { readPicture } = await import("../pictures/index.ts");
  const progress = newProgress();
  try {
    for (const [place, file] of files.entries()) {
      progress.show(() => `Reading pictures: ${count(place)} of ${count(files.length)}`);
      const bytes = readBytes(file);
      let picture: Picture;
      try {
        picture = readPicture(bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        broken.push({ file, reason: error.message });
        continue;
      }
      yield [place, picture];
    }
  } finally {
    progress.done();
  }
}

/** Returns a note such as "2 pictures are broken and passed over: a.jpg (…), …". */
export function brokenNote(broken: readonly Broken[]): string[] {
  if (broken.length === 0) return [];
  const names = broken.map(({ file, reason }) => `${file} (${reason})`);
  const what = `${plural(broken.length, "picture")} ${broken.length === 1 ? "is" : "are"} broken and passed over`;
  return [`${what}: ${listText(names, 5)}`];
}
