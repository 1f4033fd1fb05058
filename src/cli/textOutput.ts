/** A file, or standard output, that takes text piece by piece. */

import { createWriteStream, fstatSync, futimesSync, writeSync } from "node:fs";
import { type Duplex, PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sanitizeLines } from "./display.ts";
import { openPendingFile, type PendingFile, touchInterval, writeFailure } from "./place.ts";
import { onSignal } from "./signals.ts";

/** Its promises are rejected with a Failure if it cannot be written. */
export interface TextOutput {
  write(text: string): Promise<void>;
  /** What has been written is there from now on. */
  end(): Promise<void>;
  /** Before its end, what has been written is given up: a file that was there before stays as it was. */
  abandon(): void;
}

/**
 * @param path a file, compressed by gzip if its name ends with .gz; null for standard output
 * @throws {Failure} if the file cannot be written
 */
export const openOutput = (path: string | null): TextOutput => (path === null ? standardOutput : new FileOutput(path));

const writeTo = (stream: Writable, text: string) =>
  new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });

const outputName = "standard output";

/** Writes text to standard output. @throws {Failure} if that is a file, and cannot be written to its end */
export function writeOut(text: string): void {
  if (!fstatSync(process.stdout.fd).isFile()) {
    process.stdout.write(text);
    return;
  }
  // Where a full disk takes the first part of a text, the stream would take that for the whole.
  const bytes = Buffer.from(text);
  try {
    for (let from = 0; from < bytes.length; ) from += writeSync(process.stdout.fd, bytes, from);
  } catch (error) {
    throw writeFailure(outputName, error);
  }
}

const standardOutput: TextOutput = {
  write: async (text) => {
    if (fstatSync(process.stdout.fd).isFile()) {
      writeOut(text);
      return;
    }
    const safe = process.stdout.isTTY ? sanitizeLines(text) : text;
    await writeTo(process.stdout, safe).catch((error: NodeJS.ErrnoException) => {
      // Whoever reads has seen enough, as `head` has.
      if (error.code === "EPIPE") process.exit(0);
      throw writeFailure(outputName, error);
    });
  },
  end: async () => {},
  abandon: () => {},
};

class FileOutput implements TextOutput {
  readonly #path: string;
  readonly #place: PendingFile;
  readonly #head: Duplex;
  /** Until all is in the file. */
  readonly #whole: Promise<void>;
  readonly #unsubscribe: () => void;
  readonly #touchTimer: NodeJS.Timeout;

  /** @throws {Failure} if the file cannot be written */
  constructor(path: string) {
    this.#path = path;
    // Before there is a file: a signal that came first would leave it.
    this.#unsubscribe = onSignal((exitCode) => process.exit(exitCode));
    try {
      this.#place = openPendingFile(path);
    } catch (error) {
      this.#unsubscribe();
      throw writeFailure(path, error);
    }
    const { descriptor, abandon } = this.#place;
    this.#head = path.endsWith(".gz") ? createGzip() : new PassThrough();
    this.#whole = pipeline(this.#head, createWriteStream("", { fd: descriptor }));
    // Whoever writes hears of it.
    this.#whole.catch(() => {});
    process.once("exit", abandon);
    // What it is given may pause for as long as it likes.
    this.#touchTimer = setInterval(() => futimesSync(descriptor, new Date(), new Date()), touchInterval).unref();
  }

  async write(text: string): Promise<void> {
    // Where the file fails, its error is that of the whole; the head's is that it is cut off.
    await writeTo(this.#head, text)
      .catch(() => this.#whole)
      .catch(this.#refuse);
  }

  async end(): Promise<void> {
    this.#head.end();
    clearInterval(this.#touchTimer);
    await this.#whole.then(this.#place.commit).catch(this.#refuse);
  }

  abandon(): void {
    clearInterval(this.#touchTimer);
    this.#head.destroy();
    this.#place.abandon();
    process.off("exit", this.#place.abandon);
    this.#unsubscribe();
  }

  readonly #refuse = (error: Error): never => {
    throw writeFailure(this.#path, error);
  };
}
