/** The sources of batches: examples in memory, or a stream. */

import type { BatchBlocks } from "./blocks.ts";
import type { Heads } from "./heads.ts";
import type { SourceState } from "./runState.ts";

/** A batch in the network's memory. */
export interface Batch {
  readonly blocks: BatchBlocks;
  readonly rows: number;
  /** The losses for the form of its targets. */
  readonly loss: Heads;
}

/**
 * The answer of a source: a batch to train on; "skipped" for one that had been trained on before the run was resumed; "end" if the epoch has
 * no more; "none" if the signal came before the stream answered.
 */
export type Answer = Batch | "skipped" | "end" | "none";

/** Gives a run its batches, one after the other. */
export interface Source {
  /** The batches of an epoch; undefined if their number is not known. */
  readonly count: number | undefined;
  /** The losses for the form of all targets; undefined if the first batch tells. */
  readonly loss: Heads | undefined;
  /** True if every epoch is the same single batch. */
  readonly isSingleBatch: boolean;
  /** The place in the epoch; undefined if the generator of the order cannot be read. */
  readonly state: SourceState | undefined;
  /**
   * Waits for the next answer of a stream, of which `next` then tells. A source that has all batches at once lacks this method.
   *
   * @param epoch counts from 1; a new one begins with its first batch
   */
  arrive?(epoch: number): Promise<void>;
  /**
   * Brings the next batch into the network's memory. It gives the same one again until `pass`.
   *
   * @param epoch counts from 1; a new one begins with its first batch
   * @throws {RangeError | TypeError} if there is none, or it does not fit; nothing has changed then
   */
  next(epoch: number): Answer;
  /** Moves on to the next batch. @returns true if that was the last of the epoch, as far as the source knows */
  pass(): boolean;
  /** Closes what it has opened. */
  close?(): Promise<void>;
}
