/** Writes text in pieces to a file or to standard output. */

import { createWriteStream, fstatSync, futimesSync, writeSync } from "node:fs";
import { type Duplex, PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sanitizeLines } from "./display.ts";
import { openPendingFile, type PendingFile, touchInterval, writeFailure } from "./place.ts";
import { onSignal } from "./signals.ts";

/** An output for text. Its promises reject with a Failure if it cannot be written. */
export interface TextOutput {
  write(text: string): Promise<void>;
  /** Completes the output: the file appears at its place. */
  end(): Promise<void>;
  /** Discards the output if it is incomplete. An existing file stays as it was. */
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

/** Writes text to standard output. @throws {Failure} if that is a file that cannot be written completely */
export function writeOut(text: string): void {
  if (!fstatSync(process.stdout.fd).isFile()) {
    process.stdout.write(text);
    return;
  }
  // On a full disk, the stream would take a partial write for a complete one.
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
      // The reader has closed the pipe, as `head` does.
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
  /** Resolves when everything is in the file. */
  readonly #whole: Promise<void>;
  readonly #unsubscribe: () => void;
  readonly #touchTimer: NodeJS.Timeout;

  /** @throws {Failure} if the file cannot be written */
  constructor(path: string) {
    this.#path = path;
    // Subscribes before the file exists: a signal in between would leave the file behind.
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
    // `write` and `end` report the error.
    this.#whole.catch(() => {});
    process.once("exit", abandon);
    // The input may pause for any time. The updates show that the process is alive.
    this.#touchTimer = setInterval(() => futimesSync(descriptor, new Date(), new Date()), touchInterval).unref();
  }

  async write(text: string): Promise<void> {
    // If the file fails, the head only reports that it was closed. The error of the whole pipeline has the reason.
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
