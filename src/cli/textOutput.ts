/** A file, or standard output, that takes text piece by piece. */

import { createWriteStream } from "node:fs";
import { PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Failure } from "./failure.ts";
import { type Place, placeOf } from "./files.ts";

/** Its promises are rejected with a Failure if it cannot be written. */
export interface TextOutput {
  write(text: string): Promise<void>;
  /** What has been written is there from now on. */
  end(): Promise<void>;
  /** Before its end, what has been written is given up: a file that was there before stays as it was. */
  abandon(): void;
}

/** @param path a file, compressed by gzip if its name ends with .gz; null for standard output */
export const openOutput = (path: string | null): TextOutput => (path === null ? standardOutput : new FileOutput(path));

const refusal = (name: string, error: Error) => new Failure(`${name}: it cannot be written: ${error.message}`);

const written = (stream: Writable, text: string) =>
  new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });

const standardOutput: TextOutput = {
  write: (text) =>
    written(process.stdout, text).catch((error: NodeJS.ErrnoException) => {
      // Whoever reads has seen enough, as `head` has.
      if (error.code === "EPIPE") process.exit(0);
      throw refusal("standard output", error);
    }),
  end: async () => {},
  abandon: () => {},
};

class FileOutput implements TextOutput {
  readonly #path: string;
  readonly #place: Place;
  readonly #head: Writable;
  /** Until all is in the file. */
  readonly #whole: Promise<void>;
  #error: Error | undefined;
  readonly #stop = () => process.exit(130);

  constructor(path: string) {
    this.#path = path;
    this.#place = placeOf(path);
    const head = path.endsWith(".gz") ? createGzip() : new PassThrough();
    this.#head = head;
    this.#whole = pipeline(head, createWriteStream(this.#place.temporary));
    this.#whole.catch((error: Error) => (this.#error = error));
    process.once("exit", this.#place.abandon);
    process.once("SIGINT", this.#stop);
    process.once("SIGTERM", this.#stop);
  }

  async write(text: string): Promise<void> {
    // What goes wrong behind the head is said by the end of it all.
    await written(this.#head, text).catch((error: Error) => {
      throw refusal(this.#path, this.#error ?? error);
    });
  }

  async end(): Promise<void> {
    this.#head.end();
    try {
      await this.#whole;
      this.#place.settle();
    } catch (error) {
      throw refusal(this.#path, error as Error);
    }
  }

  abandon(): void {
    this.#head.destroy();
    this.#place.abandon();
    process.off("exit", this.#place.abandon);
    process.off("SIGINT", this.#stop);
    process.off("SIGTERM", this.#stop);
  }
}
