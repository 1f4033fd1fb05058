/** A trainer: a loss, an optimizer and a schedule for a network, whose parameters it changes. */

import { checkInteger, checkOptions, shown } from "../errors.ts";
import { generatorOf, type Generator as RandomGenerator } from "../random.ts";
import { Network } from "../topology/network.ts";
import type { Rows } from "../topology/rows.ts";
import { Batches } from "./batches.ts";
import { copyExamples, countExamples, type Examples, type FlatExamples, flatten, type Targets } from "./examples.ts";
import { append, emptyHistory, type History } from "./history.ts";
import { type BatchBlocks, Learner } from "./learner.ts";
import { type BatchRecord, type EpochRecord, type Evaluation, Loop, pause } from "./loop.ts";
import { type BoundLoss, type Loss, type LossName, lossOf } from "./losses.ts";
import { checkMetrics, type MetricName } from "./metrics.ts";
import { adam, checkOptimizer, type Optimizer } from "./optimizers.ts";
import { examplesOf, splitExamples, type Validation } from "./validation.ts";

export interface TrainerOptions {
  /** What is minimised: a name, or a call such as `squaredError({ reduction: "sum" })`. */
  readonly loss: LossName | Loss;
  /** Default adam(). */
  readonly optimizer?: Optimizer;
  /** Rows of a batch, or "full" for all. The last batch of an epoch may be smaller. Default 32. */
  readonly batchSize?: number | "full";
  /** Whether each epoch takes the examples in a new order. Default true. */
  readonly shuffle?: boolean;
  /** Draws the order. Default 0. */
  readonly seed?: number | RandomGenerator;
  /** Reported beside the loss. Default none. */
  readonly metrics?: readonly MetricName[];
  /** Whether NaN and infinities in inputs and targets are refused. Default true. */
  readonly validate?: boolean;
}

export interface EpochsOptions {
  readonly epochs: number;
  /** A record is made of the first epoch, of every `every`-th from there, and of the last. Default 1. */
  readonly every?: number;
  /** Evaluated for each record. */
  readonly validation?: Validation;
}

export interface FitOptions extends EpochsOptions {
  /** The share of the examples, taken from their end, that is kept for validation and not trained on. */
  readonly validationSplit?: number;
  /** Given each record. */
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Given each batch's loss. */
  readonly onBatch?: (record: BatchRecord) => void;
  /** An AbortSignal: it stops training between two batches. */
  readonly signal?: { readonly aborted: boolean };
}

const optionNames = ["loss", "optimizer", "batchSize", "shuffle", "seed", "metrics", "validate"];
const epochsOptionNames = ["epochs", "every", "validation"];
const fitOptionNames = [...epochsOptionNames, "validationSplit", "onEpoch", "onBatch", "signal"];

/** Rows that `evaluate` runs at once. */
const evaluateRows = 128;
/** The event loop gets its turn at least every 20 ms; this leaves time for the batch under way. */
const pauseEvery = 10;

export class Trainer {
  readonly network: Network;
  readonly #learner: Learner;
  readonly #batchSize: number;
  readonly #generator: RandomGenerator | undefined;

