/** The files of the machine, where there are any. Nothing here is loaded in a browser. */

import type { PictureBytes } from "./decode.ts";

interface Entry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** What is used of `node:fs/promises`. */
interface FileSystem {
  readFile(path: string): Promise<PictureBytes>;
  readdir(path: string, options: { withFileTypes: true }): Promise<Entry[]>;
  stat(path: string): Promise<Entry>;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): unknown } | undefined;
}

/**
 * Returns the file system of Node, Deno or Bun. An import of it, even a dynamic one, would stop bundlers for browsers.
 *
 * @throws {RangeError} where there is none
 */
export function fileSystem(who: string): FileSystem {
  const files = (globalThis as Runtime).process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files as FileSystem;
  throw new RangeError(`${who}: got the name of a file, need Node, Deno or Bun to open it; or the option read`);
}
