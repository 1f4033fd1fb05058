/** A run as plain data: what a checkpoint has of a training under way. */

import type { GeneratorState } from "../random.ts";
import type { CallbackState } from "./callbacks/callback.ts";

/** The methods that a run belongs to: "epochs" is `fit` and `epochs`, "time" is `fitFor`, "stream" is `fitBatches`. */
export type RunKind = "epochs" | "time" | "stream";

/**
 * The place of a run: "between epochs", before the first and after each, where the run may end; "batches", from the first batch of an epoch to
 * its last; "record", when an epoch has ended and its record is to be made; "stopped", when a callback has ended the run.
 */
export type Phase = "between epochs" | "batches" | "record" | "stopped";

/** The place of a source in an epoch. */
export interface SourceState {
  /** The rows or, of a stream, the batches that have been trained on. */
  readonly position: number;
  /** The order of examples in memory; a stream has none. */
  readonly order?: OrderState | undefined;
}

/** The order of examples in memory. */
export interface OrderState {
  readonly rows: number;
  readonly batchSize: number;
  /** The generator before it drew the order; null if none is drawn. */
  readonly generator: GeneratorState | null;
}

/** The sums of an epoch under way. */
export interface SumsState {
  /** Σ of each loss, and Σ of the weights that its mean is over; of an old file one of each in all. */
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  /** Σ of the penalties, and of the rows; absent from old files, which had it in the first loss. */
  readonly penalty?: readonly number[] | undefined;
  /** The state of each metric, if a record is made of the epoch. */
  readonly metrics?: readonly (readonly number[])[] | undefined;
}

/** A run between two batches. */
export interface RunState {
  readonly kind: RunKind;
  readonly phase: Phase;
  /** The epoch under way, or the last that has ended, counted from 1. */
  readonly epoch: number;
  readonly source: SourceState;
  /** Present in the phases "batches" and "record". */
  readonly sums?: SumsState | undefined;
  /** The states of the callbacks that have a name. */
  readonly callbacks: readonly { readonly name: string; readonly state: CallbackState }[];
}
