/** Waits for what may never come, such as a batch from a source or the promise of a callback, until a signal ends the waiting. */

import { now, pause } from "../host.ts";

/** An AbortSignal, or an object that has these of its fields. Without `addEventListener` it stops training between two batches only. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener?(type: "abort", listener: () => void, options?: { once?: boolean | undefined }): void;
  removeEventListener?(type: "abort", listener: () => void): void;
}

/**
 * Returns what comes; undefined if the signal comes first. From then on nobody waits for it any more, and its error is nobody's.
 *
 * @param grace milliseconds that it still has after the signal; in any case it has a turn of the event loop
 */
export async function waitFor<Result>(
  pending: Result | PromiseLike<Result>,
  signal: StopSignal | undefined,
  grace: number,
): Promise<Result | undefined> {
  // It is there already, or nothing can stop the waiting.
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
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([pending, stopped]);
  } finally {
    isOver = true;
    signal.removeEventListener?.("abort", stop);
  }
}
