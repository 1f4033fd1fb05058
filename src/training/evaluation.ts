/** The loss and the metrics over a set of examples, some rows at a time. It changes no parameter and no gradient. */

import type { Values } from "../kernels/dtype.ts";
import { startsOf } from "../topology/sequences.ts";
import { type FlatExamples, rowsBetween } from "./examples.ts";
import { type Heads, LossSums } from "./heads.ts";
import type { Learner } from "./learner.ts";
import type { Measurements, Metric, MetricValues } from "./metrics.ts";

/** Loss and metrics of one output. The loss is without its weight and without penalties. */
export type OutputEvaluation = { readonly loss: number } & MetricValues;

/** Loss and metrics over a set of examples. */
export type Evaluation<Asked extends Metric = Metric> = {
  readonly loss: number;
  /** The loss and the metrics of each output, if several outputs have a loss. */
  readonly outputs?: readonly OutputEvaluation[] | undefined;
} & MetricValues<Asked>;

/** The results of an evaluation beside the loss: the metrics of one output, or the loss and the metrics of each of several. */
export interface Results {
  readonly metrics: MetricValues;
  readonly outputs?: readonly OutputEvaluation[] | undefined;
}

/** Returns the results of an evaluation, from its sums and metrics. */
export function resultsOf(loss: Heads, sums: LossSums, metrics: Measurements): Results {
  const values = metrics.values();
  if (values.length === 1) return { metrics: values[0] };
  const outputs = values.map((each, index) => ({ loss: loss.meanOf(index, sums), ...each }));
  return { metrics: {}, outputs };
}

export class Evaluator {
  readonly #learner: Learner;
  readonly #examples: FlatExamples;
  readonly #metrics: Measurements;
  /** The start of each row, for inputs and targets that differ in length. */
  readonly #inputStarts: readonly (Uint32Array | undefined)[];
  readonly #targetStarts: readonly (Uint32Array | undefined)[];
  readonly #sums: LossSums;
  #position = 0;

  /**
   * @param who begins the message of an error
   * @throws {RangeError} if a metric does not fit the targets
   */
  constructor(who: string, learner: Learner, examples: FlatExamples) {
    learner.metrics.checkTargets(who, examples);
    this.#learner = learner;
    this.#examples = examples;
    this.#metrics = learner.metrics.measurements(examples.loss);
    this.#sums = new LossSums(examples.loss.losses.length);
    const startsOfEach = (each: FlatExamples["inputLengths"]) => each.map((lengths) => lengths && startsOf(lengths));
    this.#inputStarts = startsOfEach(examples.inputLengths);
    this.#targetStarts = startsOfEach(examples.targetLengths);
  }

  /** Begins an evaluation. */
  start(): void {
    this.#position = 0;
    this.#sums.begin();
    this.#metrics.begin();
  }

  /** True once all examples have been evaluated. */
  get isDone(): boolean {
    return this.#position === this.#examples.rows;
  }

  /** Evaluates the next rows. */
  part(): void {
    const { inputs, targets, exampleWeights, termWeights, rows, loss, inputLengths } = this.#examples;
    const { partRows } = this.#learner.engine;
    const blocks = this.#learner.prepare(Math.min(rows, partRows), loss);
    const from = this.#position;
    const to = Math.min(from + partRows, rows);
    const part = (values: Values, starts?: Uint32Array) => rowsBetween(values, rows, from, to, starts);
    inputs.forEach((values, index) => {
      const lengths = inputLengths[index];
      if (lengths) blocks.sequences[index]!.set(lengths, from, to - from);
      blocks.inputs[index].set(part(values, this.#inputStarts[index]));
    });
    targets.forEach((values, index) => {
      blocks.targets[index].set(part(values, this.#targetStarts[index]));
    });
    if (exampleWeights) blocks.exampleWeights!.set(part(exampleWeights));
    termWeights?.forEach((values, index) => {
      blocks.termWeights![index].set(part(values, this.#targetStarts[index]));
    });
    this.#learner.forward(blocks, to - from, loss);
    this.#sums.add(this.#learner.sums);
    this.#metrics.add(blocks.measured, to - from);
    this.#position = to;
  }

  /** Evaluates all examples without a pause. */
  run(): Evaluation {
    this.start();
    while (!this.isDone) this.part();
    return this.result();
  }

  /** Returns the loss and the metrics of all examples. */
  result(): Evaluation {
    const { loss } = this.#examples;
    const { metrics, outputs } = resultsOf(loss, this.#sums, this.#metrics);
    return { loss: loss.mean(this.#sums) + this.#learner.penalty(loss), ...metrics, ...(outputs && { outputs }) };
  }
}
