/** Early stopping: ends a training that no longer improves, and restores its best parameters. */

import { checkArguments, checkFinite, checkInteger, checkOptions, refuseJSON, shown } from "../../errors.ts";
import type { Values } from "../../kernels/dtype.ts";
import { checkMonitor, checkMonitored, isRising, monitored } from "../monitor.ts";
import { checkBooleans } from "../options.ts";
import type { EpochRecord } from "../record.ts";
import { checkSnapshot, restore, snapshotOf } from "../snapshot.ts";
import { type Callback, type CallbackState, stateNumber, type Training } from "./callback.ts";

export interface EarlyStoppingOptions {
  /** "loss", a metric's name, "validation.loss", …; default "validation.loss" if there are validation examples, else "loss". */
  readonly monitor?: string | undefined;
  /** The number of records in a row without improvement after which the training ends, from 1. Default 10. */
  readonly patience?: number | undefined;
  /** The smallest difference that counts as an improvement. Default 0. */
  readonly minDelta?: number | undefined;
  /** True if the parameters of the best record are restored at the end, early or not. Default true. */
  readonly restoreBest?: boolean | undefined;
}

class EarlyStopping implements Callback {
  readonly name = "earlyStopping";
  readonly #monitor: string | undefined;
  readonly #patience: number;
  readonly #minDelta: number;
  readonly #restoreBest: boolean;
  #best: number | undefined;
  #waited = 0;
  #parameters: Values | undefined;

  constructor({ monitor, patience = 10, minDelta = 0, restoreBest = true }: EarlyStoppingOptions) {
    this.#monitor = monitor;
    this.#patience = patience;
    this.#minDelta = minDelta;
    this.#restoreBest = restoreBest;
  }

  onStart({ monitors }: Training): void {
    if (this.#monitor !== undefined) checkMonitored(this.name, this.#monitor, monitors);
    this.#best = undefined;
    this.#waited = 0;
    this.#parameters = undefined;
  }

  onEpoch(record: EpochRecord, training: Training): void {
    const monitor = this.#monitor ?? (record.validation ? "validation.loss" : "loss");
    const value = monitored(this.name, monitor, record);
    if (this.#isBetter(value, isRising(monitor))) {
      this.#best = value;
      this.#waited = 0;
      if (this.#restoreBest) this.#parameters = snapshotOf(training.network.engine);
    } else if (++this.#waited >= this.#patience) {
      training.stop();
    }
  }

  #isBetter(value: number, rises: boolean): boolean {
    if (this.#best === undefined || !Number.isFinite(value)) return Number.isFinite(value);
    return rises ? value > this.#best + this.#minDelta : value < this.#best - this.#minDelta;
  }

  onResume({ network }: Training): void {
    if (this.#parameters) checkSnapshot(this.name, network.engine, this.#parameters);
  }

  onEnd({ network }: Training): void {
    if (this.#parameters) restore(network.engine, this.#parameters);
  }

  get state(): CallbackState {
    return { best: this.#best, waited: this.#waited, parameters: this.#parameters };
  }

  set state(state: CallbackState) {
    const { waited = 0 } = state;
    checkInteger(`${this.name}: waited`, waited, 0, Number.MAX_SAFE_INTEGER);
    this.#best = stateNumber(this.name, state, "best");
    this.#waited = waited;
    this.#parameters = typeof state.parameters === "object" ? state.parameters : undefined;
  }

  /** Refuses `JSON.stringify`, which would lose the best value so far. @throws {TypeError} naming the trainer's toBytes */
  toJSON(): never {
    return refuseJSON(this.name, "the trainer's toBytes(), which keeps the states of its callbacks");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "EarlyStopping";
  }
}

/**
 * Returns a callback that ends the training when `monitor` has not improved for `patience` records in a row. Metrics such as accuracy are better
 * when larger, losses and errors when smaller.
 *
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  checkArguments("earlyStopping", arguments.length, 1);
  const who = "earlyStopping";
  checkOptions(who, options, ["monitor", "patience", "minDelta", "restoreBest"]);
  const { monitor, patience, minDelta, restoreBest = true } = options;
  if (monitor !== undefined) checkMonitor(who, monitor);
  if (patience !== undefined) checkInteger(`${who}: patience`, patience, 1, Number.MAX_SAFE_INTEGER);
  if (minDelta !== undefined && checkFinite(`${who}: minDelta`, minDelta) < 0) {
    throw new RangeError(`${who}: got minDelta ${shown(minDelta)}, need a number from 0`);
  }
  checkBooleans(who, { restoreBest });
  return new EarlyStopping(options);
}
