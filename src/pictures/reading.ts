/** Reads pictures one after the other, and reports the broken ones. `pictureRows` and `pictureBatches` call this. */

import type { Picture } from "../data/index.ts";
import { shown, unknownName } from "../errors.ts";
import { escapeHidden } from "../hidden.ts";
import { type PictureBytes, readPicture } from "./decode.ts";
import { cannotRead, fileSystem } from "./fileSystem.ts";

/** The options for reading files. */
export interface ReadingOptions<File> {
  /**
   * Returns the bytes of a PNG, JPEG, PGM or PPM file, or a decoded picture. By default, files are paths. In a browser, `(file) =>
   * file.bytes()` reads files that a user has chosen.
   */
  read?: ((file: File) => PictureBytes | Picture | Promise<PictureBytes | Picture>) | undefined;
  /** What to do with a file that is not a whole picture: "refuse" throws an error that names it, "skip" omits it. Default "refuse". */
  broken?: "refuse" | "skip" | undefined;
}

/** A file that has been skipped, with the reason. */
export interface SkippedPicture<File> {
  readonly file: File;
  readonly reason: string;
}

/** The number of files that are read while a picture is decoded. More would only fill memory. */
const readAhead = 4;

export class PictureReader<File> {
  readonly #who: string;
  readonly #files: readonly File[];
  readonly #read: (file: File) => Promise<PictureBytes | Picture>;
  readonly #isSkipping: boolean;
  readonly #broken = new Map<number, SkippedPicture<File>>();

  /**
   * @param who begins the message of an error
   * @throws {TypeError | RangeError} if files and targets are not arrays of the same length of at least one, or if an option is out of
   * range
   */
  constructor(
    who: string,
    files: readonly File[],
    targets: readonly unknown[],
    { read, broken = "refuse" }: ReadingOptions<File>,
  ) {
    for (const [name, list] of Object.entries({ files, targets })) {
      if (!Array.isArray(list)) throw new TypeError(`${who}: got ${shown(list)} as ${name}, need an array`);
    }
    if (files.length !== targets.length) {
      throw new RangeError(
        `${who}: got ${files.length} files and ${targets.length} targets, need the same number of each`,
      );
    }
    if (files.length === 0) throw new RangeError(`${who}: got no files, need at least one`);
    if (read !== undefined && typeof read !== "function") {
      throw new TypeError(`${who}: got read ${shown(read)}, need a function`);
    }
    if (broken !== "refuse" && broken !== "skip") throw unknownName(`${who} broken`, broken, ["refuse", "skip"]);
    this.#who = who;
    this.#files = files;
    this.#isSkipping = broken === "skip";
    this.#read = async (file) => (read ?? readPath(who))(file as File & string);
  }

  /** The files skipped so far, in the order of the files. */
  get skipped(): SkippedPicture<File>[] {
    return [...this.#broken].sort(([a], [b]) => a - b).map(([, skipped]) => skipped);
  }

  /** Yields the whole pictures of the files at `places`, in that order. */
  async *pictures(places: readonly number[]): AsyncGenerator<readonly [place: number, picture: Picture]> {
    const unbroken = places.filter((place) => !this.#broken.has(place));
    const reads: Promise<PictureBytes | Picture>[] = [];
    for (const [index, place] of unbroken.entries()) {
      while (reads.length < readAhead && index + reads.length < unbroken.length) {
        const next = this.#read(this.#files[unbroken[index + reads.length]]);
        // The error is thrown where the promise is awaited. Until then it must not count as unhandled.
        next.catch(() => undefined);
        reads.push(next);
      }
      const picture = this.#decode(place, await reads.shift()!);
      if (picture) yield [place, picture];
    }
  }

  #decode(place: number, content: PictureBytes | Picture): Picture | undefined {
    const file = this.#files[place];
    if (!ArrayBuffer.isView(content)) {
      if (typeof content === "object" && content !== null && "data" in content) return content;
      throw new TypeError(
        `${this.#who}: ${nameOf(file, place)}: got ${shown(content)}, need the bytes of a file or a picture`,
      );
    }
    try {
      return readPicture(content);
    } catch (error) {
      const reason = (error as Error).message;
      if (!this.#isSkipping) throw new RangeError(`${this.#who}: ${nameOf(file, place)}: ${reason}`);
      this.#broken.set(place, { file, reason });
      return undefined;
    }
  }

  /** @throws {RangeError} if all files have been skipped; the message names the first one */
  checkAny(): void {
    const [first] = this.skipped;
    if (this.#broken.size < this.#files.length) return;
    const got = `${this.#files.length} files of which none is a picture`;
    throw new RangeError(`${this.#who}: got ${got}, need one; ${nameOf(first.file, 0)}: ${first.reason}`);
  }
}

function readPath(who: string): (path: string) => Promise<PictureBytes> {
  return (path) => {
    if (typeof path === "string") {
      return fileSystem(who)
        .readFile(path)
        .catch((error: Error) => {
          throw cannotRead(who, path, error);
        });
    }
    throw new TypeError(`${who}: got ${shown(path)} as a file, need a path, or the option read`);
  };
}

/** Returns a path, the name of a browser's File, or else the place in the list. */
function nameOf(file: unknown, place: number): string {
  const name = typeof file === "string" ? file : (Object(file) as { name?: unknown }).name;
  return typeof name === "string" ? escapeHidden(name) : `file ${place}`;
}
