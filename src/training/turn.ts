/** Turns at the event loop. A long training takes short ones, so that a server or a page stays responsive. */

import { now, pause } from "../host.ts";

/**
 * The milliseconds of a turn. Other work waits for one turn or, since a message may come before it, for two: at most 20 ms if a batch takes no
 * more than 2.
 */
const turnLength = 8;

/**
 * A turn consists of parts: a batch, an epoch's record, some examples of an evaluation.
 *
 * Cloudflare's Workers stop the clock while a program computes, and set it when an event comes in. There a turn has a number of
 * parts: twice that of the previous turn if it took less than half of a turn's length, half of it if it took longer.
 */
export class Turn {
  #began = now();
  #parts = 0;
  #mostParts = 1;

  /** Counts a part that has been done. @returns true if the turn is over, so that it is time to `pass` */
  endPart(): boolean {
    this.#parts++;
    const passed = now() - this.#began;
    return passed > turnLength || (passed === 0 && this.#parts >= this.#mostParts);
  }

  /** Lets other work have its turn, then begins the next. */
  async pass(): Promise<void> {
    const isStopped = now() === this.#began;
    await pause(isStopped);
    if (isStopped) this.#adapt(now() - this.#began);
    this.#began = now();
    this.#parts = 0;
  }

  #adapt(milliseconds: number): void {
    if (milliseconds < turnLength / 2) this.#mostParts *= 2;
    else if (milliseconds > turnLength) this.#mostParts = Math.ceil(this.#mostParts / 2);
  }
}
