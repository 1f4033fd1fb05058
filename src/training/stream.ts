/** The training loop over batches that come one after the other: data larger than memory, or not all there yet. */

import { plural, shown } from "../errors.ts";
import type { Evaluation } from "./evaluation.ts";
import { someHeads } from "./exampleFormat.ts";
import type { EpochLoop } from "./fitting.ts";
import type { Heads } from "./heads.ts";
import type { Learner } from "./learner.ts";
import type { Loader } from "./loader.ts";
import { checkDue, type LoopState } from "./loop.ts";
import { Account, type BatchRecord, type EpochRecord, isRecorded } from "./record.ts";
import { examplesOf, type Validation } from "./validation.ts";
import { type StopSignal, waitFor } from "./waiting.ts";

/** A batch: `{ inputs, targets, exampleWeights }`, or `[inputs, targets]`. */
export type StreamedBatch = Validation;

/** Batches to iterate over. */
export type BatchIterable = AsyncIterable<StreamedBatch> | Iterable<StreamedBatch>;

/** The batches of an epoch; a function gives those of each epoch, counted from 1, anew. */
export type BatchSource = BatchIterable | ((epoch: number) => BatchIterable);

type BatchIterator = AsyncIterator<StreamedBatch> | Iterator<StreamedBatch>;

export interface StreamOptions {
  readonly learner: Learner;
  readonly loader: Loader;
  readonly source: BatchSource;
  readonly epochs: number;
  readonly every: number;
  /** Where a training stands that this one goes on with: as many batches of its epoch are passed over. */
  readonly from: LoopState | undefined;
  readonly signal: StopSignal | undefined;
}

export class StreamLoop implements EpochLoop {
  readonly batches = undefined;
  readonly #options: StreamOptions;
  #iterator: BatchIterator | undefined;
  /** The first batch's, with the sums. */
  #loss: Heads | undefined;
  #account: Account | undefined;
  #from: LoopState | undefined;
  #epoch = 0;
  /** Batches taken of the epoch. */
  #position = 0;
  /** How many of them the iterator, which begins with the epoch, has yet to give again. */
  #toPass = 0;
  #isEpochDone = true;
  #isRecordDue = false;
  /** Whether the source has been left before it answered. */
  #isAbandoned = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#from = options.from;
    if (!options.from) return;
    this.#epoch = options.from.epoch;
    this.#position = options.from.batches.position;
    this.#isEpochDone = options.from.batches.isDone;
    this.#isRecordDue = options.from.isRecordDue;
    checkDue(this.isDue, options.from.isDue || this.#isEpochDone, options.learner);
    if (this.#isRecordDue) this.#account = this.#readAccount(options.from);
  }

  /** The sums of the epoch that is gone on with, for its record alone: the form of the targets is known with the next batch only. */
  #readAccount({ account: state }: LoopState): Account {
    const { learner } = this.#options;
    const account = new Account(learner, someHeads(learner.format));
    account.state = state;
    return account;
  }

  get epochs(): number {
    return this.#options.epochs;
  }

  get isDone(): boolean {
    return this.#epoch >= this.#options.epochs && this.#isEpochDone && !this.#isRecordDue;
  }

  get isRecordDue(): boolean {
    return this.#isRecordDue;
  }

