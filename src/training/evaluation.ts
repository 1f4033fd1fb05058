/** The loss and the metrics over a set of examples, some rows at a time. It changes no parameter and no gradient. */

import { partRows } from "../topology/rows.ts";
import type { FlatExamples } from "./examples.ts";
import type { Learner } from "./learner.ts";
import type { BoundMetric } from "./metrics.ts";

/** Loss and metrics over a set of examples. */
export interface Evaluation {
  readonly loss: number;
  /** Each metric of the trainer, by its name. */
  readonly [metric: string]: number;
}

export class Evaluator {
  readonly #learner: Learner;
  readonly #examples: FlatExamples;
  readonly #metrics: readonly BoundMetric[];
  readonly #sums: number[];
  #lossSum = 0;
  #position = 0;

  /** @throws {RangeError} if a metric does not fit the targets */
  constructor(learner: Learner, examples: FlatExamples) {
    this.#learner = learner;
    this.#examples = examples;
    this.#metrics = learner.metrics(examples.loss);
    this.#sums = this.#metrics.map(() => 0);
  }

  /** Begins anew. */
  start(): void {
    this.#position = 0;
    this.#lossSum = 0;
    this.#sums.fill(0);
  }

  /** Whether every example has been seen. */
  get isDone(): boolean {
    return this.#position === this.#examples.rows;
  }

  /** Evaluates the next rows. */
  part(): void {
    const { inputs, targets, rows, loss } = this.#examples;
    const { features } = this.#learner.format;
    const blocks = this.#learner.prepare(Math.min(rows, partRows));
    const from = this.#position;
    const to = Math.min(from + partRows, rows);
    blocks.inputs.set(inputs.subarray(from * features, to * features));
    blocks.targets.set(targets.subarray(from * loss.targetWidth, to * loss.targetWidth));
    this.#lossSum += this.#learner.forward(blocks, to - from, loss);
    this.#metrics.forEach(({ sum }, index) => {
      this.#sums[index] += sum(blocks.outputAddress, blocks.targetAddress, to - from);
    });
    this.#position = to;
  }

  /** All parts at once. */
  run(): Evaluation {
    this.start();
    while (!this.isDone) this.part();
    return this.result();
  }

  /** What all examples together have come to. */
  result(): Evaluation {
    const { rows, loss } = this.#examples;
    const values = this.#metrics.map(({ name, termsPerRow }, index) => [
      name,
      this.#sums[index] / (rows * termsPerRow),
    ]);
    return { loss: this.#lossSum / loss.divisor(rows), ...Object.fromEntries(values) };
  }
}
