/** The training loop over examples in memory: epochs of batches. */

import type { Batches, BatchesState } from "./batches.ts";
import type { Evaluation } from "./evaluation.ts";
import type { FlatExamples } from "./examples.ts";
import type { Learner } from "./learner.ts";
import { checkBatch } from "./loader.ts";
import { Account, type AccountState, type BatchRecord, type EpochRecord, isRecorded } from "./record.ts";

export interface LoopOptions {
  readonly learner: Learner;
  readonly batches: Batches;
  readonly examples: FlatExamples;
  readonly epochs: number;
  /** See `isRecorded`. */
  readonly every: number;
  /** Whether a record is made of each batch. */
  readonly reportsBatches: boolean;
  /** Where a training stands that this one goes on with. */
  readonly from: LoopState | undefined;
}

/** Where a training stands, as plain data. */
export interface LoopState {
  readonly epoch: number;
  /** Whether a record is made of the epoch, so that its batches are in the metrics' sums. */
  readonly isDue: boolean;
  /** Whether the epoch has ended, and its record has not yet been made. */
  readonly isRecordDue: boolean;
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
  #isRecordDue = false;

  /** @throws {RangeError} if a metric does not fit the targets, or the state to go on from does not fit the loop */
  constructor(options: LoopOptions) {
    this.#options = options;
    this.#account = new Account(options.learner, options.examples.loss);
    this.#from = options.from;
    if (!options.from) return;
    const { epoch, isDue, isRecordDue, batches, account } = options.from;
    this.#epoch = epoch;
    this.#isRecordDue = isRecordDue;
    checkDue(this.isDue, isDue || batches.isDone, options.learner);
    if (!batches.isDone || isRecordDue) this.#account.state = account;
  }

  get epochs(): number {
    return this.#options.epochs;
  }

  /** Batches of an epoch. */
  get batches(): number {
    return this.#options.batches.count;
  }

  /** Whether the last epoch has ended, and its record has been made. */
  get isDone(): boolean {
    return this.#epoch >= this.#options.epochs && this.#isEpochDone && !this.#isRecordDue;
  }

  /** Whether the next thing to be done is the record of the epoch that has ended. */
  get isRecordDue(): boolean {
    return this.#isRecordDue;
  }

  get #isEpochDone(): boolean {
    return this.#from ? this.#from.batches.isDone : this.#options.batches.isDone;
  }

  /** Whether the epoch under way is one that a record is made of. */
  get isDue(): boolean {
    return isRecorded(this.#epoch, this.#options);
  }

  /**
   * Trains on one batch; or, where a batch is an epoch of a small network, on many epochs, of which only the last may be due.
   *
   * @throws {DivergenceError} if its loss or its update is not finite
   * @throws {RangeError} if the epoch has a batch that is too small for the layers that are trained now
   */
  batch(): undefined {
    const { learner, batches, examples } = this.#options;
    if (batches.isDone && !this.#from) batches.prepare();
    checkBatch("trainer", batches.least, learner.engine.graph);
    // First, because the memory may refuse, and then nothing has been drawn.
    const blocks = learner.prepare(batches.mostRows, examples.loss);
    if (this.#from) {
      batches.goTo(this.#from.batches);
      this.#from = undefined;
    }
    if (batches.isDone) this.#startEpoch();
    const rows = batches.take(blocks);
    if (batches.areAlike) {
      this.#epoch += learner.repeat(blocks, rows, examples.loss, this.#repeatable, this.#epoch);
    }
    learner.step(blocks, rows, examples.loss, this.#epoch);
    this.#account.add(blocks, rows, this.isDue);
    if (!batches.isDone) return;
    learner.endEpoch();
    this.#isRecordDue = this.isDue;
  }

  /** Epochs, from the one under way, before the next that is due; none if each batch is reported. */
  get #repeatable(): number {
    const { epochs, every, reportsBatches } = this.#options;
    if (reportsBatches || this.isDue) return 0;
    const untilDue = every === 0 ? mostRepeats : every - ((this.#epoch - 1) % every);
    return Math.min(untilDue, epochs - this.#epoch, mostRepeats);
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
    const record = this.#account.record(this.#epoch, validation);
    this.#isRecordDue = false;
    return record;
  }

  /** Where it stands; undefined if it has not begun, or the generator of its order cannot be read. */
  get state(): LoopState | undefined {
    if (this.#from) return { ...this.#from, isRecordDue: this.#isRecordDue };
    const batches = this.#options.batches.state;
    if (this.#epoch === 0 || !batches) return undefined;
    const { isDue } = this;
    const isRecordDue = this.#isRecordDue;
    return {
      epoch: this.#epoch,
      isDue,
      isRecordDue,
      batches,
      account: this.#account.stateFor(batches.isDone && !isRecordDue),
    };
  }

  #startEpoch(): void {
    this.#epoch++;
    this.#account.begin();
    this.#options.batches.start();
  }
}

/**
 * Refuses to make a record of an epoch whose first batches are not in its metrics.
 *
 * @throws {RangeError} saying what is needed
 */
export function checkDue(isDue: boolean, wasDue: boolean, { metrics }: Learner): void {
  if (!isDue || wasDue || metrics.isEmpty) return;
  throw new RangeError(
    "trainer: got another every or epochs than the training that goes on, need the same for its metrics",
  );
}
