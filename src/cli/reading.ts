/** Shows the progress of reading in a terminal. */

import { plural } from "./numbers.ts";
import { type Source, sourceOf } from "./source.ts";

/** The least time between two updates, in milliseconds. */
const pause = 200;
const clearLine = "\r\u001b[2K";

/** A line in a terminal that is updated in place. */
export interface Progress {
  /** Shows a text, unless the last update is too recent. */
  readonly show: (text: () => string) => void;
  /** To be called at the end. */
  readonly done: () => void;
}

export function newProgress(terminal: NodeJS.WriteStream = process.stderr): Progress {
  let written = performance.now();
  let isShown = false;
  const show = (text: () => string) => {
    if (!terminal.isTTY || performance.now() - written < pause) return;
    written = performance.now();
    isShown = true;
    terminal.write(`${clearLine}${text()}`);
  };
  const done = () => {
    if (isShown) terminal.write(clearLine);
  };
  return { show, done };
}

export interface Reading {
  readonly source: Source;
  /** To be called with the number of rows read so far. */
  readonly onRows: (rows: number) => void;
  /** To be called at the end. */
  readonly done: () => void;
}

/** Shows `what` in a terminal while `work` runs. */
export function showWhile<Result>(
  what: string,
  work: () => Result,
  terminal: NodeJS.WriteStream = process.stderr,
): Result {
  if (!terminal.isTTY) return work();
  terminal.write(what);
  try {
    return work();
  } finally {
    terminal.write(clearLine);
  }
}

/**
 * @param from the path of a file, or a source
 * @throws {Failure} if there is no such file
 */
export function openReading(from: string | Source, terminal: NodeJS.WriteStream = process.stderr): Reading {
  const source = typeof from === "string" ? sourceOf(from) : from;
  const { show, done } = newProgress(terminal);
  const onRows = (rows: number) =>
    show(() => {
      const share = source.bytes ? `${Math.floor((100 * source.read()) / source.bytes)} %, ` : "";
      return `Reading ${source.name}: ${share}${plural(rows, "row")}`;
    });
  return { source, onRows, done };
}
