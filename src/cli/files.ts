/** Files, such as those of models: read with a sentence if that fails, written so that a crash leaves the old one. */

import { closeSync, fstatSync, fsyncSync, readFileSync, statSync, writeSync } from "node:fs";
import { type Network, Pipeline } from "../index.ts";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { contentOf } from "./exported/content.ts";
import { Failure } from "./failure.ts";
import { openPendingFile, type PendingFile, writeFailure } from "./place.ts";

/** Returns what `read` reads at `path`. @throws {Failure} that says in a sentence why the system does not let it */
export function readOrFail<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error)) throw new Failure(`${error.path ?? path}: ${reasonOf(error)}`);
    throw error;
  }
}

/** @throws {Failure} if there is no such file, or it cannot be read */
export const readBytes = (path: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readOrFail(path, () => readFileSync(path)));

/** Whether both are there, and one file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => readOrFail(path, () => statSync(path, { throwIfNoEntry: false })));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Writes files, all of them or none: each is whole on the disk before the first takes its place. */
export function writeFiles(files: Readonly<Record<string, Uint8Array | string>>): void {
  const places: PendingFile[] = [];
  let path = "";
  try {
    for (const [name, content] of Object.entries(files)) {
      path = name;
      const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const place = openPendingFile(name);
      places.push(place);
      try {
        for (let from = 0; from < data.length; ) from += writeSync(place.descriptor, data, from);
        // Of a device there may be none.
        if (fstatSync(place.descriptor).isFile()) fsyncSync(place.descriptor);
      } finally {
        closeSync(place.descriptor);
      }
    }
    for (const [index, name] of Object.keys(files).entries()) {
      path = name;
      places[index].commit();
    }
  } catch (error) {
    for (const place of places) place.abandon();
    throw writeFailure(path, error);
  }
}

/** Writes one file, to the disk and then to its place. */
export const writeBytes = (path: string, bytes: Uint8Array | string): void => writeFiles({ [path]: bytes });

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
export function readContent(path: string, bytes = readBytes(path)): Pipeline | Network {
  try {
    return contentOf(bytes);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new Failure(`${path}: this is no model or network of simdnet (${error.message})`);
    }
    throw error;
  }
}
