/**
 * One batch through a network: loss, gradients, update, in this order. The trainer's methods and its loop are made of
 * these steps; nothing here allocates once the blocks are there.
 */

import { checkFinite, checkInteger } from "../errors.ts";
import type { Values } from "../memory/kernels.ts";
import type { Generator } from "../random.ts";
import type { Engine } from "../topology/engine.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import type { Plan } from "../topology/plan.ts";
import type { Stack } from "../topology/stack.ts";
import type { MeasuredBlocks } from "./accumulators.ts";
import { divergence, type Place } from "./divergence.ts";
import type { ExampleFormat } from "./examples.ts";
import { type Loss, sparseForm } from "./losses.ts";
import { Measurement, type Metric, tallyLength } from "./metrics.ts";
import type { Monitored } from "./monitor.ts";
import { type BoundLoss, bindLoss, type LossBlocks, type PreparedBlocks } from "./objective.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { OptimizerState, type StateTensor } from "./optimizers/state.ts";
import { checkPlateau, Rate } from "./rate.ts";
import { Regularization, type RegularizationOptions } from "./regularization.ts";
import type { PlateauState } from "./schedules/plateau.ts";
import { classWeightsOf, type Weights } from "./weights.ts";

/** The blocks of a batch: views of the network's memory, for as many rows as the plan takes. */
export interface BatchBlocks extends MeasuredBlocks, LossBlocks {
  readonly plan: Plan;
  /** The whole pass in one, if the network is small. */
  readonly stack: Stack | undefined;
  readonly inputs: Values;
  readonly targets: Values;
  /** There for losses that prepare their batches. */
  readonly exampleWeights: Values | undefined;
}

export interface LearnerOptions {
  readonly engine: Engine;
  readonly loss: Loss;
  readonly classWeights: Weights | undefined;
  readonly optimizer: Optimizer;
  readonly regularization: RegularizationOptions;
  readonly metrics: readonly Metric[];
  readonly validate: boolean;
  /** Draws what layers such as dropout need; asked only if there are some. */
  readonly generator: Generator;
}

/** Where a training stands, as plain data. */
export interface LearnerState {
  readonly steps: number;
  readonly epochs: number;
  readonly lastLearningRate: number;
  /** What random layers draw from. */
  readonly seed: number;
  /** Of a learning rate that watches records. */
  readonly plateau?: PlateauState;
  /** What the optimizer remembers: named arrays. */
  readonly optimizer: readonly StateTensor[];
}

export class Learner {
  readonly format: ExampleFormat;
  readonly #engine: Engine;
  readonly #state: OptimizerState;
  readonly #rate: Rate;
  readonly #regularization: Regularization;
  readonly #metrics: readonly Metric[];
  /** What random layers draw from, with the number of the step. */
  #seed: number;
  readonly #classWeights: Values | undefined;
  #blocks: BatchBlocks | undefined;
  #steps = 0;
  #epochs = 0;
  #weight = 0;
  #lastLearningRate: number;

