/** A stream as the source of a run's batches: data larger than memory, or data that are still arriving. */

import { plural, shown } from "../errors.ts";
import type { Heads } from "./heads.ts";
import type { Learner } from "./learner.ts";
import type { Loader } from "./loader.ts";
import type { RunState, SourceState } from "./runState.ts";
import type { Answer, Source } from "./source.ts";
import { examplesOf, type Validation } from "./validation.ts";
import { type StopSignal, waitFor } from "./waiting.ts";

/** A batch: `{ inputs, targets, exampleWeights }`, or `[inputs, targets]`. */
export type StreamedBatch = Validation;

/** Batches to iterate over. */
export type BatchIterable = AsyncIterable<StreamedBatch> | Iterable<StreamedBatch>;

/** The batches of an epoch; a function gives those of each epoch, counted from 1, anew. */
export type BatchSource = BatchIterable | ((epoch: number) => BatchIterable);

type BatchIterator = AsyncIterator<StreamedBatch> | Iterator<StreamedBatch>;

export interface StreamSourceOptions {
  readonly learner: Learner;
  readonly loader: Loader;
  readonly batches: BatchSource;
  /** The run to resume: the batches of its epoch that it has taken are skipped. */
  readonly origin: RunState | undefined;
  /** Ends the waiting for a batch. */
  readonly signal: StopSignal | undefined;
}

export class StreamSource implements Source {
  readonly count = undefined;
  readonly loss = undefined;
  readonly isSingleBatch = false;
  readonly #options: StreamSourceOptions;
  #iterator: BatchIterator | undefined;
  /** The iterator's last answer; "none" if the signal came first. */
  #answer: IteratorResult<StreamedBatch> | "none" | undefined;
  /** The losses of the first batch: all others must be of their form. */
  #form: Heads | undefined;
  #epoch: number;
  /** The batches of the epoch that have been trained on. */
  #position: number;
  /** The batches that a restarted iterator must give again before new ones. */
  #toSkip = 0;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
    this.#epoch = options.origin?.epoch ?? 0;
    this.#position = options.origin?.source.position ?? 0;
  }

  get state(): SourceState {
    return { position: this.#position };
  }

  async arrive(epoch: number): Promise<void> {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#position = 0;
    }
    if (!this.#iterator) {
      const { batches } = this.#options;
      this.#iterator = iteratorOf(typeof batches === "function" ? batches(epoch) : batches);
      this.#toSkip = this.#position;
    }
    // A batch that comes with the signal is taken.
    this.#answer = (await waitFor(this.#iterator.next(), this.#options.signal, 0)) ?? "none";
  }

  /**
   * Copies the batch that has arrived into the network's memory.
   *
   * @throws {RangeError | TypeError} if it does not fit, or the epoch has none, or fewer than have been trained on
   */
  next(epoch: number): Answer {
    const answer = this.#answer ?? "none";
    if (answer === "none") return answer;
    const { done, value } = answer;
    if (this.#toSkip > 0) {
      if (done) throw shortEpoch(epoch, this.#position - this.#toSkip, this.#position);
      this.#toSkip--;
      return "skipped";
    }
    if (done) {
      this.#iterator = undefined;
      if (this.#position === 0) throw emptyEpoch(epoch);
      return "end";
    }
    const { learner, loader } = this.#options;
    const who = `fitBatches: batch ${this.#position + 1} of epoch ${epoch}`;
    const batch = loader.load(who, examplesOf(who, value));
    if (this.#form && !batch.loss.hasTargetsOf(this.#form)) {
      throw new RangeError(`${who}: got targets of another form than before, need class numbers always, or rows`);
    }
    learner.metrics.checkBatch(who, batch.blocks, batch.rows, batch.loss);
    this.#form ??= batch.loss;
    return batch;
  }

  pass(): boolean {
    this.#position++;
    return false;
  }

  /** Closes the iterator, unless the epoch has ended. */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    const closed = iterator?.return?.();
    // A generator that waits closes when its own promise settles, perhaps never. Nobody needs its error any more.
    if (this.#answer === "none") Promise.resolve(closed).catch(() => {});
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