  /** @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs */
  constructor(network: Network, options: TrainerOptions) {
    if (!(network instanceof Network)) throw new TypeError(`trainer: got ${shown(network)}, need a Network`);
    checkOptions("trainer", Object(options), optionNames);
    const { loss, optimizer = adam(), batchSize = 32, shuffle = true, seed = 0 } = Object(options) as TrainerOptions;
    const { metrics = [], validate = true } = options;
    if (batchSize !== "full") checkInteger("trainer: batchSize", batchSize, 1, 2 ** 31 - 1);
    checkMetrics(metrics);
    this.network = network;
    this.#batchSize = batchSize === "full" ? Number.POSITIVE_INFINITY : batchSize;
    const generator = generatorOf(seed);
    this.#generator = shuffle ? generator : undefined;
    this.#learner = new Learner({
      engine: network.engine,
      loss: lossOf(loss),
      optimizer: checkOptimizer(optimizer),
      metrics,
      validate,
    });
  }

  /**
   * One update on one batch of any size.
   *
   * @returns the batch's loss before the update
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   * @throws {DivergenceError} if the loss is not finite; the parameters have not been changed then
   */
  step(inputs: Rows, targets: Targets): number {
    const { blocks, rows, loss } = this.#load("step", { inputs, targets });
    return this.#learner.step(blocks, rows, loss, 1) / loss.divisor(rows);
  }

  /**
   * Fills the gradients of `network.parameters` and changes nothing else.
   *
   * @returns the batch's loss
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   */
  gradients(inputs: Rows, targets: Targets): number {
    const { blocks, rows, loss } = this.#load("gradients", { inputs, targets });
    const sum = this.#learner.forward(blocks, rows, loss);
    this.#learner.backward(blocks, rows, loss);
    return sum / loss.divisor(rows);
  }

  /**
   * The loss and the metrics over examples, which change nothing.
   *
   * @throws {RangeError | TypeError} if the examples do not fit
   */
  evaluate(inputs: Rows, targets: Targets): Evaluation {
    return this.#evaluate(flatten("evaluate", { inputs, targets }, this.#learner.format));
  }

  /**
   * Trains as it is drawn: `for (const record of trainer.epochs(inputs, targets, { epochs: 100 })) …`
   *
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss is not finite; the parameters are those of the last step whose loss was
   */
  epochs(inputs: Rows, targets: Targets, options: EpochsOptions): Generator<EpochRecord, void, undefined> {
    checkOptions("epochs", options, epochsOptionNames);
    return this.#draw(this.#loop("epochs", { inputs, targets }, options));
  }

  /**
   * Trains, giving way to the event loop at least every 20 ms.
   *
   * @returns the records' history; if it was stopped, up to there
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss is not finite; the parameters are those of the last step whose loss was
   */
  async fit(inputs: Rows, targets: Targets, options: FitOptions): Promise<History> {
    checkOptions("fit", options, fitOptionNames);
    const { onEpoch, onBatch, signal } = options;
    const { rows } = countExamples("fit", { inputs, targets }, this.#learner.format);
    const [examples, validation] = splitExamples({ inputs, targets }, rows, options);
    const loop = this.#loop("fit", examples, { ...options, validation });
    const history = emptyHistory();
    let paused = performance.now();
    while (!loop.isDone && !signal?.aborted) {
      loop.batch();
      if (onBatch) onBatch(loop.batchRecord());
      if (loop.isEpochDone && loop.isDue) {
        const record = loop.record();
        append(history, record);
        onEpoch?.(record);
      }
      if (performance.now() - paused > pauseEvery) {
        await pause();
        paused = performance.now();
      }
    }
    return history;
  }

  *#draw(loop: Loop): Generator<EpochRecord, void, undefined> {
    while (!loop.isDone) {
      do loop.batch();
      while (!loop.isEpochDone);
      if (loop.isDue) yield loop.record();
    }
  }

  #loop(who: string, examples: Examples, { epochs, every = 1, validation }: EpochsOptions): Loop {
    checkInteger(`${who}: epochs`, epochs, 1, Number.MAX_SAFE_INTEGER);
    checkInteger(`${who}: every`, every, 1, Number.MAX_SAFE_INTEGER);
    const { format } = this.#learner;
    const flat = flatten(who, examples, format);
    const held = validation && flatten(`${who}: validation`, examplesOf(validation), format);
    const validate = held && (() => this.#evaluate(held));
    const batches = new Batches(flat, this.#batchSize, this.#generator);
    return new Loop({ learner: this.#learner, batches, examples: flat, epochs, every, validate });
  }

  /** Checks one batch and copies it into the network's memory. */
  #load(who: string, examples: Examples): { blocks: BatchBlocks; rows: number; loss: BoundLoss } {
    const { format } = this.#learner;
    const counted = countExamples(who, examples, format);
    const blocks = this.#learner.prepare(counted.rows);
    copyExamples(who, counted, format, blocks);
    return { blocks, rows: counted.rows, loss: counted.loss };
  }

  #evaluate({ inputs, targets, rows, loss }: FlatExamples): Evaluation {
    const { features } = this.#learner.format;
    const metrics = this.#learner.metrics(loss);
    const blocks = this.#learner.prepare(Math.min(rows, evaluateRows));
    const sums = metrics.map(() => 0);
    let lossSum = 0;
    for (let from = 0; from < rows; from += evaluateRows) {
      const to = Math.min(from + evaluateRows, rows);
      blocks.inputs.set(inputs.subarray(from * features, to * features));
      blocks.targets.set(targets.subarray(from * loss.targetWidth, to * loss.targetWidth));
      lossSum += this.#learner.forward(blocks, to - from, loss);
      metrics.forEach(({ sum }, index) => {
        sums[index] += sum(blocks.outputAddress, blocks.targetAddress, to - from);
      });
    }
    const values = metrics.map(({ name, termsPerRow }, index) => [name, sums[index] / (rows * termsPerRow)]);
    return { loss: lossSum / loss.divisor(rows), ...Object.fromEntries(values) };
  }
}
