/** Files, such as those of models: read with a sentence if that fails, written so that a crash leaves the old one. */

import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { type Network, Pipeline } from "../index.ts";
import { contentOf } from "./exported/content.ts";
import { Failure } from "./failure.ts";

/** @throws {Failure} if there is no such file, or it cannot be read */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Failure(`${path}: there is no such file`);
    if (code === "EISDIR") throw new Failure(`${path}: this is a folder, need a file`);
    throw new Failure(`${path}: ${message}`);
  }
}

/** Whether both are there, and one file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** A file under way, which is not in its place until it is whole. */
export interface Place {
  /** What is written to. */
  readonly descriptor: number;
  /** Makes it the file. */
  readonly settle: () => void;
  /** Takes it away, if it is not settled. */
  readonly abandon: () => void;
}

/**
 * Opens a file beside that at `path`, with its permissions, that takes its place in the end: whenever the process dies, the file is
 * the old one or the new one, and whole. A link stays one, and a device or pipe is written to itself.
 *
 * @throws {Error} of the system, if that cannot be
 */
export function openPlace(path: string): Place {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isDirectory()) {
    return { descriptor: openSync(path, "w"), settle: () => {}, abandon: () => {} };
  }
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  const place = stats ? realpathSync(path) : isLink ? resolve(dirname(path), readlinkSync(path)) : path;
  const temporary = `${place}.${process.pid}.part`;
  const descriptor = openSync(temporary, "w");
  if (stats) fchmodSync(descriptor, stats.mode);
  return {
    descriptor,
    settle: () => renameSync(temporary, place),
    abandon: () => rmSync(temporary, { force: true }),
  };
}

/** Written to the disk, and then to its place. */
export function writeBytes(path: string, bytes: Uint8Array | string): void {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  let place: Place | undefined;
  try {
    place = openPlace(path);
    const { descriptor } = place;
    try {
      for (let from = 0; from < data.length; ) from += writeSync(descriptor, data, from);
      // Of a device there may be none.
      if (fstatSync(descriptor).isFile()) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    place.settle();
  } catch (error) {
    place?.abandon();
    throw new Failure(`${path}: it cannot be written: ${(error as Error).message}`);
  }
}

/** Before hours of work, whether its result will have a place. @throws {Failure} if there is no folder for it, or it is one */
export function checkFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Failure(`${path}: this is a folder, need a file`);
  const folder = dirname(path);
  if (!existsSync(folder)) throw new Failure(`${path}: there is no folder ${folder}, need one to write the file to`);
}

/** The model in a file. @throws {Failure} if there is none in it */
export function readModel(path: string): Pipeline {
  const bytes = readBytes(path);
  try {
    return Pipeline.fromBytes(bytes);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new Failure(`${path}: this is no model that simdnet train wrote (${error.message})`);
    }
    throw error;
  }
}

/** The model in a file, or the network alone. @throws {Failure} if neither is in it */
export function contentIn(path: string, bytes = readBytes(path)): Pipeline | Network {
  try {
    return contentOf(bytes);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new Failure(`${path}: this is no model or network of simdnet (${error.message})`);
    }
    throw error;
  }
}
