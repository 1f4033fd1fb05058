/** Turns at the event loop: a long training takes short ones, so that a server or a page stays alive meanwhile. */

import { now, pause } from "../host.ts";

/**
 * In milliseconds. What waits for the event loop waits for one turn or, since a message may come before it, for two: at most
 * 20 ms where the batch under way takes no more than 2.
 */
const turnLength = 8;

/**
 * What is done in a turn are parts: a batch, an epoch's record, some examples of an evaluation.
 *
 * Cloudflare's Workers stop the clock while a program computes, and set it when an event comes in. There a turn is so many
 * parts, twice as many as the last if that took less than half of a turn's length, half as many if it took longer.
 */
export class Turn {
  #began = now();
  #parts = 0;
  #mostParts = 1;

  /** Counts the part that has been done. @returns whether the turn ends with it: it is time to `pass` */
  endsWithThis(): boolean {
    this.#parts++;
    const passed = now() - this.#began;
    return passed > turnLength || (passed === 0 && this.#parts >= this.#mostParts);
  }

  /** Lets everything else that waits for the event loop have its turn, then begins the next. */
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
