/**
 * One batch through a network: loss, gradients, update, in this order. Trainers and runs call its methods. Apart from views for missing
 * targets and checked outputs, a step allocates nothing.
 */

import { training } from "../../build/training.js";
import { shown } from "../errors.ts";
import type { RandomGenerator } from "../random.ts";
import type { Engine } from "../topology/engine.ts";
import { rowsOf } from "../topology/sequences.ts";
import { Stack } from "../topology/stack.ts";
import { isRandom, TrainingPlan } from "../topology/trainingPlan.ts";
import { type BatchBlocks, batchBlocks } from "./blocks.ts";
import { divergence, firstNotFinite, type Place } from "./divergence.ts";
import { needsCheck } from "./endings.ts";
import { type ExampleRules, exampleFormat, someHeads } from "./exampleFormat.ts";
import type { ExampleFormat } from "./format.ts";
import { type Heads, LossSums } from "./heads.ts";
import { checkLearnerState, type LearnerState } from "./learnerState.ts";
import type { LossBlocks } from "./lossPlaces.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { OptimizerState } from "./optimizers/state.ts";
import { OutputMetrics } from "./outputMetrics.ts";
import { type OutputsOptions, outputOptions } from "./outputs.ts";
import { Rate } from "./rate.ts";
import { Regularization, type RegularizationOptions } from "./regularization.ts";
import { StepPrograms } from "./stepPrograms.ts";
import { threadingOf } from "./threading.ts";

export interface LearnerOptions extends OutputsOptions, ExampleRules {
  readonly engine: Engine;
  readonly optimizer: Optimizer;
  readonly regularization: RegularizationOptions;
  /** The threads that a step may use. */
  readonly threads: number;
  /** Draws the seed of random layers, if there are some. */
  readonly generator: RandomGenerator;
}

export class Learner {
  readonly format: ExampleFormat;
  readonly metrics: OutputMetrics;
  readonly rate: Rate;
  /** The sums of the last batch that ran forward; in training with the penalty. */
  readonly sums: LossSums;
  readonly #engine: Engine;
  readonly #state: OptimizerState;
  readonly #regularization: Regularization;
  /** True if outputs are checked even if the loss is finite. */
  readonly #checksOutputs: boolean;
  /** The seed of random layers, beside the number of the step. */
  #seed: number;
  #blocks: BatchBlocks | undefined;
  /** The programs of the present plan. */
  #programs: StepPrograms | undefined;
  #steps = 0;
  #epochs = 0;
  #lastLearningRate: number;

