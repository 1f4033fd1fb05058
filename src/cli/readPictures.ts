/** Files of pictures: which there are, and what is in them; those that are broken are named. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Picture } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { Failure } from "./failure.ts";
import { readBytes, readOrFail } from "./files.ts";
import { listText } from "./listed.ts";
import { count, plural } from "./numbers.ts";
import { newProgress } from "./reading.ts";

/** A file that is no picture, or not a whole one. */
export interface Broken {
  readonly file: string;
  readonly reason: string;
}

const pictureName = /\.(?:png|jpe?g|pgm|ppm|pnm)$/i;

/** Runs of digits by their numbers: "2.png" before "10.png". The same order whatever language the machine speaks. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** Whether a model reads pictures and nothing beside them, as files of pictures can give it. */
export const readsPictures = ({ columns }: Pick<Pipeline, "columns">): boolean =>
  columns.length === 1 && columns[0].kind === "picture";

export const isFolder = (path: string): boolean =>
  readOrFail(path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory() ?? false;

/**
 * The files that paths name; of a folder, all pictures in it and in its folders.
 *
 * @throws {Failure} if a folder has none, or cannot be read
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
 * Gives the picture of each file, one after the other, with its place; passes over those that are broken.
 *
 * @param broken where they are added
 */
export async function* eachPicture(
  files: readonly string[],
  broken: Broken[],
): AsyncGenerator<readonly [place: number, picture: Picture]> {
  // With libraries for pictures, which tables do without.
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

/** "2 pictures are broken and passed over: a.jpg (…), …" */
export function brokenNote(broken: readonly Broken[]): string[] {
  if (broken.length === 0) return [];
  const names = broken.map(({ file, reason }) => `${file} (${reason})`);
  const what = `${plural(broken.length, "picture")} ${broken.length === 1 ? "is" : "are"} broken and passed over`;
  return [`${what}: ${listText(names, 5)}`];
}
