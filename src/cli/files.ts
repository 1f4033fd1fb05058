/** Files of models: read with a sentence if that fails, written so that a crash leaves the old one. */

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { Pipeline } from "../index.ts";
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

/** Where a file is written until it is whole. */
export interface Place {
  /** A file beside it; itself, if it is a device. */
  readonly temporary: string;
  /** Makes it the file. */
  readonly settle: () => void;
  /** Takes it away. */
  readonly abandon: () => void;
}

/** A place for the file at `path`: whenever the process dies, the file is the old one or the new one, and whole. A link stays one. */
export function placeOf(path: string): Place {
  const isThere = existsSync(path);
  const place = isThere ? realpathSync(path) : path;
  if (isThere && !statSync(place).isFile() && !statSync(place).isDirectory()) {
    return { temporary: place, settle: () => {}, abandon: () => {} };
  }
  const temporary = `${place}.${process.pid}.part`;
  return { temporary, settle: () => renameSync(temporary, place), abandon: () => rmSync(temporary, { force: true }) };
}

/** Written to the disk, and then to its place. */
export function writeBytes(path: string, bytes: Uint8Array | string): void {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const { temporary, settle, abandon } = placeOf(path);
  try {
    const file = openSync(temporary, "w");
    try {
      for (let from = 0; from < data.length; ) from += writeSync(file, data, from);
      // Of a device there may be none.
      if (fstatSync(file).isFile()) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    settle();
  } catch (error) {
    abandon();
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
