/** A training under way, by `fit`, `epochs`, `fitBatches` or `fitFor`: epochs of batches, their records, its callbacks. */

import { now } from "../host.ts";
import type { Bytes } from "../kernels/dtype.ts";
import type { Network } from "../topology/network.ts";
import type { Callback, Training } from "./callbacks/callback.ts";
import { Calls } from "./callbacks/calls.ts";
import { EpochSums } from "./epochSums.ts";
import type { Evaluation, Evaluator } from "./evaluation.ts";
import { someHeads } from "./exampleFormat.ts";
import type { Heads } from "./heads.ts";
import { append, emptyHistory, type History } from "./history.ts";
import type { Learner } from "./learner.ts";
import { type BatchRecord, type EpochRecord, isRecorded } from "./record.ts";
import type { Phase, RunKind, RunState, SumsState } from "./runState.ts";
import type { Batch, Source } from "./source.ts";
import { Turn } from "./turn.ts";
import type { StopSignal } from "./waiting.ts";

export interface RunOptions {
  readonly kind: RunKind;
  readonly network: Network;
  readonly learner: Learner;
  readonly source: Source;
  /** The number of epochs, those before a resumed run included; Infinity for a run that ends by time. */
  readonly epochs: number;
  /** See `isRecorded`. */
  readonly every: number;
  /** Evaluates the validation examples for each record. */
  readonly evaluator?: Evaluator | undefined;
  /** The names of the numbers that records have. */
  readonly monitors?: readonly string[];
  readonly callbacks?: readonly Callback[];
  readonly signal?: StopSignal | undefined;
  /** Returns a checkpoint of the trainer. */
  readonly toBytes: () => Bytes;
  /** The run to resume; undefined to begin anew. */
  readonly origin: RunState | undefined;
}

/** The most steps that are made at once. They take some milliseconds, so that a long run can give way to other work. */
const mostRepeats = 100;

export class Run implements Training {
  readonly network: Network;
  readonly monitors: readonly string[];
  readonly toBytes: () => Bytes;
  readonly #options: RunOptions;
  readonly #calls: Calls;
  readonly #turn = new Turn();
  readonly #startTime = now();
  #phase: Phase = "between epochs";
  #epoch = 0;
  /** The sums of the epoch; undefined until the form of the targets is known. */
  #sums: EpochSums | undefined;
  /** The sums of a resumed epoch as plain data, until its record. */
  #resumedSums: SumsState | undefined;

