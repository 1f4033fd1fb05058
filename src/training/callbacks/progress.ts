/** The progress of a training: one line of a terminal, written over and over. */

import { checkArguments } from "../../errors.ts";
import { now } from "../../host.ts";
import { numbersOf } from "../monitor.ts";
import type { BatchRecord, EpochRecord } from "../record.ts";
import type { Callback, Training } from "./callback.ts";

/** A stream to write to, such as Node's process.stderr. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** The fewest milliseconds from one line to the next. */
const pause = 100;
const barWidth = 16;
const clearLine = "\r\u001b[2K";

class Progress implements Callback {
  readonly #terminal: Terminal;
  #began = 0;
  #written = Number.NEGATIVE_INFINITY;
  #firstEpoch = 1;
  #batch = 0;
  #last: EpochRecord | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  onStart(): void {
    this.#began = 0;
    this.#batch = 0;
    this.#last = undefined;
  }

  onBatch(record: BatchRecord, training: Training): void {
    const time = now();
    if (this.#began === 0) {
      this.#began = time;
      this.#firstEpoch = record.epoch;
    }
    this.#batch++;
    if (time - this.#written < pause) return;
    this.#written = time;
    this.#write(record, training);
  }

  onEpoch(record: EpochRecord, training: Training): void {
    this.#batch = 0;
    this.#last = record;
    const isLast = record.epoch === training.epochs;
    if (!isLast && now() - this.#written < pause) return;
    this.#written = now();
    this.#write(record, training);
  }

  onEnd(training: Training): void {
    if (this.#last) this.#write(this.#last, training, true);
    this.#terminal.write("\n");
  }

  #write({ epoch, loss }: BatchRecord | EpochRecord, { epochs, batches = 1 }: Training, isOver = false): void {
    const done = this.#batch === 0 ? epoch : epoch - 1 + Math.min(this.#batch / batches, 1);
    // The most important parts come first. Those that do not fit into the line are left out.
    const parts = [bar(done / epochs), `epoch ${epoch}/${epochs}`];
    const trained = done - (this.#firstEpoch - 1);
    const seconds = ((now() - this.#began) / 1000 / trained) * (epochs - done);
    if (Number.isFinite(seconds) && done < epochs && !isOver) parts.push(`${duration(seconds)} left`);
    const numbers = this.#last ? numbersOf(this.#last) : new Map<string, number>();
    const validationLoss = numbers.get("validation.loss");
    const first = validationLoss === undefined ? { loss } : { loss, "validation.loss": validationLoss };
    for (const [name, value] of new Map([...Object.entries(first), ...numbers, ["loss", loss]])) {
      parts.push(`${name.replace("validation.", "validation ")} ${short(value)}`);
    }
    const width = (this.#terminal.columns ?? 80) - 1;
    let text = "";
    for (const part of parts) {
      const longer = text === "" ? part : `${text}  ${part}`;
      if (longer.length > width) break;
      text = longer;
    }
    this.#terminal.write(clearLine + text);
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Progress";
  }
}

const bar = (share: number) => {
  const filled = Math.round(Math.min(share, 1) * barWidth);
  return "█".repeat(filled) + "░".repeat(barWidth - filled);
};
const short = (value: number) => String(Number(value.toPrecision(4)));
const duration = (seconds: number) =>
  seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;

/**
 * Returns a callback that shows a bar, the losses and metrics of the last records, and the time left. Without a terminal it does nothing
 * and costs nothing.
 *
 * @param terminal by default the error stream of the process, if there is one
 */
export function progress(terminal: Terminal | undefined = standardError()): Callback {
  checkArguments("progress", arguments.length, 1);
  return terminal?.isTTY ? new Progress(terminal) : {};
}

function standardError(): Terminal | undefined {
  return (globalThis as { process?: { stderr?: Terminal } }).process?.stderr;
}
