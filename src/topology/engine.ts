/**
 * A graph with its memory: parameters | statistics | gradients | marks | optimizer state | the plan's blocks, in this order.
 * Gradients and state have the layout of the parameters, so that an update, a norm or a copy is one call over one range.
 */

import { type Dtype, elementBytes, type Values } from "../kernels/dtype.ts";
import type { Arithmetic } from "../kernels/instance.ts";
import type { Address, Family } from "../kernels/operations.ts";
import { Arena, paddedCount } from "../memory/arena.ts";
import type { RandomGenerator } from "../random.ts";
import type { Graph, GraphLayer, Parameter, Statistic } from "./graph.ts";
import { initialize } from "./initializers.ts";
import { type Draws, sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";
import { Plan, type PlanOptions, rowBytes } from "./plan.ts";
import { partRows } from "./rows.ts";
import type { Stack } from "./stack.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

/** The state of an optimizer: blocks as long as the parameters', which one trainer at a time keeps in the memory. */
export interface TrainingState {
  /** Blocks wanted. */
  readonly blockCount: number;
  /** Copies the blocks at `address` out of the memory, because another trainer needs the place. */
  leave(blocks: Values): void;
  /** Fills the blocks that have been made for it. */
  enter(address: number, blocks: Values): void;
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

/** Parameters that lie behind each other and are trained alike. */
export interface ParameterRange {
  /** Elements from the start of the parameter block. */
  readonly offset: number;
  /** Elements, padding included. */
  readonly count: number;
  /** The learning rate is multiplied by this. */
  readonly factor: number;
  /** The only parameter, if it is sparse. */
  readonly table?: MarkedTable | undefined;
}

/** A parameter [rows, columns] of which some rows are marked: all rows that are not have a gradient of 0. */
export interface MarkedTable {
  readonly parameter: Parameter;
  readonly rows: number;
  readonly columns: number;
}

/** What the values of the rows that are run at once may take. */
const mostPartBytes = 64 * 2 ** 20;

export class Engine {
  readonly arena: Arena;
  /** Elements of the parameter block, padding included. */
  readonly blockCount: number;
  readonly parameterBlock: number;
  /** Elements of the statistics, which lie behind the parameters, padding included. */
  readonly statisticCount: number;
  /** Determines the random numbers of a step; the trainer sets it before each step. */
  readonly draws: Draws = { seed: 0, step: 0 };
  /** Bytes of one block as long as the parameters. */
  readonly blockBytes: number;
  readonly #parameterMark: number;
  #gradientBlock: number | undefined;
  #stateBlock = 0;
  #state: TrainingState | undefined;
  /** The address at which the fixed blocks end and a plan's begin. */
  #planMark: number;
  #plan: Plan | undefined;
  /** The same plan, if it is one for training. */
  #trainingPlan: TrainingPlan | undefined;
  #training: Training | undefined;
  #stack: Stack | undefined;
  #rows = 0;
  #partRows: number | undefined;
  #ranges: readonly ParameterRange[] | undefined;
  readonly #offsets = new Map<Parameter | Statistic, number>();
  /** Where the marks of the sparse parameters' rows lie, once there are gradients. */
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
    this.#parameterMark = this.arena.mark;
    this.#planMark = this.arena.mark;
  }

  /**
   * Gives every parameter its first values, layer by layer, in the order of the layer's parameters.
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

  /** The ranges that an optimizer changes. Neighbours that are trained alike are one range; a sparse parameter is one alone. */
  get ranges(): readonly ParameterRange[] {
    this.#ranges ??= this.#rangesOf(this.graph.layers);
    return this.#ranges;
  }

  /** Applies a change of `trainable` or `learningRateFactor`. */
  retrain(layer: GraphLayer): void {
    this.#ranges = undefined;
    this.#dropPlan();
    if (this.#state) {
      const blocks = this.arena.view(this.#stateBlock, this.blockCount * this.#state.blockCount);
      this.#state.leave(blocks);
      this.#state.enter(this.#stateBlock, blocks);
    }
    if (this.#gradientBlock === undefined || layer.trainable) return;
    for (const parameter of layer.parameters) this.gradientView(parameter)!.fill(0);
    this.#fillMarks(layer.parameters, 0);
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

  /** Returns the index of the first value that is NaN or infinite; if there is none, the number of values. */
  firstNonFinite(tensor: Parameter | Statistic): number {
    return this.arena.kernels.firstNonFinite(this.#address(this.parameterBlock, tensor), sizeOf(tensor.shape));
  }

  /** Copies all parameters and statistics of a network of the same layers and dtype. */
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

  /** Marks all rows of the sparse parameters: their gradients are about to change as a whole. */
  markAllRows(): void {
    this.#fillMarks(this.graph.parameters, 1);
  }

  #fillMarks(parameters: readonly Parameter[], mark: 0 | 1): void {
    for (const parameter of parameters) {
      const address = this.#marks.get(parameter);
      if (address !== undefined) this.arena.bytesAt(address, parameter.shape[0]).fill(mark);
    }
  }

  /** Rows of the last forward pass; 0 if its values are no longer there. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds what `trainingPlan` needs. */
  addTraining(training: Training): void {
    this.arena.add(training.family);
    this.#training = training;
  }

  /**
   * Makes room for gradients and for a trainer's state, and moves out the state of the trainer before. Its own state being
   * there already, it does nothing.
   */
  admit(state: TrainingState): void {
    if (this.#state === state) return;
    const stateCount = this.blockCount * state.blockCount;
    if (this.#state) this.#state.leave(this.arena.view(this.#stateBlock, this.blockCount * this.#state.blockCount));
    this.#state = undefined;
    this.#dropPlan();
    // A trainer that finds no room leaves no gradients.
    const hadGradients = this.#gradientBlock !== undefined;
    this.#gradientBlock = undefined;
    this.arena.release(this.#parameterMark);
    this.#planMark = this.#parameterMark;
    const gradientBlock = this.arena.allocate(this.blockCount);
    for (const parameter of this.graph.parameters) {
      if (parameter.isSparse)
        this.#marks.set(parameter, this.arena.allocateIntegers(Math.ceil(parameter.shape[0] / 4)));
    }
    const stateBlock = this.arena.allocate(stateCount);
    if (!hadGradients) {
      this.arena.view(gradientBlock, this.blockCount).fill(0);
      this.#fillMarks(this.graph.parameters, 0);
    }
    this.#gradientBlock = gradientBlock;
    this.#stateBlock = stateBlock;
    this.#planMark = this.arena.mark;
    state.enter(this.#stateBlock, this.arena.view(this.#stateBlock, stateCount));
    this.#state = state;
  }

  /**
   * Returns a plan for batches of up to `rows` rows: the one at hand if it is large enough, else a new one, at least as large. Once
   * there is a plan for training, the new one is for training, too, until `retrain` or `admit` drops it.
   *
   * @throws {RangeError} if the memory cannot hold it; the old plan is gone then, and nothing else
   */
  plan(rows: number): Plan {
    if (this.#trainingPlan) return this.trainingPlan(rows);
    if (!this.#plan || rows > this.capacity) this.#plan = this.newPlan(Plan, rows);
    return this.#plan;
  }

  /** Rows that predictions, input gradients and evaluations run at once: as many as have their values in 64 MiB, at least one. */
  get partRows(): number {
    this.#partRows ??= Math.max(1, Math.min(partRows, Math.floor(mostPartBytes / rowBytes(this.graph, this.dtype))));
    return this.#partRows;
  }

  /** Returns a plan for training, likewise. A trainer must have been attached. */
  trainingPlan(rows: number): TrainingPlan {
    if (!this.#trainingPlan || rows > this.capacity) {
      const { Plan, stackOf } = this.#training!;
      this.#trainingPlan = this.newPlan(Plan, rows);
      this.#plan = this.#trainingPlan;
      this.#stack = stackOf(this.graph, this.arena, this.#trainingPlan);
    }
    return this.#trainingPlan;
  }

  /** Returns a new plan for batches of up to `rows` rows, in place of the one at hand. */
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

  /** The whole pass of the plan at hand in one call, if that is for training and the network is small. */
  get stack(): Stack | undefined {
    return this.#stack;
  }

  /** Rows of the largest batch that the plan at hand can take. */
  get capacity(): number {
    return this.#plan?.capacity ?? 0;
  }

  /** The plan of the last pass, if its values are still there. */
  get current(): Plan | undefined {
    return this.#rows > 0 ? this.#plan : undefined;
  }

  /** Runs a forward pass, as to predict, over the first `rows` rows of the input blocks. */
  forward(plan: Plan, rows: number): void {
    plan.forward.run(rows, this.draws);
    this.arena.passes++;
    this.#rows = rows;
  }

  /** Runs a forward pass, as to train, over the first `rows` rows of the input blocks. */
  forwardTraining(plan: TrainingPlan, rows: number): void {
    plan.forwardTraining.run(rows, this.draws);
    this.arena.passes++;
    this.#rows = rows;
  }

  /** Returns a view of the first `rows` rows of a value's block; of sequences that differ in length, of all their steps. */
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