  /** @throws {RangeError} if a metric does not fit the targets, or `origin` does not fit the options */
  constructor(options: RunOptions) {
    const { source, learner, origin } = options;
    this.#options = options;
    this.#calls = new Calls(options.callbacks ?? [], options.signal);
    this.network = options.network;
    this.monitors = options.monitors ?? [];
    this.toBytes = options.toBytes;
    if (origin) {
      this.#phase = origin.phase;
      this.#epoch = origin.epoch;
      this.#resumedSums = origin.sums;
      if (this.#isMeasured && !origin.sums?.metrics && !learner.metrics.isEmpty) throw needsSameRecords();
    }
    if (source.loss) this.#sums = this.#sumsOf(source.loss);
    // Only a check of the sums: a record before the first batch makes them again.
    else if (this.#phase === "record") this.#sumsOf(someHeads(learner.format));
  }

  get epochs(): number {
    return this.#options.epochs;
  }

  get batches(): number | undefined {
    return this.#options.source.count;
  }

  /** Ends the run when the callbacks have been called. */
  stop(): void {
    this.#phase = "stopped";
  }

  /** True once a callback has stopped the run, or the last epoch has its record. Otherwise a signal or an error has stopped it. */
  get isOver(): boolean {
    const { epochs } = this.#options;
    return this.#phase === "stopped" || (this.#phase === "between epochs" && this.#epoch >= epochs);
  }

  /** The run as plain data; undefined if it has not begun, or cannot be resumed. */
  get state(): RunState | undefined {
    const { kind, source } = this.#options;
    const place = source.state;
    if (this.#epoch === 0 || !place) return undefined;
    const isUnderWay = this.#phase === "batches" || this.#phase === "record";
    const sums = isUnderWay ? (this.#sums?.stateOf(this.#isMeasured) ?? this.#resumedSums) : undefined;
    const callbacks = this.#calls.states;
    return { kind, phase: this.#phase, epoch: this.#epoch, source: place, ...(sums && { sums }), callbacks };
  }

  /** Trains to the end, or until the signal stops it. @returns the records' history */
  async fit(): Promise<History> {
    const { source, origin } = this.#options;
    const history = emptyHistory();
    await this.#calls.start(this, origin?.callbacks ?? []);
    try {
      await this.#train(history);
    } finally {
      await source.close?.();
    }
    if (this.isOver) await this.#calls.end(this);
    return history;
  }

  async #train(history: History): Promise<void> {
    const { source, signal } = this.#options;
    // An epoch that has ended gets its record even after a signal, because callbacks that watch records must see it.
    while (!this.isOver && (this.#phase === "record" || !signal?.aborted)) {
      if (this.#phase === "record") {
        const record = this.#record(await this.#evaluate());
        append(history, record);
        await this.#calls.epoch(record, this);
      } else {
        if (source.arrive) await source.arrive(this.#nextEpoch);
        if (this.advance() && this.#calls.hasBatchHooks) await this.#calls.batch(this.batchRecord(), this);
      }
      if (this.#turn.endPart()) await this.#turn.pass();
    }
  }

  async #evaluate(): Promise<Evaluation | undefined> {
    const { evaluator } = this.#options;
    if (!evaluator) return undefined;
    evaluator.start();
    while (!evaluator.isDone) {
      evaluator.part();
      if (this.#turn.endPart()) await this.#turn.pass();
    }
    return evaluator.result();
  }

  /** Trains up to the next record, of a run that is not over. All batches must be in memory. */
  nextRecord(): EpochRecord {
    while (this.#phase !== "record") this.advance();
    return this.#record(this.#options.evaluator?.run());
  }

  /** Trains until a time, by the host's clock. It starts no batch that would probably take longer. All batches must be in memory. */
  async trainUntil(deadline: number): Promise<void> {
    let began = now();
    for (let longest = 0; began + longest < deadline; ) {
      this.advance();
      if (this.#turn.endPart()) await this.#turn.pass();
      longest = Math.max(longest, now() - began);
      began = now();
    }
  }

  /**
   * Trains on the next batch; of a tiny network whose epochs are the same batch, on many epochs. A stream's batch must have arrived.
   *
   * @returns true if there was one to train on
   * @throws {DivergenceError} if its loss or its update is not finite
   * @throws {RangeError | TypeError} if it does not fit; nothing has changed then
   */
  advance(): boolean {
    const { learner, source } = this.#options;
    if (this.#phase === "stopped") return false;
    const answer = source.next(this.#nextEpoch);
    if (answer === "end") {
      this.#endEpoch(`fitBatches: epoch ${this.#epoch}`);
      return false;
    }
    if (answer === "skipped" || answer === "none") return false;
    this.#sums ??= this.#sumsOf(answer.loss);
    if (this.#phase === "between epochs") this.#beginEpoch();
    if (source.isSingleBatch) this.#repeat(answer);
    const { blocks, rows, loss } = answer;
    learner.step(blocks, rows, loss, this.#epoch);
    this.#sums.add(blocks, rows, this.#isMeasured);
    if (source.pass()) this.#endEpoch();
    return true;
  }

  /** Makes the steps of the epochs before the next record, unless a record is made of this epoch or of each batch. */
  #repeat({ blocks, rows, loss }: Batch): void {
    const { learner, epochs, every, kind } = this.#options;
    if (kind === "time" || this.#isMeasured || this.#calls.hasBatchHooks) return;
    const untilRecord = every - ((this.#epoch - 1) % every);
    const count = Math.min(untilRecord, epochs - this.#epoch, mostRepeats);
    this.#epoch += learner.repeat(blocks, rows, loss, count, this.#epoch);
  }

  /** The epoch of the next batch. */
  get #nextEpoch(): number {
    return this.#phase === "between epochs" ? this.#epoch + 1 : this.#epoch;
  }

  /** True if a record is made of the epoch under way, so that metrics count its batches. */
  get #isMeasured(): boolean {
    return this.#phase === "record" || (this.#phase === "batches" && isRecorded(this.#epoch, this.#options));
  }

  /** Enters a phase, unless a callback has stopped the run. */
  #enter(phase: Phase): void {
    if (this.#phase !== "stopped") this.#phase = phase;
  }

  #beginEpoch(): void {
    this.#epoch++;
    this.#enter("batches");
    this.#sums!.begin();
  }

  /** @param checked begins the message of an error, if the examples have not been checked for targets that count */
  #endEpoch(checked?: string): void {
    this.#enter("between epochs");
    if (checked) this.#sums?.checkCounted(checked);
    this.#options.learner.endEpoch();
    if (isRecorded(this.#epoch, this.#options)) this.#enter("record");
  }

  /** Returns the sums for the form of targets that `loss` takes; those of a resumed epoch, if there is one. */
  #sumsOf(loss: Heads): EpochSums {
    const sums = new EpochSums(this.#options.learner, loss);
    if (this.#resumedSums) sums.restore(this.#resumedSums);
    return sums;
  }

  /** The record of the last batch, which there must have been. */
  batchRecord(): BatchRecord {
    const { steps, lastLearningRate } = this.#options.learner;
    return { epoch: this.#epoch, step: steps, loss: this.#sums!.batchLoss, learningRate: lastLearningRate };
  }

  /**
   * Makes the record of the epoch that has ended. The learning rate may fall by it.
   *
   * @throws {RangeError} if the learning rate watches a number that the record does not have
   */
  #record(validation: Evaluation | undefined): EpochRecord {
    const { learner } = this.#options;
    // No batch has told the form of a resumed stream's targets: any form has the same sums.
    const sums = this.#sums ?? this.#sumsOf(someHeads(learner.format));
    const { steps, lastLearningRate } = learner;
    const record = {
      epoch: this.#epoch,
      step: steps,
      loss: sums.loss,
      learningRate: lastLearningRate,
      ...sums.results(),
      validation,
      seconds: (now() - this.#startTime) / 1000,
    };
    learner.rate.observe(record);
    this.#resumedSums = undefined;
    this.#enter("between epochs");
    return record;
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Training";
  }
}

/** Returns the error for a record of an epoch whose first batches are not in its metrics. */
function needsSameRecords(): RangeError {
  return new RangeError(
    "trainer: got another every or epochs than the training that it resumes, need the same for its metrics",
  );
}
