/** The runs of a trainer: one at a time. A run that stopped before its end may be resumed by the next one. */

import { DivergenceError, plural } from "../errors.ts";
import type { EpochRecord } from "./record.ts";
import type { Run } from "./run.ts";
import type { RunKind, RunState } from "./runState.ts";

/** The methods of each kind of run. */
const methods: Readonly<Record<RunKind, string>> = { epochs: "fit or epochs", time: "fitFor", stream: "fitBatches" };

export class Runs {
  /** The state of the run that has stopped before its end. */
  #checkpoint: RunState | undefined;
  /** True if it comes from a file, so that any other run is refused. */
  #isFromFile = false;
  /** The run whose promise has not settled. */
  #promiseRun: Run | undefined;
  /** The run whose records are being drawn. */
  #generatorRun: Run | undefined;
  /** The run that began last: only its records may be drawn. */
  #newestRun: Run | undefined;

  /** The run under way or, without one, the run that may be resumed. */
  get state(): RunState | undefined {
    const current = this.#promiseRun ?? this.#generatorRun;
    return current ? current.state : this.#checkpoint;
  }

  /** True if the run that may be resumed comes from a file. */
  get isFromFile(): boolean {
    return this.#isFromFile;
  }

  /** Takes a run from a file, to be resumed. */
  load(state: RunState | undefined): void {
    this.#checkpoint = state;
    this.#isFromFile = state !== undefined;
  }

  /**
   * Returns the run that a new one resumes; undefined if it begins anew.
   *
   * @param who begins the message of an error
   * @param rows the number of examples; 0 for a stream
   * @throws {RangeError} if a run from a file waits and is another one
   */
  resumable(who: string, kind: RunKind, rows: number, epochs: number): RunState | undefined {
    const checkpoint = this.#checkpoint;
    if (!checkpoint || this.#promiseRun) return undefined;
    const { epoch, phase, source } = checkpoint;
    const leftRows = source.order?.rows ?? 0;
    const hasMore = epoch < epochs || (epoch === epochs && phase !== "between epochs");
    // A run that was read at its end is accepted, but has nothing left to do.
    const isWanted = hasMore || (this.#isFromFile && epoch === epochs);
    if (checkpoint.kind === kind && leftRows === rows && isWanted) return checkpoint;
    if (!this.#isFromFile) return undefined;
    // Somebody who reads a run wants to resume it.
    const on = checkpoint.kind === "stream" ? "" : ` on ${plural(leftRows, "example")}`;
    throw new RangeError(
      `${who}: got a training of ${plural(epochs, "epoch")} on ${plural(rows, "example")}, need that of the file: by ${methods[checkpoint.kind]}${on}, ` +
        `stopped in epoch ${epoch}; new Trainer(trainer.network, …) begins anew`,
    );
  }

  /**
   * Lets a run train. If it stops before its end, its state is kept.
   *
   * @throws {RangeError} if another run is under way
   */
  async train<Result>(run: Run, train: () => Promise<Result>): Promise<Result> {
    this.#checkFree();
    this.#newestRun = run;
    this.#promiseRun = run;
    this.#generatorRun = undefined;
    let checkpoint: RunState | undefined;
    try {
      const result = await train();
      checkpoint = run.isOver ? undefined : run.state;
      return result;
    } catch (error) {
      // A run that has diverged would diverge again.
      checkpoint = error instanceof DivergenceError ? undefined : run.state;
      throw error;
    } finally {
      this.#promiseRun = undefined;
      this.#checkpoint = checkpoint;
      this.#isFromFile = false;
    }
  }

  /**
   * Returns the records of a run, which trains as they are drawn.
   *
   * @throws {RangeError} at a draw, if another run is under way or has begun
   */
  records(run: Run): Generator<EpochRecord, void, undefined> {
    this.#newestRun = run;
    return this.#draw(run);
  }

  *#draw(run: Run): Generator<EpochRecord, void, undefined> {
    this.#checkFree();
    this.load(undefined);
    try {
      while (!run.isOver) {
        if (run !== this.#newestRun) {
          throw new RangeError("epochs: got a draw after another training has begun, need a new call of epochs");
        }
        const record = run.nextRecord();
        this.#generatorRun = run;
        yield record;
      }
    } finally {
      if (this.#generatorRun === run) this.#generatorRun = undefined;
    }
  }

  /** Refuses a run while another one is awaited. */
  #checkFree(): void {
    if (!this.#promiseRun) return;
    throw new RangeError(
      "trainer: got a call while a training is under way, need the promise of that training awaited first",
    );
  }
}
