/** Files of models: read with a sentence if that fails, written so that a crash leaves the old one. */

import {
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type WriteStream,
  writeFileSync,
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

/** Written beside it, to the disk, and renamed: whenever the process dies, the file is the old one or the new one, and whole. */
export function writeBytes(path: string, bytes: Uint8Array | string): void {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  // A link stays one, and a device is written to.
  const isThere = existsSync(path);
  const place = isThere ? realpathSync(path) : path;
  const temporary = `${place}.${process.pid}.part`;
  try {
    if (isThere && !statSync(place).isFile() && !statSync(place).isDirectory()) {
      writeFileSync(place, data);
      return;
    }
    const file = openSync(temporary, "w");
    try {
      for (let from = 0; from < data.length; ) from += writeSync(file, data, from);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
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

/** A file, or standard output, that takes text piece by piece. */
export interface TextOutput {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

/** Its promises are rejected with a Failure if the file cannot be written. */
export function openOutput(path: string | null): TextOutput {
  const stream = path === null ? process.stdout : createWriteStream(path);
  // Each write says itself whether it failed.
  stream.on("error", () => {});
  const finished = (act: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      act((error) => {
        if (!error) resolve();
        // Whoever reads has seen enough, as `head` has.
        else if ((error as NodeJS.ErrnoException).code === "EPIPE") process.exit(0);
        else reject(new Failure(`${path ?? "standard output"}: it cannot be written: ${error.message}`));
      });
    });
  return {
    write: (text) => finished((done) => stream.write(text, done)),
    end: async () => {
      if (stream !== process.stdout) await finished((done) => (stream as WriteStream).end(done));
    },
  };
}
