/** A trainer: a loss, an optimizer and a schedule for a network, whose parameters it changes. */

import { checkArguments, checkOptions, mark, refuseJSON, shown } from "../errors.ts";
import { decode, encode } from "../files/safetensors.ts";
import { now } from "../host.ts";
import type { Bytes } from "../kernels/dtype.ts";
import { generatorAt, generatorOf, pcg32, type RandomGenerator } from "../random.ts";
import { checkNetwork, type Network, networkFromFile, networkMetadata, splitFile } from "../topology/network.ts";
import { checkRange } from "../topology/range.ts";
import { checkWholeBatch } from "./batches.ts";
import { type CustomLoss, checkLosses, readLoss, storedLoss } from "./customLoss.ts";
import { type Evaluation, Evaluator } from "./evaluation.ts";
import {
  type Examples,
  type FlatExamples,
  flattenExamples,
  type TrainingInputs,
  type TrainingTargets,
} from "./examples.ts";
import {
  type BatchOptions,
  batchOptionNames,
  checkCallbackOptions,
  checkEpochs,
  type EpochsOptions,
  epochsOptionNames,
  type FitBatchesOptions,
  type FitOptions,
  fitBatchesOptionNames,
  fitOptionNames,
} from "./fitOptions.ts";
import type { History, ValidatedHistory } from "./history.ts";
import { Learner } from "./learner.ts";
import { Loader } from "./loader.ts";
import { MemorySource } from "./memorySource.ts";
import type { Metric } from "./metrics.ts";
import { checkNumbers } from "./options.ts";
import type { AnyLoss } from "./outputs.ts";
import type { EpochRecord } from "./record.ts";
import { Run, type RunOptions } from "./run.ts";
import { checkRun } from "./runFile.ts";
import { Runs } from "./runs.ts";
import { trainerFromFile, trainerToFile } from "./serialization.ts";
import { type BatchSource, StreamSource } from "./streamSource.ts";
import { type CheckedOptions, checkTrainerOptions, type TrainerOptions } from "./trainerOptions.ts";
import { examplesOf, splitExamples, type ValidatedFit, type Validation, type ValidationOptions } from "./validation.ts";

/** The result of `fitFor`. */
export interface FitForResult {
  /** The updates that it has made. */
  readonly steps: number;
  /** The epoch in which it stopped, counted from 1. */
  readonly epoch: number;
  /** The loss of the last batch, before its update; undefined if there was no batch. */
  readonly loss: number | undefined;
}

/** The options of a trainer that a file cannot hold. */
export interface ReadOptions {
  /** The custom losses of the file, found by their names. Default none. */
  readonly losses?: readonly CustomLoss[] | undefined;
  /** The threads of a step, as in the options of a trainer. Default 1. */
  readonly threads?: number | undefined;
}

/** A trainer. If its metrics do not matter or are not known, its type is `Trainer`. construction.ts has the type of its constructor. */
export class Trainer<Asked extends Metric = Metric> {
  /** The network that it trains. */
  readonly network: Network;
  readonly #options: CheckedOptions;
  readonly #learner: Learner;
  readonly #loader: Loader;
  readonly #generator: RandomGenerator | undefined;
  readonly #drawsSplits: RandomGenerator;
  /** Draws the same split for validation in each training, so that none trains on the validation examples of another. */
  #splitSeed: number | undefined;
  readonly #runs = new Runs();

  /** For consoles and stack traces: a bundle gives the class another name. */
  static get name(): string {
    return "Trainer";
  }

