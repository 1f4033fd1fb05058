/** A training under way: its loop, its callbacks and its turns at the event loop. */

import { shown, unknownName } from "../errors.ts";
import type { Bytes } from "../kernels/dtype.ts";
import type { Network } from "../topology/network.ts";
import type { Callback, CallbackState, Training } from "./callbacks/callback.ts";
import type { Evaluation, Evaluator } from "./evaluation.ts";
import { append, emptyHistory, type History } from "./history.ts";
import type { LoopState } from "./loop.ts";
import type { BatchRecord, EpochRecord } from "./record.ts";
import { Turn } from "./turn.ts";
import { type StopSignal, waitFor } from "./waiting.ts";

/** Epochs of batches, from wherever these come. */
export interface EpochLoop {
  readonly epochs: number;
  readonly batches: number | undefined;
  /** Whether the last epoch has ended, and its record has been made. */
  readonly isDone: boolean;
  /** Whether the next thing to be done is the record of the epoch that has ended. */
  readonly isRecordDue: boolean;
  readonly state: LoopState | undefined;
  /** Trains on the next batch. @returns a promise if it has to be waited for; false if it has trained on none */
  batch(): undefined | Promise<boolean>;
  batchRecord(): BatchRecord;
  record(validation: Evaluation | undefined): EpochRecord;
  /** Lets go of what it has opened. */
  close?(): Promise<void>;
}

/** Where a training stands, for a checkpoint. */
export interface FittingState {
  readonly loop: LoopState;
  /** Whether a callback has stopped it. */
  readonly isStopped: boolean;
  /** Of each callback that has a name. */
  readonly callbacks: readonly { readonly name: string; readonly state: CallbackState }[];
}

export interface FittingOptions {
  readonly network: Network;
  readonly loop: EpochLoop;
  readonly evaluator: Evaluator | undefined;
  readonly monitors: readonly string[];
  readonly callbacks: readonly Callback[];
  readonly signal: StopSignal | undefined;
  readonly toBytes: () => Bytes;
  /** The training that this one goes on with. */
  readonly from: FittingState | undefined;
}

/** The milliseconds that a callback's promise still has after the signal, because it may be saving a checkpoint. */
const callbackGrace = 1000;

export class Fitting implements Training {
  readonly network: Network;
  readonly toBytes: () => Bytes;
  readonly #options: FittingOptions;
  readonly #turn = new Turn();
  readonly #callbacks: readonly Callback[];
  #isStopped: boolean;

  constructor(options: FittingOptions) {
    this.#options = options;
    this.#callbacks = options.callbacks.toSorted((a, b) => Number(a.isLast ?? false) - Number(b.isLast ?? false));
    this.#isStopped = options.from?.isStopped ?? false;
    this.network = options.network;
    this.toBytes = options.toBytes;
  }

  get epochs(): number {
    return this.#options.loop.epochs;
  }

  get monitors(): readonly string[] {
    return this.#options.monitors;
  }

  get batches(): number | undefined {
    return this.#options.loop.batches;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Whether it has come to its end: otherwise a signal or an error has stopped it, and it may be gone on with. */
  get isOver(): boolean {
    return this.#isStopped || this.#options.loop.isDone;
  }

  /** Where it stands; undefined if it has not begun, or cannot be gone on with. */
  get state(): FittingState | undefined {
    const loop = this.#options.loop.state;
    const callbacks = this.#callbacks.flatMap(({ name, state }) => (name && state ? [{ name, state }] : []));
    return loop && { loop, callbacks, isStopped: this.#isStopped };
  }

  /** Trains to the end, or until the signal says so. */
  async run(): Promise<History> {
    const { loop } = this.#options;
    const history = emptyHistory();
    await this.#begin();
    try {
      await this.#train(history);
    } finally {
      await loop.close?.();
    }
    for (const callback of this.isOver ? this.#callbacks : []) await this.#settle(callback.onEnd?.(this));
    return history;
  }

  async #train(history: History): Promise<void> {
    const { loop, signal } = this.#options;
    // An epoch that has ended gets its record even if it is the last thing: what is watched must have been seen.
    while (!this.isOver && (loop.isRecordDue || !signal?.aborted)) {
      if (loop.isRecordDue) await this.#record(history);
      else await this.#batch();
      if (this.#turn.endsWithThis()) await this.#turn.pass();
    }
  }

  async #batch(): Promise<void> {
    const { loop } = this.#options;
    const pending = loop.batch();
    const isTrained = pending ? await pending : true;
    for (const callback of isTrained ? this.#callbacks : []) {
      if (callback.onBatch) await this.#settle(callback.onBatch(loop.batchRecord(), this));
    }
  }

  /** Waits for the result of a callback; after the signal only for a second. */
  #settle(returned: unknown): Promise<unknown> {
    return waitFor(returned, this.#options.signal, callbackGrace);
  }

  async #record(history: History): Promise<void> {
    const record = this.#options.loop.record(await this.#evaluate());
    append(history, record);
    for (const callback of this.#callbacks) await this.#settle(callback.onEpoch?.(record, this));
  }

  /** Starts the callbacks, or puts back what they remembered. */
  async #begin(): Promise<void> {
    const waiting = [...(this.#options.from?.callbacks ?? [])];
    for (const callback of this.#callbacks) {
      const place = waiting.findIndex(({ name }) => name === callback.name);
      if (place < 0) {
        await this.#settle(callback.onStart?.(this));
      } else {
        callback.state = waiting.splice(place, 1)[0].state;
        await this.#settle(callback.onResume?.(this));
      }
    }
  }

  async #evaluate(): Promise<Evaluation | undefined> {
    const { evaluator } = this.#options;
    if (!evaluator) return undefined;
    evaluator.start();
    while (!evaluator.isDone) {
      evaluator.part();
      if (this.#turn.endsWithThis()) await this.#turn.pass();
    }
    return evaluator.result();
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Training";
  }
}

/** What callbacks may have. */
const hooks: readonly string[] = ["onStart", "onResume", "onBatch", "onEpoch", "onEnd"] satisfies (keyof Callback)[];

/** Refuses what is no list of callbacks. */
export function checkCallbacks(who: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) throw new TypeError(`${who}: got callbacks ${shown(callbacks)}, need an array`);
  for (const callback of callbacks) {
    if (typeof callback !== "object" || callback === null) {
      throw new TypeError(`${who}: got ${shown(callback)} among the callbacks, need objects with onEpoch or onBatch`);
    }
    const stranger = Object.keys(callback).find((name) => /^on[A-Z]/.test(name) && !hooks.includes(name));
    if (stranger) throw unknownName(`${who}: callbacks`, stranger, hooks);
    for (const name of hooks) checkFunction(`${who}: callbacks`, name, callback[name]);
  }
  return callbacks;
}

/** Refuses what is given and no function. */
export function checkFunction(who: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`${who}: got ${name} ${shown(value)}, need a function`);
}
