/** The training loop over examples in memory: epochs of batches. */

import type { Batches, BatchesState } from "./batches.ts";
import type { Evaluation } from "./evaluation.ts";
import type { FlatExamples } from "./examples.ts";
import type { Learner } from "./learner.ts";
import { Account, type AccountState, type BatchRecord, type EpochRecord } from "./record.ts";

export interface LoopOptions {
  readonly learner: Learner;
  readonly batches: Batches;
  readonly examples: FlatExamples;
  readonly epochs: number;
  /** Records are made of the first epoch, of every `every`-th from there, and of the last. */
  readonly every: number;
  /** Whether a record is made of each batch. */
  readonly reportsBatches: boolean;
  /** Where a training stands that this one goes on with. */
  readonly from: LoopState | undefined;
}

/** Where a training stands, as plain data. */
export interface LoopState {
  readonly epoch: number;
  readonly batches: BatchesState;
  readonly account: AccountState;
}

/** Steps that are made at once: some milliseconds at most, so that a long training can give way. */
const mostRepeats = 100;

export class Loop {
  readonly #options: LoopOptions;
  readonly #account: Account;
  #from: LoopState | undefined;
  #epoch = 0;

  /** @throws {RangeError} if a metric does not fit the targets */
  constructor(options: LoopOptions) {
    this.#options = options;
    this.#account = new Account(options.learner, options.examples.loss);
    this.#from = options.from;
    if (!options.from) return;
    this.#epoch = options.from.epoch;
    this.#account.state = options.from.account;
  }

  get epochs(): number {
    return this.#options.epochs;
  }

  /** Batches of an epoch. */
  get batches(): number {
    return Math.ceil(this.#options.examples.rows / this.#options.batches.batchSize);
  }

  /** Whether the last epoch has ended. */
  get isDone(): boolean {
    return this.#epoch >= this.#options.epochs && this.isEpochDone;
  }

  /** Whether the next batch begins an epoch. */
  get isEpochDone(): boolean {
    return this.#from ? this.#from.batches.isDone : this.#options.batches.isDone;
  }

  /** Whether the epoch under way is one that a record is made of. */
  get isDue(): boolean {
    const { epochs, every } = this.#options;
    return (this.#epoch - 1) % every === 0 || this.#epoch === epochs;
  }

  /**
   * Trains on one batch; or, where a batch is an epoch of a small network, on many epochs, of which only the last may be due.
   *
   * @throws {DivergenceError} if its loss or its update is not finite
   */
  batch(): undefined {
    const { learner, batches, examples } = this.#options;
    // First, because the memory may refuse, and then nothing has been drawn.
    const blocks = learner.prepare(batches.batchSize, examples.loss);
    if (this.#from) {
      batches.state = this.#from.batches;
      this.#from = undefined;
    }
    if (batches.isDone) this.#startEpoch();
    const rows = batches.take(blocks);
    if (rows === examples.rows) {
      this.#epoch += learner.repeat(blocks, rows, examples.loss, this.#repeatable, this.#epoch);
    }
    const sum = learner.step(blocks, rows, examples.loss, this.#epoch);
    this.#account.add(blocks, rows, sum, this.isDue);
    if (batches.isDone) learner.endEpoch();
  }

  /** Epochs, from the one under way, before the next that is due; none if each batch is reported. */
  get #repeatable(): number {
    const { epochs, every, reportsBatches } = this.#options;
    const sinceDue = (this.#epoch - 1) % every;
    if (reportsBatches || sinceDue === 0) return 0;
    return Math.min(every - sinceDue, epochs - this.#epoch, mostRepeats);
  }

  batchRecord(): BatchRecord {
    return this.#account.batchRecord(this.#epoch);
  }

  /**
   * The record of the epoch that has just ended, with what the validation examples have come to.
   *
   * @throws {RangeError} if the learning rate watches what the record does not have
   */
  record(validation: Evaluation | undefined): EpochRecord {
    return this.#account.record(this.#epoch, validation);
  }

  /** Where it stands; undefined if it has not begun, or the generator of its order cannot be read. */
  get state(): LoopState | undefined {
    if (this.#from) return this.#from;
    const batches = this.#options.batches.state;
    return this.#epoch === 0 || !batches ? undefined : { epoch: this.#epoch, batches, account: this.#account.state };
  }

  #startEpoch(): void {
    this.#epoch++;
    this.#account.begin();
    this.#options.batches.start();
  }
}
