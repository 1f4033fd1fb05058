/** Checkpoints during a training. */

import { checkArguments, checkOptions, refuseJSON, shown } from "../../errors.ts";
import { checkMonitor, checkMonitored, isRising, monitored } from "../monitor.ts";
import { checkBooleans } from "../options.ts";
import type { EpochRecord } from "../record.ts";
import { type Callback, type CallbackState, stateNumber, type Training } from "./callback.ts";

export interface CheckpointOptions {
  /** "loss", a metric's name, "validation.loss", …; default "validation.loss" if there are validation examples, else "loss". */
  readonly monitor?: string | undefined;
  /** True if only records better than all previous ones are saved. Default false. */
  readonly best?: boolean | undefined;
}

/** Saves the bytes; a promise it returns is awaited. */
export type Save = (bytes: Uint8Array, record: EpochRecord) => unknown;

class Checkpoint implements Callback {
  readonly name = "checkpoint";
  /** Last, so that the file has what other callbacks make of the record. */
  readonly isLast = true;
  readonly #save: Save;
  readonly #options: CheckpointOptions;
  #best: number | undefined;

  constructor(save: Save, options: CheckpointOptions) {
    this.#save = save;
    this.#options = options;
  }

  onStart({ monitors }: Training): void {
    const { monitor } = this.#options;
    if (monitor !== undefined) checkMonitored(this.name, monitor, monitors);
    this.#best = undefined;
  }

  onEpoch(record: EpochRecord, training: Training): unknown {
    if (this.#options.best && !this.#isBest(record)) return undefined;
    return this.#save(training.toBytes(), record);
  }

  #isBest(record: EpochRecord): boolean {
    const { monitor = record.validation ? "validation.loss" : "loss" } = this.#options;
    const value = monitored(this.name, monitor, record);
    const best = this.#best;
    const isBetter = best === undefined || (isRising(monitor) ? value > best : value < best);
    const isBest = isBetter && Number.isFinite(value);
    if (isBest) this.#best = value;
    return isBest;
  }

  get state(): CallbackState {
    return { best: this.#best };
  }

  set state(state: CallbackState) {
    this.#best = stateNumber(this.name, state, "best");
  }

  /** Refuses `JSON.stringify`, which would lose the best value so far. @throws {TypeError} naming the trainer's toBytes */
  toJSON(): never {
    return refuseJSON(this.name, "the trainer's toBytes(), which keeps the states of its callbacks");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Checkpoint";
  }
}

/**
 * Returns a callback that calls `save` with the trainer's bytes after each epoch that a record is made of, or after each best one.
 * `Trainer.fromBytes` resumes from them with the same bits; `Network.fromBytes` reads the network.
 *
 * @throws {RangeError | TypeError} if `save` is not a function or an option is unknown
 */
export function checkpoint(save: Save, options: CheckpointOptions = {}): Callback {
  checkArguments("checkpoint", arguments.length, 2);
  const who = "checkpoint";
  if (typeof save !== "function") throw new TypeError(`${who}: got ${shown(save)}, need a function that saves bytes`);
  checkOptions(who, options, ["monitor", "best"]);
  const { monitor, best = false } = options;
  if (monitor !== undefined) checkMonitor(who, monitor);
  checkBooleans(who, { best });
  return new Checkpoint(save, options);
}
