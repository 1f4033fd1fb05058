/** What a training calls as it goes: callbacks, and what they may do to it. */

import type { Bytes, Values } from "../../kernels/dtype.ts";
import type { Network } from "../../topology/network.ts";
import type { Metric } from "../metrics.ts";
import type { BatchRecord, EpochRecord } from "../record.ts";

/** The training under way. */
export interface Training {
  readonly network: Network;
  /** The last epoch's number; Infinity if there is none. */
  readonly epochs: number;
  /** The numbers that records have, and callbacks may watch: "loss", "accuracy", "validation.loss", … */
  readonly monitors: readonly string[];
  /** Batches of an epoch; undefined if that is not known before. */
  readonly batches: number | undefined;
  /** Ends the training when the callbacks have been called. */
  stop(): void;
  /** A checkpoint, as the trainer's `toBytes`. */
  toBytes(): Bytes;
}

/** The state of a callback, for a checkpoint. */
export type CallbackState = Readonly<Record<string, number | Values | undefined>>;

/** Any of these; a promise that one returns is awaited. */
export interface Callback<Asked extends Metric = Metric> {
  /** When a training begins, or goes on from one that this callback was not part of. */
  onStart?(training: Training): unknown;
  /** When a training goes on, after `state` has been set. @throws {RangeError} if the state does not fit it */
  onResume?(training: Training): unknown;
  /** After each batch. */
  onBatch?(record: BatchRecord, training: Training): unknown;
  /** After each epoch that a record is made of. */
  readonly onEpoch?: ((record: EpochRecord<Asked>, training: Training) => unknown) | undefined;
  /** When the last epoch has ended or a callback has stopped the training; not when a signal has. */
  onEnd?(training: Training): unknown;
  /** Whether it is called after all others. */
  readonly isLast?: boolean | undefined;
  /** With which a checkpoint finds whose state it has. */
  readonly name?: string | undefined;
  /** What a checkpoint keeps; it is set where a training is gone on with. */
  state?: CallbackState | undefined;
}

/** A callback's whole number, as a checkpoint has kept it. @throws {RangeError} if it is none */
export function stateNumber(who: string, state: CallbackState, name: string): number | undefined {
  const value = state[name];
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  throw new RangeError(`${who}: got a state whose ${name} is no finite number, need one that it gave`);
}