  /** @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs */
  constructor(network: Network, options: TrainerOptions<Asked>) {
    mark(this, "Trainer");
    checkArguments("trainer", arguments.length, 2);
    checkNetwork("trainer", network);
    this.#options = checkTrainerOptions(options);
    const { loss, lossWeights, optimizer, shuffle, metrics, classWeights, ...others } = this.#options;
    const { missingTargets, signedWeights, threads, validate, batchSize: _, ...regularization } = others;
    const generator = generatorOf(Object(options).seed ?? 0);
    this.network = network;
    this.#generator = shuffle ? generator : undefined;
    this.#drawsSplits = generator;
    this.#splitSeed = splitSeedOf(generator);
    const { engine } = network;
    this.#learner = new Learner({
      engine,
      loss,
      lossWeights,
      classWeights,
      optimizer,
      regularization,
      metrics,
      missingTargets,
      signedWeights,
      threads,
      validate,
      generator,
    });
    this.#loader = new Loader(this.#learner);
  }

  /**
   * The learning rate of the next update. It may be set at any time, also between two batches of a training under way: from then on
   * the number stands instead of the optimizer's rate or schedule. Checkpoints keep it.
   *
   * @throws {RangeError} if it is set to something other than a finite number from 0
   */
  get learningRate(): number {
    return this.#learner.learningRate;
  }

  /** The threads that a step uses: `threads`, or 1 where the host lacks workers or shared memory, or a thread has died. */
  get threads(): number {
    return this.#learner.threads;
  }

  set learningRate(learningRate: number) {
    checkNumbers("trainer", { learningRate });
    checkRange("trainer", { learningRate }, this.network.dtype);
    this.#learner.rate.override = learningRate;
  }

  /**
   * Makes one update on one batch of any size.
   *
   * @returns the batch's loss before the update
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   * @throws {DivergenceError} if the loss is not finite, and then the parameters have not changed; or if the update is not, and then only
   *   the elements that would not be finite keep their values
   */
  step(inputs: TrainingInputs, targets: TrainingTargets, options?: BatchOptions): number {
    checkArguments("step", arguments.length, 3);
    checkOptions("step", options, batchOptionNames);
    const { blocks, rows, loss } = this.#loader.load("step", { inputs, targets, ...options });
    this.#learner.step(blocks, rows, loss, 1);
    return loss.mean(this.#learner.sums);
  }

  /**
   * Fills the gradients of `network.parameters` and changes nothing else.
   *
   * @returns the batch's loss
   * @throws {RangeError | TypeError} if the examples do not fit; nothing has changed then
   */
  gradients(inputs: TrainingInputs, targets: TrainingTargets, options?: BatchOptions): number {
    checkArguments("gradients", arguments.length, 3);
    checkOptions("gradients", options, batchOptionNames);
    const { blocks, rows, loss } = this.#loader.load("gradients", { inputs, targets, ...options });
    this.#learner.forwardTraining(blocks, rows, loss);
    this.#learner.backward(blocks, rows, loss);
    return loss.mean(this.#learner.sums);
  }

  /**
   * Returns the loss and the metrics over examples, and changes nothing. Weights count in the loss only. With several outputs,
   * `outputs` has the loss and the metrics of each, and `loss` is the sum of these losses, each times its weight in `lossWeights`.
   *
   * @throws {RangeError | TypeError} if the examples do not fit
   */
  evaluate(inputs: TrainingInputs, targets: TrainingTargets, options?: BatchOptions): Evaluation<Asked> {
    checkArguments("evaluate", arguments.length, 3);
    checkOptions("evaluate", options, batchOptionNames);
    const examples = flattenExamples("evaluate", { inputs, targets, ...options }, this.#learner.format);
    return new Evaluator("evaluate", this.#learner, examples).run() as Evaluation<Asked>;
  }

  /**
   * Trains epoch by epoch, in a loop: `for (const record of trainer.epochs(inputs, targets, { epochs: 100 })) …`
   *
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss or an update is not finite. The parameters are those after the last step with a finite loss; elements
   *   whose update is not finite keep their values
   */
  epochs(
    inputs: TrainingInputs,
    targets: TrainingTargets,
    options: EpochsOptions,
  ): Generator<EpochRecord<Asked>, void, undefined> {
    checkArguments("epochs", arguments.length, 3);
    checkOptions("epochs", options, epochsOptionNames);
    const run = this.#memoryRun("epochs", { inputs, targets }, Object(options));
    return this.#runs.records(run) as Generator<EpochRecord<Asked>, void, undefined>;
  }

  /**
   * Trains on examples. It yields to the event loop at least every 20 ms, between batches; one batch, and reading the examples at the
   * start, are not interrupted.
   *
   * If a signal or an error in a callback stops it, the next `fit` or `epochs` with the same number of examples and at least as many
   * epochs resumes at the next batch, in the same order. `epochs` counts all epochs; the history has those since the last call. Any other call
   * begins anew.
   *
   * @returns the history of the records; if it was stopped, up to there
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} if a loss or an update is not finite. The parameters are those after the last step with a finite loss; elements
   *   whose update is not finite keep their values
   */
  async fit(
    inputs: TrainingInputs,
    targets: TrainingTargets,
    options: FitOptions<Asked> & ValidatedFit,
  ): Promise<ValidatedHistory<Asked>>;
  async fit(inputs: TrainingInputs, targets: TrainingTargets, options: FitOptions<Asked>): Promise<History<Asked>>;
  async fit(inputs: TrainingInputs, targets: TrainingTargets, options: FitOptions<Asked>): Promise<History<Asked>> {
    checkArguments("fit", arguments.length, 3);
    checkOptions("fit", options, fitOptionNames);
    const checked = checkCallbackOptions("fit", Object(options));
    const run = this.#memoryRun("fit", { inputs, targets }, { ...options, ...checked });
    return this.#runs.train(run, () => run.fit() as Promise<History<Asked>>);
  }

  /**
   * Trains on batches from a source, one after the other, each of any size: for data larger than memory, or data that are still arriving.
   * In all else it is like `fit`.
   *
   * @param source batches, `{ inputs, targets }` or `[inputs, targets]`, to iterate over, asynchronously or not; or a function
   *   that returns the batches of each epoch. A training that resumes skips the batches that it has taken.
   * @throws {RangeError | TypeError} if the options or a batch do not fit; such a batch changes nothing
   * @throws {DivergenceError} as fit
   */
  async fitBatches(
    source: BatchSource,
    options: FitBatchesOptions<Asked> & { readonly validation: Validation },
  ): Promise<ValidatedHistory<Asked>>;
  async fitBatches(source: BatchSource, options?: FitBatchesOptions<Asked>): Promise<History<Asked>>;
  async fitBatches(source: BatchSource, options: FitBatchesOptions<Asked> = {}): Promise<History<Asked>> {
    checkArguments("fitBatches", arguments.length, 2);
    checkOptions("fitBatches", options, fitBatchesOptionNames);
    const { epochs = 1, every = 1, validation } = options;
    const { callbacks, signal } = checkCallbackOptions("fitBatches", Object(options));
    checkEpochs("fitBatches", epochs, every);
    const who = "fitBatches: validation";
    const examples = validation && flattenExamples(who, examplesOf(who, validation), this.#learner.format);
    const origin = this.#runs.resumable("fitBatches", "stream", 0, epochs);
    const [learner, loader] = [this.#learner, this.#loader];
    const stream = new StreamSource({ learner, loader, batches: source, origin, signal });
    const monitoring = this.#monitoring("fitBatches", examples);
    const common = { epochs, every, callbacks, signal, origin };
    const run = this.#newRun({ kind: "stream", source: stream, ...common, ...monitoring });
    return this.#runs.train(run, () => run.fit() as Promise<History<Asked>>);
  }

  /**
   * Trains for a time budget and makes no records. It yields to the event loop as `fit` does. The next call with the same number of
   * examples resumes at the next batch, in the same order. It starts no batch that would probably take longer than the time left.
   *
   * @param milliseconds from the call on, including the time to read the examples
   * @throws {RangeError | TypeError} if the examples or the options do not fit; nothing has changed then
   * @throws {DivergenceError} as fit
   */
  async fitFor(
    milliseconds: number,
    inputs: TrainingInputs,
    targets: TrainingTargets,
    options: BatchOptions = {},
  ): Promise<FitForResult> {
    checkArguments("fitFor", arguments.length, 4);
    const deadline = now() + milliseconds;
    checkOptions("fitFor", options, batchOptionNames);
    if (!(Number.isFinite(milliseconds) && milliseconds >= 0)) {
      throw new RangeError(`fitFor: got ${shown(milliseconds)} milliseconds, need a number from 0`);
    }
    const endless = { epochs: Number.POSITIVE_INFINITY, every: 0, ...options };
    const run = this.#memoryRun("fitFor", { inputs, targets }, endless);
    return this.#runs.train(run, async () => {
      const before = this.#learner.steps;
      await run.trainUntil(deadline);
      const steps = this.#learner.steps - before;
      const { epoch, loss } = run.batchRecord();
      return { steps, epoch, loss: steps > 0 ? loss : undefined };
    });
  }

  /**
   * Returns a checkpoint as a safetensors file: the network, the optimizer's state, the schedule, the generators, the place in the epoch
   * and the states of callbacks. A training that resumes from it has the same bits as one that never stopped.
   *
   * @throws {RangeError} if a parameter is not finite, or the order comes from a generator whose state cannot be read
   */
  toBytes(): Bytes {
    checkArguments("toBytes", arguments.length, 0);
    const run = this.#runs.state;
    const generator = this.#generator ? this.#generator.state : null;
    if (generator === undefined) {
      throw new RangeError("toBytes: got a generator without a state for seed, need a number, pcg32() or mt19937()");
    }
    const { engine, arithmetic } = this.network;
    const learner = this.#learner.state;
    const { loss } = this.#options;
    const stored = Array.isArray(loss) ? loss.map(storedLoss) : storedLoss(loss);
    // Another machine may have other cores.
    const { threads: _, ...others } = this.#options;
    const options = { ...others, loss: stored } as CheckedOptions;
    const splitSeed = this.#splitSeed;
    const { text, tensors } = trainerToFile({ options, arithmetic, learner, generator, splitSeed, run });
    return encode([...this.network.tensors("toBytes"), ...tensors], { ...networkMetadata(engine), trainer: text });
  }

  /** Refuses `JSON.stringify(trainer)`, which would lose what the optimizer remembers. @throws {TypeError} naming toBytes */
  toJSON(): never {
    return refuseJSON("trainer", "toBytes() and Trainer.fromBytes()");
  }

  /**
   * Returns the trainer that `toBytes` has written, with its network. If a training was running or stopped then, a call of the same method
   * (fit or epochs, fitBatches, fitFor) with the same number of examples and epochs resumes it. Callbacks get their states back. A
   * training that had ended has nothing left to do. Any other call is refused.
   *
   * @throws {RangeError | TypeError} if the bytes are not such a file, or have a custom loss that is not among `losses`; the message says
   *   what is wrong
   */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, readOptions: ReadOptions = {}): Trainer {
    checkArguments("fromBytes", arguments.length, 2);
    checkOptions("fromBytes", readOptions, ["losses", "threads"]);
    const { threads } = readOptions;
    const losses = checkLosses("fromBytes", readOptions.losses ?? []);
    const { network: file, trainer: tensors } = splitFile(decode(bytes));
    const state = trainerFromFile(file.metadata.trainer, tensors);
    const { options, arithmetic, learner, generator, splitSeed, run } = state;
    if (options.shuffle ? !Object(generator).kind : generator !== null) {
      throw new RangeError(
        `fromBytes: got generator ${shown(generator)}, need one if examples are shuffled, else null`,
      );
    }
    const seed = generator ? generatorAt(generator) : 0;
    const network = networkFromFile(file, arithmetic);
    const read = (loss: unknown) => readLoss(loss, losses) as AnyLoss;
    const loss = Array.isArray(options.loss) ? options.loss.map(read) : read(options.loss);
    const trainer = new Trainer(network, { ...options, loss, seed, threads });
    trainer.#learner.state = learner;
    // The new trainer has drawn the numbers that the old one drew when it was made.
    if (generator && trainer.#generator) trainer.#generator.state = generator;
    if (run) checkRun(run, trainer.#options, generator, learner.steps);
    trainer.#splitSeed = splitSeed;
    trainer.#runs.load(run);
    return trainer;
  }

  /** Returns the generator that draws the split for validation. @throws {RangeError} if a training to be resumed has another split */
  #splitGenerator(who: string): RandomGenerator {
    if (this.#splitSeed === undefined && this.#runs.isFromFile) {
      throw new RangeError(
        `${who}: got validationSplit as a number for a training of a file that has taken the last examples, ` +
          'need { share, from: "end" }',
      );
    }
    this.#splitSeed ??= this.#drawsSplits.integer(2 ** 32);
    return pcg32(this.#splitSeed);
  }

  /** Returns a run on examples in memory. It checks everything; nothing is drawn or changed before the first batch. */
  #memoryRun(who: "fit" | "epochs" | "fitFor", given: Examples, options: MemoryOptions): Run {
    const { epochs, every = 1, exampleWeights, lengths, callbacks, signal } = options;
    const kind = who === "fitFor" ? "time" : "epochs";
    if (kind === "epochs") checkEpochs(who, epochs, every);
    const learner = this.#learner;
    const all = { ...given, exampleWeights, lengths };
    const generatorOf = () => this.#splitGenerator(who);
    const [examples, validation] = splitExamples(who, all, options, learner.format, generatorOf);
    const { rows } = examples;
    const origin = this.#runs.resumable(who, kind, rows, epochs);
    const { lastBatch } = this.#options;
    const batchSize = this.#options.batchSize === "full" ? rows : this.#options.batchSize;
    checkWholeBatch(who, rows, batchSize, lastBatch);
    const order = { batchSize, generator: this.#generator, lastBatch, origin: origin?.source };
    const source = new MemorySource(who, { learner, examples, ...order });
    const run = { kind, source, epochs, every, callbacks, signal, origin } as const;
    if (kind === "time") return this.#newRun(run);
    const monitoring = this.#monitoring(who, validation);
    learner.metrics.checkTargets(who, examples);
    return this.#newRun({ ...run, ...monitoring });
  }

  /** Returns the evaluator of the validation examples, and the names of the numbers that records will have. */
  #monitoring(who: string, validation: FlatExamples | undefined): Pick<RunOptions, "evaluator" | "monitors"> {
    const { metrics, rate } = this.#learner;
    const monitors = metrics.monitors(validation !== undefined);
    rate.check(monitors);
    const evaluator = validation && new Evaluator(`${who}: validation`, this.#learner, validation);
    return { monitors, evaluator };
  }

  #newRun(options: Omit<RunOptions, "network" | "learner" | "toBytes">): Run {
    return new Run({ ...options, network: this.network, learner: this.#learner, toBytes: () => this.toBytes() });
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Trainer";
  }
}

/** Returns the seed of splits that the generator would draw, and leaves it as it is; undefined if its state cannot be copied. */
function splitSeedOf({ state }: RandomGenerator): number | undefined {
  const canCopy = state?.kind === "pcg32" || state?.kind === "mt19937";
  return canCopy ? generatorAt(state).integer(2 ** 32) : undefined;
}

/** The options of a run on examples in memory. */
type MemoryOptions = EpochsOptions & ValidationOptions & Pick<RunOptions, "callbacks" | "signal">;
