/** The runs of a trainer: one at a time. A run that stopped before its end may be resumed by the next one. */

import { DivergenceError, plural } from "../errors.ts";
import type { EpochRecord } from "./record.ts";
import type { Run } from "./run.ts";
import type { RunKind, RunState } from "./runState.ts";

/** The methods of each kind of run. */
const methods: Readonly<Record<RunKind, string>> = { epochs: "fit or epochs", time: "fitFor", stream: "fitBatches" };

export class Runs {
  /** The run that has stopped before its end. */
  #left: RunState | undefined;
  /** True if it comes from a file, so that any other run is refused. */
  #isRead = false;
  /** The run whose promise has not settled. */
  #awaited: Run | undefined;
  /** The run whose records are being drawn. */
  #drawn: Run | undefined;
  /** The run that began last: only its records may be drawn. */
  #newest: Run | undefined;

  /** The run under way or, without one, the run that may be resumed. */
  get state(): RunState | undefined {
    const current = this.#awaited ?? this.#drawn;
    return current ? current.state : this.#left;
  }

  /** True if the run that may be resumed comes from a file. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Takes a run from a file, to be resumed. */
  read(state: RunState | undefined): void {
    this.#left = state;
    this.#isRead = state !== undefined;
  }

  /**
   * Returns the run that a new one resumes; undefined if it begins anew.
   *
   * @param who begins the message of an error
   * @param rows the number of examples; 0 for a stream
   * @throws {RangeError} if a run from a file waits and is another one
   */
  resumable(who: string, kind: RunKind, rows: number, epochs: number): RunState | undefined {
    const left = this.#left;
    if (!left || this.#awaited) return undefined;
    const { epoch, phase, source } = left;
    const leftRows = source.order?.rows ?? 0;
    const hasMore = epoch < epochs || (epoch === epochs && phase !== "between epochs");
    // A run that was read at its end is accepted, but has nothing left to do.
    const isWanted = hasMore || (this.#isRead && epoch === epochs);
    if (left.kind === kind && leftRows === rows && isWanted) return left;
    if (!this.#isRead) return undefined;
    // Somebody who reads a run wants to resume it.
    const on = left.kind === "stream" ? "" : ` on ${plural(leftRows, "example")}`;
    throw new RangeError(
      `${who}: got a training of ${plural(epochs, "epoch")} on ${plural(rows, "example")}, need that of the file: by ${methods[left.kind]}${on}, ` +
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
    this.#newest = run;
    this.#awaited = run;
    this.#drawn = undefined;
    let left: RunState | undefined;
    try {
      const result = await train();
      left = run.isOver ? undefined : run.state;
      return result;
    } catch (error) {
      // A run that has diverged would diverge again.
      left = error instanceof DivergenceError ? undefined : run.state;
      throw error;
    } finally {
      this.#awaited = undefined;
      this.#left = left;
      this.#isRead = false;
    }
  }

  /**
   * Returns the records of a run, which trains as they are drawn.
   *
   * @throws {RangeError} at a draw, if another run is under way or has begun
   */
  records(run: Run): Generator<EpochRecord, void, undefined> {
    this.#newest = run;
    return this.#draw(run);
  }

  *#draw(run: Run): Generator<EpochRecord, void, undefined> {
    this.#checkFree();
    this.read(undefined);
    try {
      while (!run.isOver) {
        if (run !== this.#newest) {
          throw new RangeError("epochs: got a draw after another training has begun, need a new call of epochs");
        }
        const record = run.nextRecord();
        this.#drawn = run;
        yield record;
      }
    } finally {
      if (this.#drawn === run) this.#drawn = undefined;
    }
  }

  /** Refuses a run while another one is awaited. */
  #checkFree(): void {
    if (!this.#awaited) return;
    throw new RangeError(
      "trainer: got a call while a training is under way, need the promise of that training awaited first",
    );
  }
}
