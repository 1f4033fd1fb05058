/**
 * One batch through a network: loss, gradients, update, in this order. The trainer's methods and its loop are made of
 * these steps. Once the blocks are there, only views are made, of missing targets and of outputs that are checked.
 */

import { training } from "../../build/training.js";
import { checkInteger, shown } from "../errors.ts";
import { Team, teamBytes } from "../kernels/team.ts";
import type { Threading } from "../memory/arena.ts";
import type { RandomGenerator } from "../random.ts";
import type { Engine } from "../topology/engine.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import { checkRange } from "../topology/range.ts";
import { Reader } from "../topology/reader.ts";
import { type Lengths, rowsOf, type Sequences } from "../topology/sequences.ts";
import { Stack } from "../topology/stack.ts";
import { tokenCounts } from "../topology/tokens.ts";
import { type BatchSize, isRandom, type Lack, lackOf, TrainingPlan } from "../topology/trainingPlan.ts";
import { type BatchBlocks, batchBlocks } from "./blocks.ts";
import { checkClassTargets } from "./classTargets.ts";
import { divergence, firstNotFinite, type Place } from "./divergence.ts";
import { checkEnding, needsCheck } from "./endings.ts";
import type { FlatExamples } from "./examples.ts";
import type { ExampleFormat } from "./format.ts";
import { nameOf as nameOfTargets } from "./forms.ts";
import { Heads, LossSums } from "./heads.ts";
import { Measurements, nameOf, tallyLength } from "./metrics.ts";
import { type Monitored, monitorNames } from "./monitor.ts";
import type { LossBlocks } from "./objective.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { OptimizerState, type StateTensor } from "./optimizers/state.ts";
import { checkNumbers } from "./options.ts";
import {
  checkMissingTargets,
  jointHeads,
  type OutputOptions,
  type OutputsOptions,
  outputOptions,
  targetFormat,
} from "./outputs.ts";
import { checkPlateau, Rate } from "./rate.ts";
import { Regularization, type RegularizationOptions } from "./regularization.ts";
import type { PlateauState } from "./schedules/plateau.ts";
import { StepPrograms } from "./stepPrograms.ts";

export interface LearnerOptions extends OutputsOptions {
  readonly engine: Engine;
  readonly optimizer: Optimizer;
  readonly regularization: RegularizationOptions;
  readonly validate: boolean;
  readonly missingTargets: boolean;
  readonly signedWeights: boolean;
  /** Threads that a step uses. */
  readonly threads: number;
  /** Draws what layers such as dropout need; asked only if there are some. */
  readonly generator: RandomGenerator;
}

/** Where a training stands, as plain data. */
export interface LearnerState {
  readonly steps: number;
  readonly epochs: number;
  readonly lastLearningRate: number;
  /** That which has been set to stand instead of the schedule, if one has. */
  readonly learningRate?: number;
  /** What random layers draw from. */
  readonly seed: number;
  /** Of a learning rate that watches records. */
  readonly plateau?: PlateauState | undefined;
  /** What the optimizer remembers: named arrays. */
  readonly optimizer: readonly StateTensor[];
}

/** Targets of all outputs, without what is not theirs behind them, and how many steps each example has where they differ. */
type MeasuredTargets = Pick<FlatExamples, "targets" | "targetLengths" | "loss">;

/** Returns how many steps each of the first `rows` sequences has. */
function lengthsIn(sequences: Sequences, rows: number): Lengths {
  return Uint32Array.from({ length: rows }, (_, row) => sequences.first(row + 1) - sequences.first(row));
}

/** Returns the threads of a network, if there are to be several. */
function threadingOf(threads: number): Threading | undefined {
  if (threads === 1) return undefined;
  return { threads, bytes: teamBytes(threads), make: (sharing, address) => new Team(sharing, address) };
}

export class Learner {
  readonly format: ExampleFormat;
  /** Of the last batch that ran forward; if to train, with the penalty. */
  readonly sums: LossSums;
  readonly #engine: Engine;
  readonly #state: OptimizerState;
  readonly #rate: Rate;
  readonly #regularization: Regularization;
  /** What each output is trained by. */
  readonly #outputs: readonly OutputOptions[];
  /** Whether outputs are checked even if the loss is finite. */
  readonly #checksOutputs: boolean;
  /** What random layers draw from, with the number of the step. */
  #seed: number;
  #blocks: BatchBlocks | undefined;
  /** Those of the present plan. */
  #programs: StepPrograms | undefined;
  #steps = 0;
  #epochs = 0;
  #lastLearningRate: number;

