/** Waits for a promise that may never settle, such as a batch of a stream or the result of a callback, until a signal ends the waiting. */

import { now, pause } from "../host.ts";

/** An AbortSignal, or an object with some of its fields. Without `addEventListener` it stops training between two batches only. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener?(type: "abort", listener: () => void): void;
  removeEventListener?(type: "abort", listener: () => void): void;
}

/**
 * Returns the result of `pending`, or undefined if the signal comes first. After that, its result and its error are ignored.
 *
 * @param grace the milliseconds that `pending` still has after the signal; in any case it has a turn of the event loop
 */
export async function waitFor<Result>(
  pending: Result | PromiseLike<Result>,
  signal: StopSignal | undefined,
  grace: number,
): Promise<Result | undefined> {
  // `pending` is no promise, or nothing can end the waiting.
  if (typeof Object(pending).then !== "function" || typeof signal?.addEventListener !== "function") return pending;
  let stop: () => unknown = () => {};
  let isOver = false;
  const stopped = new Promise<undefined>((resolve) => {
    stop = async () => {
      const began = now();
      do await pause(true);
      while (!isOver && now() - began < grace);
      resolve(undefined);
    };
  });
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([pending, stopped]);
  } finally {
    isOver = true;
    signal.removeEventListener?.("abort", stop);
  }
}
