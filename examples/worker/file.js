/** Bytes kept in a file, on Node and Deno. */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

/** A store as `learner` wants it. */
export function fileStore(path) {
  return {
    get: async () => (existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined),
    // Written beside it, to the disk, and renamed: whenever the process dies, the file is the old one or the new one, and whole.
    put: async (bytes) => {
      const temporary = `${path}.part`;
      const file = openSync(temporary, "w");
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
      fsyncSync(file);
      closeSync(file);
      renameSync(temporary, path);
    },
  };
}