  constructor(options: LearnerOptions) {
    const { engine, optimizer, regularization, validate, missingTargets, signedWeights, threads, generator } = options;
    engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: Stack.of });
    this.#engine = engine;
    this.#state = new OptimizerState(optimizer, engine, threadingOf(threads));
    this.#regularization = new Regularization(engine, regularization);
    this.#rate = new Rate(optimizer.learningRate);
    this.#lastLearningRate = this.learningRate;
    const { inputs, outputs } = engine.graph;
    this.#outputs = outputOptions(options, engine);
    const binding = { allowsMissing: missingTargets, isSigned: signedWeights };
    if (missingTargets) checkMissingTargets(this.#outputs);
    const joint = jointHeads(this.#outputs[0].loss, engine, binding);
    for (const [index, output] of outputs.entries()) {
      const who = outputs.length === 1 ? "trainer" : `trainer: output ${index}`;
      checkEnding(who, this.#outputs[index].loss, engine.graph, output);
    }
    this.#checksOutputs = outputs.some((output, index) => needsCheck(this.#outputs[index].loss, engine.graph, output));
    let tokens: ExampleFormat["tokens"] | undefined;
    this.format = {
      reader: new Reader(),
      dtype: engine.dtype,
      inputs: inputs.map(({ shape }) => shape),
      features: inputs.map(({ shape }) => sizeOf(shape)),
      // Found with the first examples, as a file may describe inputs of any size.
      get tokens() {
        tokens ??= inputs.map((input) => tokenCounts(engine, input));
        return tokens;
      },
      least: inputs.map((input) => input.lengths && engine.graph.leastSteps(input)),
      targets: outputs.map((output, index) => targetFormat(this.#outputs[index], engine, output, binding)),
      joint,
      validate,
      missingTargets,
      signedWeights,
    };
    this.sums = new LossSums(this.someHeads.losses.length);
    this.#seed = isRandom(engine.graph) ? generator.integer(2 ** 32) : 0;
    this.#state.planned = (plan) => {
      const { updates } = this.#state;
      const [heads, regularization] = [this.someHeads, this.#regularization];
      this.#programs = new StepPrograms({ engine, plan, heads, regularization, updates });
    };
    engine.admit(this.#state);
  }

  /** Returns what a batch to train on lacks; undefined if nothing. */
  lackOf(size: BatchSize): Lack | undefined {
    return lackOf(this.#engine.graph, size);
  }

  /** Rows that are evaluated at once. */
  get partRows(): number {
    return this.#engine.partRows;
  }

  get threads(): number {
    return this.#state.threading?.threads ?? 1;
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** That of the next update. One that is set stands instead of the schedule from then on. */
  get learningRate(): number {
    return this.#rate.at(this.#steps, this.#epochs);
  }

  set learningRate(learningRate: number) {
    this.#rate.chosen = learningRate;
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

  /**
   * The numbers that records will have, by name.
   *
   * @throws {RangeError} if the learning rate watches another
   */
  monitors(hasValidation: boolean): readonly string[] {
    const numbers = this.#outputs.map(({ metrics }) => {
      return metrics.map(nameOf).filter((name) => name !== "confusionMatrix");
    });
    const monitors = monitorNames(numbers, this.format.joint !== undefined, hasValidation);
    this.#rate.check(monitors);
    return monitors;
  }

  get state(): LearnerState {
    const { plateau, chosen } = this.#rate;
    return {
      steps: this.#steps,
      epochs: this.#epochs,
      lastLearningRate: this.#lastLearningRate,
      ...(chosen !== undefined && { learningRate: chosen }),
      seed: this.#seed,
      ...(plateau && { plateau }),
      optimizer: this.#state.tensors,
    };
  }

  /** @throws {RangeError} if it is not a state of the same optimizer and network; nothing has changed then */
  set state(state: LearnerState) {
    const { steps, epochs, lastLearningRate, learningRate, seed, plateau, optimizer } = state;
    checkInteger("fromBytes: steps", steps, 0, 2 ** 31 - 2);
    checkInteger("fromBytes: epochs", epochs, 0, Number.MAX_SAFE_INTEGER);
    checkNumbers("fromBytes", { lastLearningRate });
    if (learningRate !== undefined) checkNumbers("fromBytes", { learningRate });
    checkInteger("fromBytes: seed", seed, 0, 2 ** 32 - 1);
    const checked = checkPlateau(this.#rate.plateau, plateau);
    checkRange("fromBytes", { learningRate, rate: checked?.rate }, this.#engine.dtype, true);
    this.#state.restore(optimizer, steps);
    this.#rate.plateau = checked;
    this.#rate.chosen = learningRate;
    this.#steps = steps;
    this.#epochs = epochs;
    this.#lastLearningRate = lastLearningRate;
    this.#seed = seed;
  }

  /** The metrics for targets of the form that `loss` takes. @throws {RangeError} if one does not fit them */
  metrics(loss: Heads): Measurements {
    const { arena } = this.#engine;
    const metrics = this.#outputs.map((output) => output.metrics);
    return new Measurements(metrics, arena, this.format, loss);
  }

  /** Refuses targets that the metrics of their output cannot count. @throws {RangeError} saying which */
  checkMeasured(who: string, { targets, targetLengths, loss }: MeasuredTargets): void {
    for (const [index, values] of targets.entries()) {
      const { metrics } = this.#outputs[index];
      const format = this.format.targets[index];
      const name = `${who}: ${nameOfTargets(this.format, index)}`;
      checkClassTargets(name, metrics, { values, loss: loss.losses[index], format, lengths: targetLengths[index] });
    }
  }

  /** The same of the first `rows` rows of the blocks. */
  checkMeasuredBatch(who: string, { targets, heads }: BatchBlocks, rows: number, loss: Heads): void {
    const values = targets.map((each, index) => {
      return each.subarray(0, rowsOf(heads[index].sequences, rows) * loss.losses[index].targetWidth);
    });
    const targetLengths = heads.map(({ sequences }) => sequences && lengthsIn(sequences, rows));
    this.checkMeasured(who, { targets: values, targetLengths, loss });
  }

  /** The blocks for batches of up to `rows` rows under `loss`; views stay valid until another call needs more. */
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
    const tallies = this.#outputs.map(({ metrics }, index) => tallyLength(metrics, format.targets[index].outputs));
    const tallyCount = Math.max(...tallies);
    const classWeights = this.#outputs.map((output) => output.classWeights);
    const programs = this.#programs!;
    const options = { engine: this.#engine, plan, format, tallyCount, classWeights, programs, heads };
    this.#blocks = batchBlocks(options);
    programs.bind(heads, this.#blocks.heads);
    return this.#blocks;
  }

  /** The losses for targets of some form that they take. */
  get someHeads(): Heads {
    return this.format.joint ?? new Heads(this.format.targets.map(({ rowLoss, classLoss }) => (rowLoss ?? classLoss)!));
  }

  get hasMetrics(): boolean {
    return this.#outputs.some(({ metrics }) => metrics.length > 0);
  }

  /**
   * Runs forward over the first `rows` rows of the blocks, as to predict, and fills `sums`.
   *
   * @throws {RangeError} if it is not finite because the outputs are no probabilities, which the loss takes
   */
  forward(blocks: BatchBlocks, rows: number, loss: Heads): void {
    loss.prepare(blocks.heads, rows, this.sums, blocks.results);
    this.#engine.forward(blocks.programs.evaluation, rows);
    this.#measure(blocks, rows, loss);
  }

  /** As `forward`, but as to train: what is random is that of the next step. */
  forwardTraining(blocks: BatchBlocks, rows: number, loss: Heads): void {
    const { draws } = this.#engine;
    draws.seed = this.#seed;
    draws.step = this.#steps;
    const { heads, programs, results } = blocks;
    loss.prepare(heads, rows, this.sums, results);
    const hasPenalty = this.#regularization.isActive;
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

  #countStep(learningRate: number): void {
    this.#steps++;
    this.#lastLearningRate = learningRate;
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
    return pass.kind === "calls" ? `loss ${shown(name)}` : pass.forward(heads[index]).name;
  }

  /**
   * A whole step over the first `rows` rows of the blocks. It leaves `sums` of before the update.
   *
   * @param epoch for the error's message
   * @throws {DivergenceError} if it is not finite; the parameters have not been changed then; or if the update is not, of
   *   which what is finite is made
   */
  step(blocks: BatchBlocks, rows: number, loss: Heads, epoch: number): void {
    this.forwardTraining(blocks, rows, loss);
    if (!this.sums.areFinite) throw this.#diverged("a loss that is not finite", epoch, blocks, rows, loss);
    loss.gradient(blocks.heads, rows, blocks.results);
    const { updates } = this.#state;
    const { learningRate } = this;
    updates.begin(this.#steps + 1, learningRate);
    blocks.programs.backward.run(rows, this.#engine.draws);
    if (!updates.areFinite) throw this.#diverged("an update that is not finite", epoch, blocks, rows, loss);
    this.#countStep(learningRate);
    blocks.plan.afterUpdate.run(rows, this.#engine.draws);
  }

  /**
   * As many whole steps over the first `rows` rows of the blocks, where they and the network are few enough for it, the
   * loss prepares nothing and nothing is regularized; what the last pass leaves in the layers is not to be read.
   *
   * @param epoch the first, for the error's message
   * @returns steps made: 0 if it cannot, fewer than `count` if the loss of the next is not finite
   * @throws {DivergenceError} if an update is not finite
   */
  repeat(blocks: BatchBlocks, rows: number, loss: Heads, count: number, epoch: number): number {
    const { stack, heads, programs, results } = blocks;
    const [{ pass }] = loss.losses;
    if (!stack || rows > stack.capacity || loss.isPrepared || this.#checksOutputs) return 0;
    if (pass.kind === "calls" || this.#regularization.isActive) return 0;
    loss.prepare(heads, rows, this.sums, results);
    const { updates } = this.#state;
    const [forward, backward] = [pass.forward(heads[0]).name, pass.backward(heads[0]).name];
    stack.begin(rows, { forward, backward, record: programs.firstLoss! }, updates);
    for (let done = 0; done < count; done++) {
      const step = this.#steps + 1;
      const { learningRate } = this;
      updates.prepare(step);
      const sum = stack.step(step, learningRate);
      if (Number.isNaN(sum)) return done;
      if (sum === Infinity) throw this.#diverged("an update that is not finite", epoch + done, blocks, rows, loss);
      this.#countStep(learningRate);
      this.endEpoch();
    }
    return count;
  }
}
