/** Reads and writes files. A failed read gives a clear message. A crash during a write leaves the old file intact. */

import { closeSync, readFileSync, statSync, writeSync } from "node:fs";
import { type Network, Pipeline } from "../index.ts";
import { foreignFormat } from "../onnx/formats.ts";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { contentOf } from "./exported/content.ts";
import { Failure } from "./failure.ts";
import { openPendingFile, type PendingFile, writeFailure } from "./place.ts";

/** Returns the result of `read`. @throws {Failure} naming `path` and the reason, if the system refuses */
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

/** Returns whether both paths exist and name the same file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => readOrFail(path, () => statSync(path, { throwIfNoEntry: false })));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Writes files: each is complete on disk before the first replaces an old one. */
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
      } finally {
        closeSync(place.descriptor);
      }
      place.sync();
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

/** Writes one file: to disk first, then to its place. */
export const writeBytes = (path: string, bytes: Uint8Array | string): void => writeFiles({ [path]: bytes });

/** Reads a model from a file. @throws {Failure} if the file holds none */
export function readModel(path: string): Pipeline {
  const bytes = readBytes(path);
  try {
    return Pipeline.fromBytes(bytes);
  } catch (error) {
    throw refusalFor(path, bytes, "model that simdnet train wrote", error);
  }
}

/** Returns the error for a file that cannot be read as a model: it names the format, if that is another one. */
function refusalFor(path: string, bytes: Uint8Array, need: string, error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const format = foreignFormat(bytes);
  return new Failure(
    format ? `${path}: got ${format}, need a ${need}` : `${path}: this is no ${need} (${error.message})`,
  );
}

/** Reads a model, or a network alone, from a file. @throws {Failure} if the file holds neither */
export function readContent(path: string, bytes = readBytes(path)): Pipeline | Network {
  try {
    return contentOf(bytes);
  } catch (error) {
    throw refusalFor(path, bytes, "model or network of simdnet", error);
  }
}