  constructor(options: LearnerOptions) {
    const { engine, loss, classWeights, optimizer, regularization, metrics, validate, generator } = options;
    this.#engine = engine;
    this.#state = new OptimizerState(optimizer, engine);
    this.#regularization = new Regularization(engine, regularization);
    this.#metrics = metrics;
    this.#rate = new Rate(optimizer.learningRate);
    this.#lastLearningRate = this.learningRate;
    const { kernels } = engine.arena;
    const outputs = sizeOf(engine.graph.outputs[0].shape);
    const sparse = sparseForm(loss);
    const binding = { kernels, outputs, hasClassWeights: classWeights !== undefined };
    this.format = {
      dtype: engine.dtype,
      features: sizeOf(engine.graph.inputs[0].shape),
      outputs,
      rowLoss: sparse?.name === loss.name ? undefined : bindLoss(loss, binding),
      classLoss: sparse && bindLoss(sparse, binding),
      validate,
    };
    this.#classWeights =
      classWeights === undefined ? undefined : classWeightsOf(classWeights, loss, outputs, engine.dtype);
    this.#seed = engine.graph.layers.some(({ kind }) => kind.isRandom) ? generator.integer(2 ** 32) : 0;
    engine.admit(this.#state);
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** That of the next update. */
  get learningRate(): number {
    return this.#rate.at(this.#steps, this.#epochs);
  }

  /** That of the last update. */
  get lastLearningRate(): number {
    return this.#lastLearningRate;
  }

  /** Counts an epoch that has ended. */
  endEpoch(): void {
    this.#epochs++;
  }

  /** Shows a learning rate that watches records the one of an epoch. @throws {RangeError} if it watches what that has not */
  observe(record: Monitored): void {
    this.#rate.observe(record);
  }

  get state(): LearnerState {
    const plateau = this.#rate.plateau;
    return {
      steps: this.#steps,
      epochs: this.#epochs,
      lastLearningRate: this.#lastLearningRate,
      seed: this.#seed,
      ...(plateau && { plateau }),
      optimizer: this.#state.tensors,
    };
  }

  /** @throws {RangeError} if it is not a state of the same optimizer and network; nothing has changed then */
  set state(state: LearnerState) {
    const { steps, epochs, lastLearningRate, seed, plateau, optimizer } = state;
    checkInteger("fromBytes: steps", steps, 0, Number.MAX_SAFE_INTEGER);
    checkInteger("fromBytes: epochs", epochs, 0, Number.MAX_SAFE_INTEGER);
    checkFinite("fromBytes: lastLearningRate", lastLearningRate);
    checkInteger("fromBytes: seed", seed, 0, 2 ** 32 - 1);
    this.#rate.plateau = checkPlateau(this.#rate.plateau, plateau);
    this.#state.tensors = optimizer;
    this.#steps = steps;
    this.#epochs = epochs;
    this.#lastLearningRate = lastLearningRate;
    this.#seed = seed;
  }

  /** Σ of the weights of the last batch that ran forward: its terms, if they have none. */
  get weight(): number {
    return this.#weight;
  }

  /** The metrics for targets of the form that `loss` takes. @throws {RangeError} if one does not fit them */
  metrics(loss: BoundLoss): Measurement {
    return new Measurement(this.#metrics, this.#engine.arena, this.format.outputs, loss);
  }

  /** The blocks for batches of up to `rows` rows under `loss`; views stay valid until another call needs more. */
  prepare(rows: number, { isPrepared }: BoundLoss): BatchBlocks {
    this.#engine.admit(this.#state);
    const plan = this.#engine.plan(rows, true);
    const blocks = this.#blocks;
    if (blocks?.plan === plan && (blocks.prepared || !isPrepared)) return blocks;
    // First, because the memory may grow.
    const prepared = isPrepared ? this.#allocate(plan.capacity) : undefined;
    const [input] = this.#engine.graph.inputs;
    const [output] = this.#engine.graph.outputs;
    const targetAddress = plan.targetAddress(output);
    // Behind the plan, and gone with it. First, because it may grow the memory.
    const tallyCount = tallyLength(this.#metrics, this.format.outputs);
    const tallyAddress = this.#engine.arena.allocateDoubles(tallyCount);
    this.#blocks = {
      plan,
      stack: this.#engine.stack,
      inputs: this.#engine.valueView(plan, input, plan.capacity),
      targets: this.#engine.arena.view(targetAddress, plan.capacity * this.format.outputs),
      exampleWeights: prepared && this.#engine.arena.view(prepared.exampleWeights, plan.capacity),
      outputAddress: plan.valueAddress(output),
      targetAddress,
      tallyAddress,
      tally: this.#engine.arena.doubles(tallyAddress, tallyCount),
      outputGradAddress: plan.valueGradientAddress(output)!,
      prepared,
    };
    return this.#blocks;
  }

  /** Blocks behind those of the plan, released with them. */
  #allocate(capacity: number): PreparedBlocks {
    const { arena } = this.#engine;
    const { outputs } = this.format;
    const classWeights = arena.allocate(this.#classWeights?.length ?? 0);
    const blocks = {
      exampleWeights: arena.allocate(capacity),
      classWeights,
      targets: arena.allocate(capacity * outputs),
      weights: arena.allocate(capacity * outputs),
    };
    if (this.#classWeights) arena.view(classWeights, this.#classWeights.length).set(this.#classWeights);
    return blocks;
  }

  /** Rows that a batch to train on must have. */
  get leastRows(): number {
    return this.#engine.graph.leastRows;
  }

  /**
   * Runs forward over the first `rows` rows of the blocks, as to predict.
   *
   * @returns Σ of the loss over them, to which `weight` belongs
   * @throws {RangeError} if it is not finite because the outputs are no probabilities, which the loss takes
   */
  forward(blocks: BatchBlocks, rows: number, loss: BoundLoss): number {
    this.#engine.forward(blocks.plan, rows);
    return this.#sum(blocks, rows, loss);
  }

  /** As `forward`, but as to train: what is random is that of the next step. */
  forwardTraining(blocks: BatchBlocks, rows: number, loss: BoundLoss): number {
    const { draws } = this.#engine;
    draws.seed = this.#seed;
    draws.step = this.#steps;
    this.#engine.forwardTraining(blocks.plan, rows);
    return this.#sum(blocks, rows, loss);
  }

  #sum(blocks: BatchBlocks, rows: number, loss: BoundLoss): number {
    this.#weight = loss.prepare(blocks, rows);
    const sum = loss.sum(blocks, rows);
    if (!Number.isFinite(sum)) {
      loss.checkOutputs(this.#engine.arena.view(blocks.outputAddress, rows * this.format.outputs));
    }
    // So that its mean is the loss's mean and the penalty.
    return this.#regularization.isActive ? sum + this.#penalty(loss) : sum;
  }

  #penalty(loss: BoundLoss): number {
    const scale = loss.scale(this.#weight);
    return scale === 0 ? 0 : this.#regularization.penalty() / scale;
  }

  /** Fills the gradients of the batch that `forwardTraining` has run. */
  backward(blocks: BatchBlocks, rows: number, loss: BoundLoss): void {
    loss.gradient(blocks, rows, loss.scale(this.#weight));
    blocks.plan.backward(rows);
    this.#regularization.addGradient();
  }

  /** Changes the parameters by the gradients. @returns whether all new ones are finite; where not, the old ones stay */
  #update(): boolean {
    const { learningRate } = this;
    if (!this.#state.update(this.#steps + 1, learningRate)) return false;
    this.#steps++;
    this.#lastLearningRate = learningRate;
    return true;
  }

  #diverged(cause: Place["cause"], epoch: number, { inputs, targets }: BatchBlocks, rows: number, loss: BoundLoss) {
    const place = { cause, epoch, step: this.#steps, learningRate: this.learningRate };
    const numbers = loss.targets === "numbers" ? targets.subarray(0, rows * loss.targetWidth) : undefined;
    return divergence(this.#engine, place, inputs.subarray(0, rows * this.format.features), numbers);
  }

  /**
   * A whole step over the first `rows` rows of the blocks.
   *
   * @param epoch for the error's message
   * @returns Σ of the loss before the update
   * @throws {DivergenceError} if it is not finite; the parameters have not been changed then; or if the update is not, of
   *   which what is finite is made
   */
  step(blocks: BatchBlocks, rows: number, loss: BoundLoss, epoch: number): number {
    const sum = this.forwardTraining(blocks, rows, loss);
    if (!Number.isFinite(sum)) throw this.#diverged("a loss that is not finite", epoch, blocks, rows, loss);
    this.backward(blocks, rows, loss);
    this.#regularization.clip();
    if (!this.#update()) throw this.#diverged("an update that is not finite", epoch, blocks, rows, loss);
    blocks.plan.afterUpdate(rows);
    return sum;
  }

  /**
   * As many whole steps over the first `rows` rows of the blocks, where they and the network are few enough for it, the
   * loss prepares nothing and nothing is regularized; what the last pass leaves in the layers is not to be read.
   *
   * @param epoch the first, for the error's message
   * @returns steps made: 0 if it cannot, fewer than `count` if the loss of the next is not finite
   * @throws {DivergenceError} if an update is not finite
   */
  repeat(blocks: BatchBlocks, rows: number, loss: BoundLoss, count: number, epoch: number): number {
    const { stack, targetAddress } = blocks;
    if (!stack || rows > stack.capacity || loss.isPrepared || this.#regularization.isActive) return 0;
    const { arena } = this.#engine;
    const { forward, backward, parameter } = loss;
    const places = { forward: arena.tableIndex(forward), backward: arena.tableIndex(backward) };
    const stackLoss = { ...places, scale: loss.scale(loss.prepare(blocks, rows)), parameter };
    stack.load(rows);
    for (let done = 0; done < count; done++) {
      if (!Number.isFinite(stack.pass(rows, targetAddress, stackLoss))) return done;
      if (!this.#update()) throw this.#diverged("an update that is not finite", epoch + done, blocks, rows, loss);
      this.endEpoch();
    }
    return count;
  }
}