  constructor(options: LearnerOptions) {
    const { engine, optimizer, generator } = options;
    const { arena, graph } = engine;
    engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: Stack.of });
    this.#engine = engine;
    this.#state = new OptimizerState(optimizer, engine, threadingOf(options.threads));
    this.#regularization = new Regularization(engine, options.regularization);
    this.rate = new Rate(optimizer.learningRate);
    this.#lastLearningRate = this.learningRate;
    const outputs = outputOptions(options, engine);
    this.format = exampleFormat(engine, outputs, options);
    const metrics = outputs.map((output) => output.metrics);
    this.metrics = new OutputMetrics(metrics, arena, this.format);
    this.#checksOutputs = graph.outputs.some((output, index) => needsCheck(outputs[index].loss, graph, output));
    this.sums = new LossSums(someHeads(this.format).losses.length);
    this.#seed = isRandom(graph) ? generator.integer(2 ** 32) : 0;
    this.#state.planned = (plan) => {
      const { updates } = this.#state;
      const [heads, regularization] = [someHeads(this.format), this.#regularization];
      this.#programs = new StepPrograms({ engine, plan, heads, regularization, updates });
    };
    engine.admit(this.#state);
  }

  get engine(): Engine {
    return this.#engine;
  }

  get threads(): number {
    return this.#engine.arena.threadsOf(this.#state.threading);
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** The learning rate of the next update. */
  get learningRate(): number {
    return this.rate.at(this.#steps, this.#epochs);
  }

  /** The learning rate of the last update. */
  get lastLearningRate(): number {
    return this.#lastLearningRate;
  }

  /** Counts an epoch that has ended. */
  endEpoch(): void {
    this.#epochs++;
  }

  get state(): LearnerState {
    const { plateau, override } = this.rate;
    return {
      steps: this.#steps,
      epochs: this.#epochs,
      lastLearningRate: this.#lastLearningRate,
      ...(override !== undefined && { learningRate: override }),
      seed: this.#seed,
      ...(plateau && { plateau }),
      optimizer: this.#state.tensors,
    };
  }

  /** @throws {RangeError} if it is not a state of the same optimizer and network; nothing has changed then */
  set state(state: LearnerState) {
    const { steps, epochs, lastLearningRate, learningRate, seed, plateau, optimizer } = checkLearnerState(
      state,
      this.rate,
      this.#engine.dtype,
    );
    this.#state.restore(optimizer, steps);
    this.rate.plateau = plateau;
    this.rate.override = learningRate;
    this.#steps = steps;
    this.#epochs = epochs;
    this.#lastLearningRate = lastLearningRate;
    this.#seed = seed;
  }

  /** Returns the blocks for batches of up to `rows` rows under `heads`. Their views stay valid until another call needs more rows. */
  prepare(rows: number, heads: Heads): BatchBlocks {
    this.#engine.admit(this.#state);
    const plan = this.#engine.trainingPlan(rows);
    const blocks = this.#blocks;
    const hasAll = (blocks?.exampleWeights || !heads.isPrepared) && (blocks?.termWeights || !heads.hasTermWeights);
    if (blocks?.plan === plan && hasAll) {
      blocks.programs.bind(heads, blocks.heads);
      return blocks;
    }
    const { format } = this;
    const { tallyCount } = this.metrics;
    const classWeights = format.targets.map((target) => target.classWeights);
    const programs = this.#programs!;
    const options = { engine: this.#engine, plan, format, tallyCount, classWeights, programs, heads };
    this.#blocks = batchBlocks(options);
    programs.bind(heads, this.#blocks.heads);
    return this.#blocks;
  }

  /**
   * Runs forward over the first `rows` rows of the blocks, as to predict, and fills `sums`.
   *
   * @throws {RangeError} if the loss is not finite because the outputs are no probabilities, which it takes
   */
  forward(blocks: BatchBlocks, rows: number, loss: Heads): void {
    loss.prepare(blocks.heads, rows, this.sums, blocks.results);
    this.#engine.forward(blocks.programs.evaluation, rows);
    this.#measure(blocks, rows, loss);
  }

  /** Runs forward as in training: random layers draw as for the next step. */
  forwardTraining(blocks: BatchBlocks, rows: number, loss: Heads): void {
    const { draws } = this.#engine;
    draws.seed = this.#seed;
    draws.step = this.#steps;
    const { heads, programs, results } = blocks;
    loss.prepare(heads, rows, this.sums, results);
    const { hasPenalty } = this.#regularization;
    if (hasPenalty) results[results.length - 1] = 0;
    this.#engine.forward(programs.forward, rows);
    this.#measure(blocks, rows, loss);
    if (hasPenalty) this.sums.penalty = loss.penaltyOf(results[results.length - 1], rows);
  }

  /** Returns the penalty that is added to a loss, for the parameters as they are. */
  penalty(loss: Heads): number {
    const { programs, results } = this.prepare(1, loss);
    results[results.length - 1] = 0;
    programs.penalties.run(1, this.#engine.draws);
    return results[results.length - 1];
  }

  #measure({ heads, results }: BatchBlocks, rows: number, loss: Heads): void {
    loss.measure(heads, rows, this.sums, results);
    if (this.#checksOutputs || !this.sums.areFinite) this.#checkOutputs(heads, rows, loss);
  }

  #checkOutputs(heads: readonly LossBlocks[], rows: number, loss: Heads): void {
    loss.losses.forEach((each, index) => {
      const { positions, outputs } = this.format.targets[index];
      const { outputAddress, sequences } = heads[index];
      const count = rowsOf(sequences, rows) * positions * outputs;
      each.checkOutputs(this.#engine.arena.view(outputAddress, count));
    });
  }

  /** Fills the gradients of the batch that `forwardTraining` has run. */
  backward(blocks: BatchBlocks, rows: number, loss: Heads): void {
    loss.gradient(blocks.heads, rows, blocks.results);
    blocks.programs.gradients.run(rows, this.#engine.draws);
  }

  #diverged(cause: Place["cause"], epoch: number, blocks: BatchBlocks, rows: number, loss: Heads) {
    const operation = this.#firstNotFinite(cause, blocks, rows, loss);
    const place = { cause, epoch, step: this.#steps, learningRate: this.learningRate, operation };
    const { plan, inputs, targets, heads } = blocks;
    const seenInputs = this.#engine.graph.inputs.map((input, index) => {
      return inputs[index].subarray(0, plan.elementsOf(input, rows));
    });
    const seenTargets = loss.losses.map(({ targets: kind, targetWidth }, index) => {
      const count = kind === "numbers" ? rowsOf(heads[index].sequences, rows) * targetWidth : 0;
      return targets[index].subarray(0, count).filter((value) => !(this.format.missingTargets && Number.isNaN(value)));
    });
    return divergence(this.#engine, place, seenInputs, seenTargets);
  }

  /** Returns the operation that made the first result that is not finite. */
  #firstNotFinite(cause: Place["cause"], { plan, programs, heads }: BatchBlocks, rows: number, loss: Heads): string {
    const isLoss = cause === "a loss that is not finite";
    const { operations } = isLoss ? programs.forward : programs.backward;
    const found = firstNotFinite(this.#engine, plan, operations, rows);
    if (found) return found;
    if (!isLoss) return operations.at(-1)!.name;
    const index = this.sums.sums.findIndex((sum) => !Number.isFinite(sum));
    if (index < 0) return operations.at(-1)!.name;
    const { pass, name } = loss.losses[index];
    if (pass.kind === "calls") return `loss ${shown(name)}`;
    const { nodes, outputs } = this.#engine.graph;
    const maker = nodes.find((node) => node.outputs.includes(outputs[index]));
    const layer = loss.losses.length > 1 && maker ? ` of ${maker.layer.name}` : "";
    return `${pass.forward(heads[index]).name}${layer}`;
  }

  /**
   * Makes a whole step over the first `rows` rows of the blocks. `sums` are those before the update.
   *
   * @param epoch for the error's message
   * @throws {DivergenceError} if the loss is not finite, and then the parameters have not changed; or if the update is not, and then its
   *   finite numbers have been made
   */
  step(blocks: BatchBlocks, rows: number, loss: Heads, epoch: number): void {
    this.forwardTraining(blocks, rows, loss);
    if (!this.sums.areFinite) throw this.#diverged("a loss that is not finite", epoch, blocks, rows, loss);
    loss.gradient(blocks.heads, rows, blocks.results);
    const { learningRate } = this;
    blocks.record.begin(this.#steps + 1, learningRate);
    blocks.programs.backward.run(rows, this.#engine.draws);
    if (!blocks.record.isFinite) throw this.#diverged("an update that is not finite", epoch, blocks, rows, loss);
    this.#steps++;
    this.#lastLearningRate = learningRate;
    blocks.plan.afterUpdate.run(rows, this.#engine.draws);
  }

  /**
   * Makes up to `count` whole steps over the first `rows` rows of the blocks, each an epoch, by the pass of tiny networks. It makes none if
   * the rows are too many for that, the loss prepares its batches, or something is regularized. The values of layers must not be read after it.
   *
   * @param epoch the first epoch, for the error's message
   * @returns the number of steps: fewer than `count` if the loss of the next is not finite
   * @throws {DivergenceError} if an update is not finite
   */
  repeat(blocks: BatchBlocks, rows: number, loss: Heads, count: number, epoch: number): number {
    const { stack, heads, programs, record, results } = blocks;
    const [{ pass }] = loss.losses;
    if (!stack || rows > stack.capacity || loss.isPrepared || this.#checksOutputs) return 0;
    if (pass.kind === "calls" || this.#regularization.isActive) return 0;
    loss.prepare(heads, rows, this.sums, results);
    const { updates } = this.#state;
    const [forward, backward] = [pass.forward(heads[0]).name, pass.backward(heads[0]).name];
    stack.begin(rows, { forward, backward, record: programs.firstLoss! }, updates);
    const atOnce = this.rate.isConstant && record.isAlike ? count : 1;
    for (let done = 0; done < count; ) {
      const { learningRate } = this;
      const wanted = Math.min(atOnce, count - done);
      record.begin(this.#steps + 1, learningRate);
      const made = stack.steps(wanted);
      done += made;
      this.#steps += made;
      this.#epochs += made;
      if (made > 0) this.#lastLearningRate = learningRate;
      if (!record.isFinite) throw this.#diverged("an update that is not finite", epoch + done, blocks, rows, loss);
      if (made < wanted) return done;
    }
    return count;
  }
}
