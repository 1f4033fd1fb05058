/** Loads one batch, in the form that users have, into the network's memory. */

import { plural } from "../errors.ts";
import type { Graph } from "../topology/graph.ts";
import { Staging } from "../topology/rows.ts";
import { lengthsBy, stepsIn } from "../topology/sequences.ts";
import { type BatchSize, lackOf } from "../topology/trainingPlan.ts";
import { copyExamples, countExamples, type Examples, sizesOf } from "./examples.ts";
import type { Learner } from "./learner.ts";
import type { Batch } from "./source.ts";

export class Loader {
  readonly #learner: Learner;
  readonly #inputs: readonly Staging[];
  readonly #targets: readonly Staging[];
  readonly #exampleWeights = new Staging();
  readonly #termWeights: readonly Staging[];

  constructor(learner: Learner) {
    this.#learner = learner;
    this.#inputs = learner.format.features.map(() => new Staging());
    this.#targets = learner.format.targets.map(() => new Staging());
    this.#termWeights = learner.format.targets.map(() => new Staging());
  }

  /**
   * Checks a batch and copies it into the network's memory. Nothing in that memory changes before the batch has been checked.
   *
   * @param who begins the message of an error
   * @throws {RangeError | TypeError} if the examples do not fit, or are too few to train on
   */
  load(who: string, examples: Examples): Batch {
    const { reader } = this.#learner.format;
    reader.begin(who);
    try {
      return this.#load(who, examples);
    } finally {
      reader.end();
    }
  }

  #load(who: string, examples: Examples): Batch {
    const { format } = this.#learner;
    const counted = countExamples(who, examples, format);
    const { rows, loss } = counted;
    const stepsOf: BatchSize["stepsOf"] = (lengths) =>
      stepsIn(lengthsBy(lengths, counted.inputs[lengths.input].lengths!));
    checkBatch(who, { rows, stepsOf }, this.#learner.engine.graph);
    const sizes = sizesOf(counted, format);
    const inputs = this.#inputs.map((staging, index) => staging.take(format.dtype, sizes.inputs[index]));
    const targets = sizes.targets.map((size, index) => this.#targets[index].take(format.dtype, size));
    const exampleWeights =
      sizes.exampleWeights === undefined ? undefined : this.#exampleWeights.take(format.dtype, sizes.exampleWeights);
    const termWeights = sizes.termWeights?.map((size, index) => this.#termWeights[index].take(format.dtype, size));
    copyExamples(who, counted, format, { inputs, targets, exampleWeights, termWeights });
    const blocks = this.#learner.prepare(rows, loss);
    inputs.forEach((values, index) => {
      const { lengths } = counted.inputs[index];
      if (lengths) blocks.sequences[index]!.set(lengths);
      blocks.inputs[index].set(values);
    });
    targets.forEach((values, index) => {
      blocks.targets[index].set(values);
    });
    if (exampleWeights) blocks.exampleWeights!.set(exampleWeights);
    termWeights?.forEach((values, index) => {
      blocks.termWeights![index].set(values);
    });
    return { blocks, rows, loss };
  }
}

/** Refuses a batch that is too small to train a layer on. @throws {RangeError} naming the kind of layer */
export function checkBatch(who: string, size: BatchSize, graph: Graph): void {
  const lack = lackOf(graph, size);
  if (!lack) return;
  const { what, got, need, kind } = lack;
  throw new RangeError(
    `${who}: got a batch of ${plural(got, what)}, need ${need} or more for ${kind}; try another batchSize`,
  );
}
