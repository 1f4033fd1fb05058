/** Callbacks of a training, and the view of the training that they get. */

import type { Bytes, Values } from "../../kernels/dtype.ts";
import type { Network } from "../../topology/network.ts";
import type { Metric } from "../metrics.ts";
import type { BatchRecord, EpochRecord } from "../record.ts";

/** The training under way, for callbacks. */
export interface Training {
  readonly network: Network;
  /** The last epoch's number; Infinity if there is none. */
  readonly epochs: number;
  /** The names of the numbers that records have: "loss", "accuracy", "validation.loss", … */
  readonly monitors: readonly string[];
  /** The batches of an epoch; undefined if their number is not known. */
  readonly batches: number | undefined;
  /** Ends the training once all callbacks have been called. */
  stop(): void;
  /** Returns a checkpoint, like the trainer's `toBytes`. */
  toBytes(): Bytes;
}

/** The state of a callback, for a checkpoint. */
export type CallbackState = Readonly<Record<string, number | Values | undefined>>;

/** A callback: an object with any of these methods. A promise that one returns is awaited. */
export interface Callback<Asked extends Metric = Metric> {
  /** Called when a training begins, or when it resumes one without this callback. */
  onStart?(training: Training): unknown;
  /** Called when a training is resumed, after `state` has been set. @throws {RangeError} if the state does not fit the training */
  onResume?(training: Training): unknown;
  /** Called after each batch. */
  onBatch?(record: BatchRecord, training: Training): unknown;
  /** Called after each epoch that a record is made of. */
  readonly onEpoch?: ((record: EpochRecord<Asked>, training: Training) => unknown) | undefined;
  /** Called when the last epoch has ended or a callback has stopped the training, but not when a signal has. */
  onEnd?(training: Training): unknown;
  /** True if it is called after all others. */
  readonly isLast?: boolean | undefined;
  /** The name by which a checkpoint knows its state. */
  readonly name?: string | undefined;
  /** The state that a checkpoint keeps. It is set when a training is resumed. */
  state?: CallbackState | undefined;
}

/** Returns a number of a callback's state; undefined if it is missing. @throws {RangeError} if it is not a finite number */
export function stateNumber(who: string, state: CallbackState, name: string): number | undefined {
  const value = state[name];
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  throw new RangeError(`${who}: got a state whose ${name} is no finite number, need one that it gave`);
}
