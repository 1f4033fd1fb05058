/** The metrics of all outputs of a network: their names, the targets that they can count, and their sums. */

import type { Arena } from "../memory/arena.ts";
import { type Lengths, rowsOf, type Sequences } from "../topology/sequences.ts";
import type { BatchBlocks } from "./blocks.ts";
import { checkClassTargets } from "./classTargets.ts";
import type { FlatExamples } from "./examples.ts";
import type { ExampleFormat } from "./format.ts";
import { nameOf as nameOfTargets } from "./forms.ts";
import type { Heads } from "./heads.ts";
import { Measurements, type Metric, nameOf, tallyLength } from "./metrics.ts";
import { monitorNames } from "./monitor.ts";

/** The targets of all outputs, and the number of steps of each example where they differ. */
type MeasuredTargets = Pick<FlatExamples, "targets" | "targetLengths" | "loss">;

export class OutputMetrics {
  readonly #metrics: readonly (readonly Metric[])[];
  readonly #arena: Arena;
  readonly #format: ExampleFormat;

  /** @param metrics those of each output */
  constructor(metrics: readonly (readonly Metric[])[], arena: Arena, format: ExampleFormat) {
    this.#metrics = metrics;
    this.#arena = arena;
    this.#format = format;
  }

  /** True if no output has metrics. */
  get isEmpty(): boolean {
    return this.#metrics.every((metrics) => metrics.length === 0);
  }

  /** The numbers of the longest tally. */
  get tallyCount(): number {
    return Math.max(
      ...this.#metrics.map((metrics, index) => tallyLength(metrics, this.#format.targets[index].outputs)),
    );
  }

  /** Returns the sums of the metrics for targets of the form that `loss` takes. @throws {RangeError} if a metric does not fit them */
  measurements(loss: Heads): Measurements {
    return new Measurements(this.#metrics, this.#arena, this.#format, loss);
  }

  /** Returns the names of the numbers that records will have. */
  monitors(hasValidation: boolean): readonly string[] {
    const numbers = this.#metrics.map((metrics) => metrics.map(nameOf).filter((name) => name !== "confusionMatrix"));
    return monitorNames(numbers, this.#format.joint !== undefined, hasValidation);
  }

  /** Refuses targets that the metrics of their output cannot count. @throws {RangeError} naming the metric and the target */
  checkTargets(who: string, { targets, targetLengths, loss }: MeasuredTargets): void {
    if (this.isEmpty) return;
    for (const [index, values] of targets.entries()) {
      const format = this.#format.targets[index];
      const name = `${who}: ${nameOfTargets(this.#format, index)}`;
      const lengths = targetLengths[index];
      checkClassTargets(name, this.#metrics[index], { values, loss: loss.losses[index], format, lengths });
    }
  }

  /** Refuses such targets in the first `rows` rows of the blocks. @throws {RangeError} naming the metric and the target */
  checkBatch(who: string, { targets, heads }: BatchBlocks, rows: number, loss: Heads): void {
    if (this.isEmpty) return;
    const values = targets.map((each, index) => {
      return each.subarray(0, rowsOf(heads[index].sequences, rows) * loss.losses[index].targetWidth);
    });
    const targetLengths = heads.map(({ sequences }) => sequences && lengthsIn(sequences, rows));
    this.checkTargets(who, { targets: values, targetLengths, loss });
  }
}

/** Returns the number of steps of each of the first `rows` sequences. */
function lengthsIn(sequences: Sequences, rows: number): Lengths {
  return Uint32Array.from({ length: rows }, (_, row) => sequences.first(row + 1) - sequences.first(row));
}
