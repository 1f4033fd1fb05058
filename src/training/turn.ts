/** Turns at the event loop: a long training takes short ones, so that a server or a page stays alive meanwhile. */

/** Everything else waits at most 20 ms; this leaves time for the batch under way, in milliseconds. */
const turnLength = 10;

export class Turn {
  #began = performance.now();

  /** Whether it is time to `pass`. */
  get isOver(): boolean {
    return performance.now() - this.#began > turnLength;
  }

  /** Lets everything else that waits for the event loop have its turn, then begins the next. */
  async pass(): Promise<void> {
    await pause();
    this.#began = performance.now();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    // Vercel's edge functions have no messages.
    if (typeof MessageChannel === "undefined") {
      setTimeout(resolve);
      return;
    }
    // A message arrives after timers and requests that are due, and without a timer's shortest delay.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
