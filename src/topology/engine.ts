/**
 * A graph with its memory: parameters | statistics | panels of threads | gradients | marks | optimizer state | the plan's blocks, in this order.
 * Gradients and state have the layout of the parameters, so that an update, a norm or a copy is one call over one range.
 */

import { type Dtype, elementBytes, type Values } from "../kernels/dtype.ts";
import type { Arithmetic } from "../kernels/instance.ts";
import type { Address, Family } from "../kernels/operations.ts";
import { Arena, paddedCount, type Threading } from "../memory/arena.ts";
import type { RandomGenerator } from "../random.ts";
import type { Graph, GraphLayer, Parameter, Statistic } from "./graph.ts";
import { initialize } from "./initializers.ts";
import { type Draws, sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";
import { Plan, type PlanOptions, rowBytes } from "./plan.ts";
import type { Program } from "./program.ts";
import { partRows } from "./rows.ts";
import type { Stack } from "./stack.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

/** The state of an optimizer: blocks of the parameters' length. Only one trainer at a time has its state in the memory. */
export interface TrainingState {
  /** The number of blocks. */
  readonly blockCount: number;
  /** The threads that its trainer wants, if it wants several. */
  readonly threading?: Threading | undefined;
  /** Copies the blocks at `address` out of the memory, because another trainer needs the place. */
  leave(blocks: Values): void;
  /** Fills the blocks that have been allocated for it. */
  enter(address: number, blocks: Values): void;
  /** Called with each new plan for training. What it allocates is behind the plan, and is released with it. */
  planned?: ((plan: TrainingPlan) => void) | undefined;
}

/** The parts of training, which bundlers leave out of a program that only predicts. */
export interface Training {
  /** The kernels of training. */
  readonly family: Family;
  /** The class of trainingPlan.ts. */
  readonly Plan: typeof TrainingPlan;
  /** The function of stack.ts. */
  readonly stackOf: typeof Stack.of;
}

/** Adjacent parameters with the same training options. */
export interface ParameterRange {
  /** The first element, counted from the start of the parameter block. */
  readonly offset: number;
  /** The number of elements, with padding. */
  readonly count: number;
  /** The factor for the learning rate. */
  readonly factor: number;
  /** The only parameter, if it is sparse. */
  readonly table?: MarkedTable | undefined;
}

/** A parameter [rows, columns] with marked rows. The gradient of all other rows is 0. */
export interface MarkedTable {
  readonly parameter: Parameter;
  readonly rows: number;
  readonly columns: number;
}

/** The most bytes for the values of the rows that run at once. */
const mostPartBytes = 64 * 2 ** 20;

export class Engine {
  readonly arena: Arena;
  /** The number of elements of the parameter block, with padding. */
  readonly blockCount: number;
  readonly parameterBlock: number;
  /** The number of elements of the statistics, which follow the parameters, with padding. */
  readonly statisticCount: number;
  /** The source of the random numbers of a step; the trainer sets it before each step. */
  readonly draws: Draws = { seed: 0, step: 0 };
  /** The bytes of one block of the parameters' length. */
  readonly blockBytes: number;
  /** The address at which the gradients begin: behind the panels of the most threads so far. */
  #gradientMark: number;
  #gradientBlock: number | undefined;
  #stateBlock = 0;
  #state: TrainingState | undefined;
  /** The end of the blocks of the state that is in the memory. */
  #stateMark = 0;
  /** The address at which the fixed blocks end and a plan's begin. */
  #planMark: number;
  #plan: Plan | undefined;
  /** The current plan, if it is one for training. */
  #trainingPlan: TrainingPlan | undefined;
  #training: Training | undefined;
  #stack: Stack | undefined;
  #rows = 0;
  #partRows: number | undefined;
  #ranges: readonly ParameterRange[] | undefined;
  readonly #offsets = new Map<Parameter | Statistic, number>();
  /** The addresses of the marks of the sparse parameters' rows, once there are gradients. */
  readonly #marks = new Map<Parameter, Address>();

  constructor(
    readonly graph: Graph,
    readonly dtype: Dtype,
    arithmetic?: Arithmetic,
  ) {
    let count = 0;
    const place = (tensor: Parameter | Statistic) => {
      this.#offsets.set(tensor, count);
      count += paddedCount(dtype, sizeOf(tensor.shape));
    };
    graph.parameters.forEach(place);
    this.blockCount = count;
    graph.statistics.forEach(place);
    this.statisticCount = count - this.blockCount;
    this.blockBytes = this.blockCount * elementBytes[dtype];
    this.arena = new Arena(dtype, arithmetic);
    this.parameterBlock = this.arena.allocate(count);
    for (const statistic of graph.statistics) this.tensorView(statistic).fill(statistic.value);
    this.#gradientMark = this.arena.mark;
    this.#planMark = this.arena.mark;
  }

  /**
   * Sets the first values of every parameter, layer by layer, in the order of the layer's parameters.
   *
   * @throws {RangeError} if a value is not finite in the network's dtype
   */
  initialize(generator: RandomGenerator): void {
    for (const parameter of this.graph.parameters) {
      const { fullName: name, ...description } = parameter;
      const target = {
        ...description,
        name,
        address: this.parameterAddress(parameter),
        count: sizeOf(parameter.shape),
      };
      initialize(parameter.initializer, target, this.arena, generator);
      if (parameter.zeroRow !== undefined) this.#clearRow(parameter, parameter.zeroRow);
      if (this.firstNonFinite(parameter) < target.count) {
        throw new RangeError(`${name}: got first values beyond the range of ${this.dtype}, need smaller ones`);
      }
    }
  }

  #clearRow(parameter: Parameter, row: number): void {
    const [, columns] = parameter.shape;
    this.tensorView(parameter).fill(0, row * columns, (row + 1) * columns);
  }

  /**
   * The ranges that an optimizer updates. Adjacent parameters with the same training options are one range; a sparse parameter is a range
   * alone.
   */
  get ranges(): readonly ParameterRange[] {
    this.#ranges ??= this.#rangesOf(this.graph.layers);
    return this.#ranges;
  }

  /** Applies a change of `trainable` or `learningRateFactor`. */
  retrain(layer: GraphLayer): void {
    this.#ranges = undefined;
    this.#dropPlan();
    if (this.#state) {
      this.#state.leave(this.arena.view(this.#stateBlock, this.blockCount * this.#state.blockCount));
      this.#enter(this.#state);
    }
    if (this.#gradientBlock === undefined || layer.trainable) return;
    for (const parameter of layer.parameters) this.gradientView(parameter)!.fill(0);
    this.#clearMarks(layer.parameters);
  }

  #rangesOf(layers: readonly GraphLayer[]): ParameterRange[] {
    const ranges: ParameterRange[] = [];
    for (const { parameters, trainable, learningRateFactor: factor } of layers) {
      for (const parameter of trainable ? parameters : []) {
        const offset = this.#offsets.get(parameter)!;
        const count = paddedCount(this.dtype, sizeOf(parameter.shape));
        const last = ranges.at(-1);
        const isAlike = last && last.factor === factor && !last.table && !parameter.isSparse;
        const [rows, columns] = parameter.shape;
        if (parameter.isSparse) ranges.push({ offset, count, factor, table: { parameter, rows, columns } });
        else if (isAlike && last.offset + last.count === offset) {
          ranges[ranges.length - 1] = { ...last, count: last.count + count };
        } else ranges.push({ offset, count, factor });
      }
    }
    return ranges;
  }

  parameterAddress(parameter: Parameter): Address {
    return this.#address(this.parameterBlock, parameter);
  }

  /** Returns the index of the first value that is NaN or infinite, or the number of values if there is none. */
  firstNonFinite(tensor: Parameter | Statistic): number {
    return this.arena.kernels.firstNonFinite(this.#address(this.parameterBlock, tensor), sizeOf(tensor.shape));
  }

  /** Copies all parameters and statistics from a network of the same layers and dtype. */
  copyTensors(other: Engine): void {
    const viewOf = ({ arena, parameterBlock, blockCount, statisticCount }: Engine) =>
      arena.view(parameterBlock, blockCount + statisticCount);
    viewOf(this).set(viewOf(other));
  }

  /** Returns the tensor's values, live; valid until the memory grows. */
  tensorView(tensor: Parameter | Statistic): Values {
    return this.arena.view(this.#address(this.parameterBlock, tensor), sizeOf(tensor.shape));
  }

  /** Returns the gradient of the last backward pass, live; undefined before a trainer has been attached. */
  gradientView(parameter: Parameter): Values | undefined {
    if (this.#gradientBlock === undefined) return undefined;
    return this.arena.view(this.gradientAddress(parameter), sizeOf(parameter.shape));
  }

  /** Returns the address of the parameter's gradient. A trainer must have been attached. */
  gradientAddress(parameter: Parameter): Address {
    return this.#address(this.gradientBlock, parameter);
  }

  get gradientBlock(): number {
    return this.#gradientBlock!;
  }

  /** Returns the address of the marks of a sparse parameter's rows. A trainer must have been attached. */
  marksAddress(parameter: Parameter): Address | undefined {
    return this.#marks.get(parameter);
  }

  #clearMarks(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const address = this.#marks.get(parameter);
      if (address !== undefined) this.arena.bytesAt(address, parameter.shape[0]).fill(0);
    }
  }

  /** Rows of the last forward pass; 0 if its values are no longer there. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds the parts that `trainingPlan` needs. */
  addTraining(training: Training): void {
    this.arena.add(training.family);
    this.#training = training;
  }

  /**
   * Allocates gradients and the state of a trainer, and moves out the state of the previous trainer. If its own state is already there, it
   * does nothing.
   */
  admit(state: TrainingState): void {
    if (this.#state === state) return;
    const stateCount = this.blockCount * state.blockCount;
    if (this.#state) this.#state.leave(this.arena.view(this.#stateBlock, this.blockCount * this.#state.blockCount));
    this.#state = undefined;
    this.#dropPlan();
    // If there is no room, the trainer fails and leaves no gradients behind.
    const before = this.#gradientBlock;
    this.#gradientBlock = undefined;
    this.arena.release(this.#gradientMark);
    this.#planMark = this.#gradientMark;
    this.arena.threading = state.threading;
    this.#gradientMark = this.arena.mark;
    this.#planMark = this.#gradientMark;
    const gradientBlock = this.arena.allocate(this.blockCount);
    for (const parameter of this.graph.parameters) {
      if (parameter.isSparse)
        this.#marks.set(parameter, this.arena.allocateIntegers(Math.ceil(parameter.shape[0] / 4)));
    }
    const stateBlock = this.arena.allocate(stateCount);
    const bytes = stateBlock - gradientBlock;
    // Panels of more threads move gradients and marks, whose old numbers are still there.
    if (before === undefined) this.arena.bytesAt(gradientBlock, bytes).fill(0);
    else if (before !== gradientBlock) this.arena.bytesAt(gradientBlock, bytes).set(this.arena.bytesAt(before, bytes));
    this.#gradientBlock = gradientBlock;
    this.#stateBlock = stateBlock;
    this.#stateMark = this.arena.mark;
    try {
      this.#enter(state);
    } catch (error) {
      this.#gradientBlock = undefined;
      throw error;
    }
    this.#state = state;
  }

  /** Lets a state in, behind whose blocks its operations lie. */
  #enter(state: TrainingState): void {
    this.arena.release(this.#stateMark);
    state.enter(this.#stateBlock, this.arena.view(this.#stateBlock, this.blockCount * state.blockCount));
    this.#planMark = this.arena.mark;
  }

  /**
   * Returns a plan for batches of up to `rows` rows: the current one if it is large enough, else a new one, at least as large. Once there
   * is a plan for training, new plans are also for training, until `retrain` or `admit` drops it.
   *
   * @throws {RangeError} if the memory cannot hold it; then only the old plan is lost
   */
  plan(rows: number): Plan {
    if (this.#trainingPlan) return this.trainingPlan(rows);
    if (!this.#plan || rows > this.capacity) this.#plan = this.newPlan(Plan, rows);
    return this.#plan;
  }

  /** The number of rows that predictions, input gradients and evaluations run at once: at least one, and as many as fit in 64 MiB. */
  get partRows(): number {
    this.#partRows ??= Math.max(1, Math.min(partRows, Math.floor(mostPartBytes / rowBytes(this.graph, this.dtype))));
    return this.#partRows;
  }

  /** Returns a plan for training with batches of up to `rows` rows. A trainer must have been attached. */
  trainingPlan(rows: number): TrainingPlan {
    if (!this.#trainingPlan || rows > this.capacity) {
      const { Plan, stackOf } = this.#training!;
      this.#trainingPlan = this.newPlan(Plan, rows);
      this.#plan = this.#trainingPlan;
      this.#stack = stackOf(this.graph, this.arena, this.#trainingPlan);
      this.#state?.planned?.(this.#trainingPlan);
    }
    return this.#trainingPlan;
  }

  /** Replaces the current plan by a new one for batches of up to `rows` rows. */
  newPlan<Kind extends Plan>(Kind: new (options: PlanOptions) => Kind, rows: number): Kind {
    const capacity = Math.max(rows, this.capacity);
    this.#dropPlan();
    this.arena.release(this.#planMark);
    return new Kind({
      graph: this.graph,
      arena: this.arena,
      capacity,
      parameterAddress: (parameter) => this.parameterAddress(parameter),
      gradientAddress: (parameter) => this.gradientAddress(parameter),
      marksAddress: (parameter) => this.marksAddress(parameter),
      statisticAddress: (statistic) => this.#address(this.parameterBlock, statistic),
    });
  }

  /** The stack of the current plan, which runs the whole pass in one call, if the plan is for training and the network is small. */
  get stack(): Stack | undefined {
    return this.#stack;
  }

  /** The number of rows of the largest batch that the current plan can take. */
  get capacity(): number {
    return this.#plan?.capacity ?? 0;
  }

  /** The plan of the last pass, if its values are still there. */
  get current(): Plan | undefined {
    return this.#rows > 0 ? this.#plan : undefined;
  }

  /** Runs a forward pass of the current plan over the first `rows` rows of the input blocks. */
  forward(pass: Program, rows: number): void {
    pass.run(rows, this.draws);
    this.arena.passes++;
    this.#rows = rows;
  }

  /** Returns a view of the first `rows` rows of a value's block. For sequences of different lengths, these are all of their steps. */
  valueView(plan: Plan, value: Value, rows: number): Values {
    return this.arena.view(plan.valueAddress(value), plan.elementsOf(value, rows));
  }

  #address(block: number, parameter: Parameter | Statistic): Address {
    return (block + this.#offsets.get(parameter)! * elementBytes[this.dtype]) as Address;
  }

  #dropPlan(): void {
    this.#plan = undefined;
    this.#trainingPlan = undefined;
    this.#stack = undefined;
    this.#rows = 0;
  }
}
