/** A trainer: a loss, an optimizer and a schedule for a network, whose parameters it changes. */

import { checkInteger, checkOptions, shown } from "../errors.ts";
import { generatorOf, type Generator as RandomGenerator } from "../random.ts";
import { Network } from "../topology/network.ts";
import { type Rows, Staging } from "../topology/rows.ts";
import { Batches } from "./batches.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import { copyExamples, countExamples, type Examples, flatten, type Targets } from "./examples.ts";
import { append, emptyHistory, type History } from "./history.ts";
import { type BatchBlocks, Learner } from "./learner.ts";
import { type BatchRecord, type EpochRecord, Loop } from "./loop.ts";
import { type Loss, type LossName, lossOf } from "./losses.ts";
import { checkMetrics, type Metric } from "./metrics.ts";
import type { BoundLoss } from "./objective.ts";
import { adam } from "./optimizers/adam.ts";
import { checkOptimizer } from "./optimizers/kinds.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { checkBooleans } from "./options.ts";
import { type RegularizationOptions, regularizationNames } from "./regularization.ts";
import { Turn } from "./turn.ts";
import { splitExamples, type Validation } from "./validation.ts";
import type { Weights } from "./weights.ts";

export interface TrainerOptions extends RegularizationOptions {
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
  /** Reported beside the loss: names, or `topKAccuracy({ k })`. Default none. */
  readonly metrics?: readonly Metric[];
  /** How much each class counts in the loss; of a binary loss, the targets 0 and 1. Default 1. */
  readonly classWeights?: Weights;
  /** Whether NaN and infinities in inputs and targets are refused. Default true. */
  readonly validate?: boolean;
}

export interface BatchOptions {
  /** How much each example counts in the loss, which is a weighted mean then. Default 1. */
  readonly exampleWeights?: Weights;
}

export interface EpochsOptions extends BatchOptions {
  readonly epochs: number;
  /** A record is made of the first epoch, of every `every`-th from there, and of the last. Default 1. */
  readonly every?: number;
  /** Evaluated for each record. */
  readonly validation?: Validation;
}

export interface FitOptions extends EpochsOptions {
  /** The share of the examples, taken from their end, that is kept for validation and not trained on. */
  readonly validationSplit?: number;
  /** Given each record; a promise it returns is awaited. */
  readonly onEpoch?: (record: EpochRecord) => unknown;
  /** Given each batch's loss; a promise it returns is awaited. */
  readonly onBatch?: (record: BatchRecord) => unknown;
  /** An AbortSignal: it stops training between two batches. */
  readonly signal?: { readonly aborted: boolean };
}

const optionNames = [
  "loss",
  "optimizer",
  "batchSize",
  "shuffle",
  "seed",
  "metrics",
  "classWeights",
  ...regularizationNames,
  "validate",
];
const batchOptionNames = ["exampleWeights"];
const epochsOptionNames = ["epochs", "every", "validation", ...batchOptionNames];
const fitOptionNames = [...epochsOptionNames, "validationSplit", "onEpoch", "onBatch", "signal"];

export class Trainer {
  readonly network: Network;
  readonly #learner: Learner;
  readonly #batchSize: number;
  readonly #generator: RandomGenerator | undefined;
  readonly #inputs = new Staging();
  readonly #targets = new Staging();
  readonly #exampleWeights = new Staging();