  get isDue(): boolean {
    return isRecorded(this.#epoch, this.#options);
  }

  /**
   * Trains on the next batch, if there is one, or passes over one that has been trained on.
   *
   * @throws {RangeError | TypeError} if it does not fit, or an epoch has none, or fewer than have been trained on
   * @throws {DivergenceError} if its loss or its update is not finite
   */
  async batch(): Promise<boolean> {
    const { learner, loader } = this.#options;
    this.#iterator ??= this.#open();
    // A batch that comes with the signal is taken.
    const answer = await waitFor(this.#iterator.next(), this.#options.signal, 0);
    this.#isAbandoned = answer === undefined;
    if (!answer) return false;
    const { done, value } = answer;
    if (this.#toPass > 0) {
      if (done) throw shortEpoch(this.#epoch, this.#position - this.#toPass, this.#position);
      this.#toPass--;
      return false;
    }
    if (done) {
      this.#iterator = undefined;
      if (this.#position === 0) throw emptyEpoch(this.#epoch);
      this.#isEpochDone = true;
      this.#account?.checkCounted(`fitBatches: epoch ${this.#epoch}`);
      this.#isRecordDue = this.isDue;
      // No batch was left of the epoch that is gone on with.
      if (this.#isRecordDue && this.#from) this.#account ??= this.#readAccount(this.#from);
      learner.endEpoch();
      return false;
    }
    const who = `fitBatches: batch ${this.#position + 1} of epoch ${this.#epoch}`;
    const { blocks, rows, loss } = loader.load(who, examplesOf(who, value));
    const account = this.#accountFor(who, loss);
    learner.metrics.checkBatch(who, blocks, rows, loss);
    learner.step(blocks, rows, loss, this.#epoch);
    account.add(blocks, rows, this.isDue);
    this.#position++;
    return true;
  }

  /** The batches of the epoch, from its first. */
  #open(): BatchIterator {
    if (this.#isEpochDone) {
      this.#epoch++;
      this.#position = 0;
      this.#isEpochDone = false;
      this.#from = undefined;
      this.#account?.begin();
    }
    this.#toPass = this.#position;
    const { source } = this.#options;
    return iteratorOf(typeof source === "function" ? source(this.#epoch) : source);
  }

  #accountFor(who: string, loss: Heads): Account {
    if (this.#loss && !loss.isLike(this.#loss)) {
      throw new RangeError(`${who}: got targets of another form than before, need class numbers always, or rows`);
    }
    if (!this.#account) {
      this.#account = new Account(this.#options.learner, loss);
      if (this.#from) this.#account.state = this.#from.account;
    }
    this.#loss = loss;
    return this.#account;
  }

  batchRecord(): BatchRecord {
    return this.#account!.batchRecord(this.#epoch);
  }

  record(validation: Evaluation | undefined): EpochRecord {
    const record = this.#account!.record(this.#epoch, validation);
    this.#isRecordDue = false;
    if (!this.#loss) this.#account = undefined;
    return record;
  }

  get state(): LoopState | undefined {
    const isDone = this.#isEpochDone;
    const { isDue } = this;
    const isRecordDue = this.#isRecordDue;
    if (!this.#account) return this.#from && { ...this.#from, isRecordDue, batches: { ...this.#from.batches, isDone } };
    const batches = { rows: 0, batchSize: 0, generator: null, position: this.#position, isDone };
    return { epoch: this.#epoch, isDue, isRecordDue, batches, account: this.#account.stateFor(isDone && !isRecordDue) };
  }

  /** Lets go of the batches that have not been taken. */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    const closed = iterator?.return?.();
    // A generator that waits closes when it has got what it waits for, perhaps never; its error is nobody's any more.
    if (this.#isAbandoned) Promise.resolve(closed).catch(() => {});
    else await closed;
  }
}

function emptyEpoch(epoch: number): RangeError {
  const hint =
    epoch > 1 ? "; a generator has given all it has in one epoch: pass a function that makes one for each" : "";
  return new RangeError(`fitBatches: got no batches in epoch ${epoch}, need one${hint}`);
}

function shortEpoch(epoch: number, given: number, taken: number): RangeError {
  return new RangeError(
    `fitBatches: got ${plural(given, "batch", "batches")} in epoch ${epoch}, need at least ${taken}`,
  );
}

function iteratorOf(batches: BatchIterable): BatchIterator {
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = Object(batches) as {
    [Symbol.asyncIterator]?: () => BatchIterator;
    [Symbol.iterator]?: () => BatchIterator;
  };
  const open = asynchronous ?? synchronous;
  if (typeof open === "function" && typeof batches !== "string") return open.call(batches);
  throw new TypeError(`fitBatches: got ${shown(batches)}, need batches to iterate over, or a function that gives them`);
}
