/** Examples in memory as the source of a run's batches. */

import type { RandomGenerator } from "../random.ts";
import { type BatchSize, lackOf } from "../topology/trainingPlan.ts";
import { Batches, type LastBatch } from "./batches.ts";
import type { BatchBlocks } from "./blocks.ts";
import type { FlatExamples } from "./examples.ts";
import type { Heads } from "./heads.ts";
import type { Learner } from "./learner.ts";
import { checkBatch } from "./loader.ts";
import type { SourceState } from "./runState.ts";
import type { Batch, Source } from "./source.ts";

export interface MemorySourceOptions {
  readonly learner: Learner;
  readonly examples: FlatExamples;
  readonly batchSize: number;
  readonly generator: RandomGenerator | undefined;
  readonly lastBatch: LastBatch;
  /** The place to resume at; undefined to begin anew. */
  readonly origin: SourceState | undefined;
}

export class MemorySource implements Source {
  readonly loss: Heads;
  readonly #learner: Learner;
  readonly #batches: Batches;
  /** The batch that was given last: one object for all, because a step must leave no garbage. */
  readonly #batch: { blocks: BatchBlocks | undefined; rows: number; readonly loss: Heads };
  /** The place to go to with the first batch: nothing is drawn before. */
  #origin: SourceState | undefined;

  /**
   * @param who begins the message of an error
   * @throws {RangeError} if an epoch has a batch that is too small for a layer
   */
  constructor(who: string, { learner, examples, batchSize, generator, lastBatch, origin }: MemorySourceOptions) {
    const { graph } = learner.engine;
    const isTooSmall = (size: BatchSize) => lackOf(graph, size) !== undefined;
    const position = origin?.position;
    this.#batches = new Batches({ examples, batchSize, generator, lastBatch, isTooSmall, position });
    checkBatch(who, this.#batches.least, graph);
    this.#learner = learner;
    this.#origin = origin;
    this.loss = examples.loss;
    this.#batch = { blocks: undefined, rows: 0, loss: examples.loss };
  }

  get count(): number {
    return this.#batches.count;
  }

  get isSingleBatch(): boolean {
    return this.#batches.isSingleBatch;
  }

  get state(): SourceState | undefined {
    return this.#origin ?? this.#batches.state;
  }

  /**
   * Copies the next batch into the network's memory.
   *
   * @throws {RangeError} if the epoch has a batch that is too small for the layers that are trained now
   */
  next(): Batch {
    const batches = this.#batches;
    const learner = this.#learner;
    const batch = this.#batch;
    if (batches.isDone && !this.#origin) batches.prepare();
    checkBatch("trainer", batches.least, learner.engine.graph);
    // First, because the memory may refuse, and then nothing has been drawn.
    const blocks = learner.prepare(batches.mostRows, this.loss);
    if (this.#origin) {
      batches.goTo(this.#origin);
      this.#origin = undefined;
    }
    if (batches.isDone) batches.start();
    // In the steps of a tiny network, writing the same blocks again would show.
    if (batch.blocks !== blocks) batch.blocks = blocks;
    batch.rows = batches.take(blocks);
    return batch as Batch;
  }

  pass(): boolean {
    this.#batches.pass();
    return this.#batches.isDone;
  }
}
