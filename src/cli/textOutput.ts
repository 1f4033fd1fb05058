/** Writes lines of text to a file or to standard output. */

import { createWriteStream, fstatSync, futimesSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sanitizeLines } from "./display.ts";
import { openPendingFile, type PendingFile, touchInterval, writeFailure } from "./place.ts";
import { onSignal } from "./signals.ts";

/** An output for text. Its promises reject with a Failure if it cannot be written. */
export interface TextOutput {
  /** Writes lines, each with a line break after it. */
  write(lines: readonly string[]): Promise<void>;
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

/** Resolves when the stream has taken the bytes, which may then be overwritten. */
const writeTo = (stream: Writable, bytes: Uint8Array | string) =>
  new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

const bufferBytes = 1 << 18;

/** Collects lines in one buffer, since new memory for each piece takes longer than the text. */
class LineBuffer {
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  readonly #bytes = Buffer.allocUnsafe(bufferBytes);
  #used = 0;

  /** @param send resolves when the bytes may be overwritten */
  constructor(send: (bytes: Uint8Array) => Promise<void>) {
    this.#send = send;
  }

  async write(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      // A character takes up to three bytes.
      const mostBytes = 3 * line.length + 1;
      if (this.#used + mostBytes > bufferBytes) await this.flush();
      if (mostBytes > bufferBytes) {
        await this.#send(Buffer.from(`${line}\n`));
        continue;
      }
      this.#used += this.#bytes.write(line, this.#used);
      this.#used += this.#bytes.write("\n", this.#used);
    }
  }

  async flush(): Promise<void> {
    if (this.#used === 0) return;
    const bytes = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    await this.#send(bytes);
  }
}

const outputName = "standard output";

/** Writes text to standard output. @throws {Failure} if that is a file that cannot be written completely */
export function writeOut(text: string): void {
  if (fstatSync(process.stdout.fd).isFile()) writeToEnd(Buffer.from(text));
  else process.stdout.write(text);
}

/** Writes to a file that is standard output: on a full disk, the stream would take a partial write for a complete one. */
function writeToEnd(bytes: Uint8Array): void {
  try {
    for (let from = 0; from < bytes.length; ) from += writeSync(process.stdout.fd, bytes, from);
  } catch (error) {
    throw writeFailure(outputName, error);
  }
}

const standardLines = new LineBuffer(async (bytes) => {
  if (fstatSync(process.stdout.fd).isFile()) {
    writeToEnd(bytes);
    return;
  }
  await writeTo(process.stdout, process.stdout.isTTY ? sanitizeLines(String(bytes)) : bytes).catch(
    (error: NodeJS.ErrnoException) => {
      // The reader has closed the pipe, as `head` does.
      if (error.code === "EPIPE") process.exit(0);
      throw writeFailure(outputName, error);
    },
  );
});

const standardOutput: TextOutput = {
  write: async (lines) => {
    await standardLines.write(lines);
    await standardLines.flush();
  },
  end: async () => {},
  abandon: () => {},
};

class FileOutput implements TextOutput {
  readonly #path: string;
  readonly #place: PendingFile;
  readonly #head: Writable;
  readonly #lines = new LineBuffer((bytes) => this.#send(bytes));
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
    const stream = createWriteStream("", { fd: descriptor });
    if (path.endsWith(".gz")) {
      const gzip = createGzip();
      [this.#head, this.#whole] = [gzip, pipeline(gzip, stream)];
    } else [this.#head, this.#whole] = [stream, finished(stream)];
    // `write` and `end` report the error.
    this.#whole.catch(() => {});
    process.once("exit", abandon);
    // The input may pause for any time. The updates show that the process is alive.
    this.#touchTimer = setInterval(() => futimesSync(descriptor, new Date(), new Date()), touchInterval).unref();
  }

  write(lines: readonly string[]): Promise<void> {
    return this.#lines.write(lines);
  }

  async #send(bytes: Uint8Array): Promise<void> {
    // If the file fails, the head only reports that it was closed, or nothing if it waits for the file. The error of the whole has the reason.
    const written = writeTo(this.#head, bytes).catch(() => this.#whole);
    await Promise.race([written, this.#whole]).catch(this.#refuse);
  }

  async end(): Promise<void> {
    await this.#lines.flush();
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
