/** The callbacks of a run: each is called in its turn, and its promise awaited. */

import { shown, unknownName } from "../../errors.ts";
import type { BatchRecord, EpochRecord } from "../record.ts";
import type { RunState } from "../runState.ts";
import { type StopSignal, waitFor } from "../waiting.ts";
import type { Callback, Training } from "./callback.ts";

/** The milliseconds that a callback's promise still has after the signal, because it may be saving a checkpoint. */
const callbackGrace = 1000;

export class Calls {
  readonly #callbacks: readonly Callback[];
  readonly #signal: StopSignal | undefined;

  constructor(callbacks: readonly Callback[], signal: StopSignal | undefined) {
    this.#callbacks = callbacks.toSorted((a, b) => Number(a.isLast ?? false) - Number(b.isLast ?? false));
    this.#signal = signal;
  }

  /** True if a callback is given each batch. */
  get hasBatchHooks(): boolean {
    return this.#callbacks.some(({ onBatch }) => onBatch);
  }

  /** The states of the callbacks that have a name. */
  get states(): RunState["callbacks"] {
    return this.#callbacks.flatMap(({ name, state }) => (name && state ? [{ name, state }] : []));
  }

  /** Starts the callbacks. Those that have a state among `states` take it over and are resumed instead. */
  async start(training: Training, states: RunState["callbacks"]): Promise<void> {
    const waiting = [...states];
    for (const callback of this.#callbacks) {
      const place = waiting.findIndex(({ name }) => name === callback.name);
      if (place < 0) {
        await this.#settle(callback.onStart?.(training));
      } else {
        callback.state = waiting.splice(place, 1)[0].state;
        await this.#settle(callback.onResume?.(training));
      }
    }
  }

  async batch(record: BatchRecord, training: Training): Promise<void> {
    for (const callback of this.#callbacks) {
      if (callback.onBatch) await this.#settle(callback.onBatch(record, training));
    }
  }

  async epoch(record: EpochRecord, training: Training): Promise<void> {
    for (const callback of this.#callbacks) await this.#settle(callback.onEpoch?.(record, training));
  }

  async end(training: Training): Promise<void> {
    for (const callback of this.#callbacks) await this.#settle(callback.onEnd?.(training));
  }

  /** Waits for the result of a callback; after the signal only for a second. */
  #settle(returned: unknown): Promise<unknown> {
    return waitFor(returned, this.#signal, callbackGrace);
  }
}

/** The methods that a callback may have. */
const hooks: readonly string[] = ["onStart", "onResume", "onBatch", "onEpoch", "onEnd"] satisfies (keyof Callback)[];

/** Refuses anything but a list of callbacks. @throws {TypeError} naming the first that is none, or its unknown method */
export function checkCallbacks(who: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) throw new TypeError(`${who}: got callbacks ${shown(callbacks)}, need an array`);
  for (const callback of callbacks) {
    if (typeof callback !== "object" || callback === null) {
      throw new TypeError(`${who}: got ${shown(callback)} among the callbacks, need objects with onEpoch or onBatch`);
    }
    const unknown = Object.keys(callback).find((name) => /^on[A-Z]/.test(name) && !hooks.includes(name));
    if (unknown) throw unknownName(`${who}: callbacks`, unknown, hooks);
    for (const name of hooks) checkFunction(`${who}: callbacks`, name, callback[name]);
  }
  return callbacks;
}

/** Refuses anything that is given and not a function. @throws {TypeError} naming the option */
export function checkFunction(who: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`${who}: got ${name} ${shown(value)}, need a function`);
}
