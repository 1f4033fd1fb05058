/** Access to the machine's files, where there are any. Nothing here is loaded in a browser. */

import { shown } from "../errors.ts";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import type { PictureBytes } from "./decode.ts";

interface Entry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** The functions of `node:fs/promises` that are used here. */
interface FileSystem {
  readFile(path: string): Promise<PictureBytes>;
  readdir(path: string, options: { withFileTypes: true }): Promise<Entry[]>;
  stat(path: string): Promise<Entry>;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): unknown } | undefined;
}

/**
 * Returns the file system of Node, Deno or Bun. It is not imported, because even a dynamic import would stop bundlers for browsers.
 *
 * @throws {RangeError} if there is none
 */
export function fileSystem(who: string): FileSystem {
  const files = (globalThis as Runtime).process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files as FileSystem;
  throw new RangeError(`${who}: got the name of a file, need Node, Deno or Bun to open it; or the option read`);
}

/** Returns the error for a file that the system cannot read, with the system's error as `cause`. Returns any other error unchanged. */
export function cannotRead(who: string, path: string, error: Error): Error {
  if (!isSystemError(error)) return error;
  return new RangeError(`${who}: ${shown(path)} cannot be read: ${reasonOf(error)}`, { cause: error });
}