  /** @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs */
  constructor(network: Network, options: TrainerOptions) {
    if (!(network instanceof Network)) throw new TypeError(`trainer: got ${shown(network)}, need a Network`);
    checkOptions("trainer", options, optionNames);
    const { loss, optimizer = adam(), batchSize = 32, shuffle = true, seed = 0 } = Object(options) as TrainerOptions;
    const {
      metrics = [],
      classWeights,
      validate = true,
      l1,
      l2,
      clipNorm,
      clipValue,
    } = Object(options) as TrainerOptions;
    checkBooleans("trainer", { shuffle, validate });
    if (batchSize !== "full") checkInteger("trainer: batchSize", batchSize, 1, 2 ** 31 - 1);
    checkMetrics(metrics);
    this.network = network;
    this.#batchSize = batchSize === "full" ? Number.POSITIVE_INFINITY : batchSize;
    const generator = generatorOf(seed);
    this.#generator = shuffle ? generator : undefined;
    this.#learner = new Learner({
      engine: network.engine,
      loss: lossOf(loss),
      classWeights,
      optimizer: checkOptimizer(optimizer),
      regularization: { l1, l2, clipNorm, clipValue },
      metrics,
      validate,
      generator,
    });
  }

  /**
   * One update on one batch of any size.
   *
   * @returns the batch's loss before the update
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   * @throws {DivergenceError} if the loss is not finite; the parameters have not been changed then. Or if the update is not;
   * it is made but for what would not be finite
   */
  step(inputs: Rows, targets: Targets, options?: BatchOptions): number {
    const { blocks, rows, loss } = this.#load("step", { inputs, targets }, options);
    return loss.mean(this.#learner.step(blocks, rows, loss, 1), this.#learner.weight);
  }

  /**
   * Fills the gradients of `network.parameters` and changes nothing else.
   *
   * @returns the batch's loss
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   */
  gradients(inputs: Rows, targets: Targets, options?: BatchOptions): number {
    const { blocks, rows, loss } = this.#load("gradients", { inputs, targets }, options);
    const sum = this.#learner.forwardTraining(blocks, rows, loss);
    this.#learner.backward(blocks, rows, loss);
    return loss.mean(sum, this.#learner.weight);
  }

  /**
   * The loss and the metrics over examples, which change nothing. Weights count in the loss only.
   *
   * @throws {RangeError | TypeError} if the examples do not fit
   */
  evaluate(inputs: Rows, targets: Targets, options?: BatchOptions): Evaluation {
    checkOptions("evaluate", options, batchOptionNames);
    const examples = flatten("evaluate", { inputs, targets, ...options }, this.#learner.format);
    return new Evaluator(this.#learner, examples).run();
  }

  /**
   * Trains as it is drawn: `for (const record of trainer.epochs(inputs, targets, { epochs: 100 })) …`
   *
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss or an update is not finite; the parameters are those after the last step whose loss was,
   * but for what of the update is not finite
   */
  epochs(inputs: Rows, targets: Targets, options: EpochsOptions): Generator<EpochRecord, void, undefined> {
    checkOptions("epochs", options, epochsOptionNames);
    return this.#draw(this.#start("epochs", { inputs, targets }, Object(options)));
  }

  /**
   * Trains, giving way to the event loop at least every 20 ms, between batches: a batch, and the reading of the examples
   * before the first, are not divided.
   *
   * @returns the records' history; if it was stopped, up to there
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss or an update is not finite; the parameters are those after the last step whose loss was,
   * but for what of the update is not finite
   */
  async fit(inputs: Rows, targets: Targets, options: FitOptions): Promise<History> {
    checkOptions("fit", options, fitOptionNames);
    const { onEpoch, onBatch, signal } = Object(options) as FitOptions;
    checkCallbacks({ onEpoch, onBatch, signal });
    const { loop, evaluator } = this.#start("fit", { inputs, targets }, Object(options));
    const history = emptyHistory();
    const turn = new Turn();
    while (!loop.isDone && !signal?.aborted) {
      loop.batch();
      if (onBatch) await onBatch(loop.batchRecord());
      if (loop.isEpochDone && loop.isDue) {
        const record = loop.record(evaluator && (await evaluateInTurns(evaluator, turn)));
        append(history, record);
        if (onEpoch) await onEpoch(record);
      }
      if (turn.isOver) await turn.pass();
    }
    return history;
  }

  *#draw({ loop, evaluator }: Training): Generator<EpochRecord, void, undefined> {
    while (!loop.isDone) {
      do loop.batch();
      while (!loop.isEpochDone);
      if (loop.isDue) yield loop.record(evaluator?.run());
    }
  }

  /** Checks everything; nothing is drawn or changed before the loop's first batch. */
  #start(who: string, examples: Examples, options: FitOptions): Training {
    const { epochs, every = 1, exampleWeights } = options;
    checkInteger(`${who}: epochs`, epochs, 1, Number.MAX_SAFE_INTEGER);
    checkInteger(`${who}: every`, every, 1, Number.MAX_SAFE_INTEGER);
    const learner = this.#learner;
    const [trained, held] = splitExamples(who, { ...examples, exampleWeights }, options, learner.format);
    this.#checkBatch(who, trained.rows % Math.min(this.#batchSize, trained.rows) || trained.rows);
    const batches = new Batches(trained, this.#batchSize, this.#generator);
    return {
      loop: new Loop({
        learner,
        batches,
        examples: trained,
        epochs,
        every,
        reportsBatches: options.onBatch !== undefined,
      }),
      evaluator: held && new Evaluator(learner, held),
    };
  }

  /** Checks one batch and copies it into the network's memory, of which nothing changes before. */
  #load(who: string, examples: Examples, options: BatchOptions | undefined): Batch {
    checkOptions(who, options, batchOptionNames);
    const { format } = this.#learner;
    const counted = countExamples(who, { ...examples, ...options }, format);
    const { rows, loss } = counted;
    this.#checkBatch(who, rows);
    const inputs = this.#inputs.take(format.dtype, rows * format.features);
    const targets = this.#targets.take(format.dtype, rows * loss.targetWidth);
    const exampleWeights = counted.exampleWeights && this.#exampleWeights.take(format.dtype, rows);
    copyExamples(who, counted, format, { inputs, targets, exampleWeights });
    const blocks = this.#learner.prepare(rows, loss);
    blocks.inputs.set(inputs);
    blocks.targets.set(targets);
    if (exampleWeights) blocks.exampleWeights!.set(exampleWeights);
    return { blocks, rows, loss };
  }

  /** Refuses a batch, the smallest of an epoch, that a layer cannot be trained on. */
  #checkBatch(who: string, rows: number): void {
    const { leastRows } = this.#learner;
    if (rows >= leastRows) return;
    throw new RangeError(
      `${who}: got a batch of ${rows} example, need ${leastRows} or more for batchNorm; try another batchSize`,
    );
  }
}

/** One batch in the network's memory. */
interface Batch {
  readonly blocks: BatchBlocks;
  readonly rows: number;
  readonly loss: BoundLoss;
}

/** A training that has not yet begun, and the evaluation for its records. */
interface Training {
  readonly loop: Loop;
  readonly evaluator: Evaluator | undefined;
}

async function evaluateInTurns(evaluator: Evaluator, turn: Turn): Promise<Evaluation> {
  evaluator.start();
  while (!evaluator.isDone) {
    evaluator.part();
    if (turn.isOver) await turn.pass();
  }
  return evaluator.result();
}

function checkCallbacks({ onEpoch, onBatch, signal }: Pick<FitOptions, "onEpoch" | "onBatch" | "signal">): void {
  for (const [name, callback] of Object.entries({ onEpoch, onBatch })) {
    if (callback !== undefined && typeof callback !== "function") {
      throw new TypeError(`fit: got ${name} ${shown(callback)}, need a function`);
    }
  }
  if (signal !== undefined && typeof Object(signal).aborted !== "boolean") {
    throw new TypeError(`fit: got signal ${shown(signal)}, need an AbortSignal`);
  }
}
