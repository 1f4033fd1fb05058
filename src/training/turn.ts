/** Turns at the event loop: a long training takes short ones, so that a server or a page stays alive meanwhile. */

/** Everything else waits at most 20 ms; this leaves time for the batch under way, in milliseconds. */
const turnLength = 10;

/**
 * Cloudflare's Workers stop the clock while a program computes, and set it when an event comes in. There a turn is so many
 * batches, twice as many as the last if that took less than half of a turn's length, half as many if it took longer.
 */
export class Turn {
  #began = performance.now();
  #batches = 0;
  #mostBatches = 1;

  /** Counts a batch. @returns whether it is time to `pass` */
  isOverAfterBatch(): boolean {
    this.#batches++;
    const passed = performance.now() - this.#began;
    return passed > turnLength || (passed === 0 && this.#batches >= this.#mostBatches);
  }

  /** Lets everything else that waits for the event loop have its turn, then begins the next. */
  async pass(): Promise<void> {
    const isStopped = performance.now() === this.#began;
    await (isStopped ? timer() : message());
    if (isStopped) this.#adapt(performance.now() - this.#began);
    this.#began = performance.now();
    this.#batches = 0;
  }

  #adapt(milliseconds: number): void {
    if (milliseconds < turnLength / 2) this.#mostBatches *= 2;
    else if (milliseconds > turnLength) this.#mostBatches = Math.ceil(this.#mostBatches / 2);
  }
}

/** An event that sets a stopped clock. */
function timer(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

/** A message arrives after timers and requests that are due, and without a timer's shortest delay. */
function message(): Promise<void> {
  // Vercel's edge functions have none.
  if (typeof MessageChannel === "undefined") return timer();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
