/** The memory of an optimizer for one network, and its updates. */

import { checkNumbersIn, type NumberRange, plural } from "../../errors.ts";
import { type Dtype, elementBytes, type Values } from "../../kernels/dtype.ts";
import { type Address, inAll, type Operation } from "../../kernels/operations.ts";
import { paddedCount, type Threading } from "../../memory/arena.ts";
import type { Engine, ParameterRange, TrainingState } from "../../topology/engine.ts";
import { sizeOf } from "../../topology/layers/layer.ts";
import { checkRange } from "../../topology/range.ts";
import { kindOf } from "./kinds.ts";
import type { Momenta, Optimizer, OptimizerKind, StateBlock } from "./optimizer.ts";
import { stepDoubles, Updates } from "./updates.ts";

/** The part of a block that belongs to one parameter. */
export interface StateTensor {
  /** The block's number and the parameter's name: "0/dense1.weight". */
  readonly name: string;
  readonly values: Values;
}

/** The root of the greatest number of a type, minus room for rounding, as momentum kernels assume (assembly/optimizers/moments.ts). */
const largestMean = { float32: 1.9e19, float64: 1.4e154 };

/** The numbers that a kernel may find in a block. */
function rangeOf(block: StateBlock, dtype: Dtype): NumberRange {
  if (block === "secondMoment") return { least: 0 };
  return block === "firstMoment" ? { least: -largestMean[dtype], most: largestMean[dtype] } : {};
}

/** The blocks of an optimizer, each as long as the parameters' block and zero at first. */
export class OptimizerState implements TrainingState {
  readonly blockCount: number;
  readonly #blockKinds: readonly StateBlock[];
  readonly #kind: OptimizerKind;
  readonly #momenta: Momenta | undefined;
  planned: TrainingState["planned"];
  #updates: Updates | undefined;
  /** The address of the blocks while they are in the network's memory. */
  #address: number | undefined;
  /** A copy of the blocks while they are not. */
  #saved: Values | undefined;

  /** @throws {RangeError} if an option is beyond the network's dtype */
  constructor(
    readonly optimizer: Optimizer,
    readonly engine: Engine,
    readonly threading?: Threading,
  ) {
    const { name, ...options } = optimizer;
    checkRange(name, options, engine.dtype);
    this.#kind = kindOf(optimizer);
    this.#blockKinds = this.#kind.stateBlocks(optimizer);
    this.blockCount = this.#blockKinds.length;
    this.#momenta = this.#kind.momenta?.(optimizer);
  }

  leave(blocks: Values): void {
    this.#saved = blocks.slice();
    this.#address = undefined;
  }

  enter(address: number, blocks: Values): void {
    if (this.#saved) blocks.set(this.#saved);
    else blocks.fill(0);
    this.#saved = undefined;
    this.#address = address;
    const { arena, ranges } = this.engine;
    const now = arena.allocateDoubles(stepDoubles);
    const parts = arena.threads === 1 ? ranges : ranges.flatMap((range) => this.#partsOf(range));
    const operations = parts.map((range) => this.#operationOf(range, now, address));
    this.#updates = new Updates(arena, now, operations, this.#momenta);
  }

  /** Returns a range for each parameter of a range, so that each thread changes the parameters whose gradients it has computed. */
  #partsOf(range: ParameterRange): ParameterRange[] {
    const { graph, dtype, parameterBlock } = this.engine;
    const parts = graph.parameters.map((parameter) => ({
      ...range,
      offset: (this.engine.parameterAddress(parameter) - parameterBlock) / elementBytes[dtype],
      count: paddedCount(dtype, sizeOf(parameter.shape)),
    }));
    return parts.filter(({ offset }) => offset >= range.offset && offset < range.offset + range.count);
  }

  /** Returns the operation that changes a range of the parameters. @param address that of the blocks */
  #operationOf({ offset, count, factor, table }: ParameterRange, now: Address, address: number): Operation {
    const { engine, optimizer } = this;
    const from = offset * elementBytes[engine.dtype];
    const place = (block: number) => (block + from) as Address;
    const fields = { now, parameters: place(engine.parameterBlock), gradients: place(engine.gradientBlock), factor };
    const states = Array.from({ length: this.blockCount }, (_, index) => place(address + index * engine.blockBytes));
    const whole = { fields, states, work: inAll(count) };
    if (!table) return this.#kind.update(optimizer, whole);
    const { parameter, rows, columns } = table;
    const marked = { ...fields, marks: engine.marksAddress(parameter)!, columns };
    const ofRows = this.#kind.updateTable?.(optimizer, { fields: marked, states, work: inAll(rows) });
    return ofRows ?? this.#kind.update(optimizer, whole);
  }

  /** The operations of an update. The state must be in the network's memory. */
  get updates(): Updates {
    return this.#updates!;
  }

  /** A copy of the blocks, parameter by parameter. */
  get tensors(): StateTensor[] {
    const blocks = this.#blocks();
    return this.#places().map(({ name, from, to }) => ({ name, values: blocks.slice(from, to) }));
  }

  /**
   * Takes over blocks that `tensors` has given.
   *
   * @param steps the updates by which they were made
   * @throws {RangeError} if they are not those of the same optimizer and network, or no training makes them; nothing has changed then
   */
  restore(tensors: readonly StateTensor[], steps: number): void {
    const byName = new Map(tensors.map(({ name, values }) => [name, values]));
    const places = this.#places();
    for (const { name, block, from, to } of places) {
      const values = byName.get(name);
      const { dtype } = this.engine;
      const isSingle = values instanceof Float32Array;
      if (values?.length !== to - from || isSingle !== (dtype === "float32")) {
        const need = `${plural(to - from, "number")} of ${dtype}`;
        throw new RangeError(`fromBytes: got other values for ${name} of the optimizer, need ${need}`);
      }
      checkNumbersIn(`fromBytes: ${name} of the optimizer`, values, rangeOf(block, dtype));
    }
    if (tensors.length !== places.length) {
      throw new RangeError(
        `fromBytes: got ${plural(tensors.length, "tensor")} of the optimizer, need ${places.length}`,
      );
    }
    const blocks = this.#blocks();
    for (const { name, from } of places) blocks.set(byName.get(name)!, from);
    this.#checkLimits(blocks, steps);
    if (this.#address === undefined) this.#saved = blocks;
    else this.engine.arena.view(this.#address, blocks.length).set(blocks);
  }

  /** Refuses blocks with numbers that no training makes. @throws {RangeError} naming the number and its parameter */
  #checkLimits(blocks: Values, steps: number): void {
    const { dtype, blockCount } = this.engine;
    for (const { block, by, most } of this.#kind.limits?.(this.optimizer, dtype, steps) ?? []) {
      for (let index = 0; index < blockCount; index++) {
        const place = block * blockCount + index;
        const value = blocks[place];
        const other = blocks[by * blockCount + index];
        const limit = most(other);
        if (!(Math.abs(value) > limit)) continue;
        const { name, from } = this.#places().find((each) => place >= each.from && place < each.to)!;
        const need = `a size of at most ${Number(limit.toPrecision(3))} beside ${other} in block ${by}`;
        throw new RangeError(`fromBytes: ${name} of the optimizer: got ${value} at ${place - from}, need ${need}`);
      }
    }
  }

  /** Returns a copy of all blocks. */
  #blocks(): Values {
    if (this.#address === undefined) return this.#saved!.slice();
    return this.engine.arena.view(this.#address, this.blockCount * this.engine.blockCount).slice();
  }

  /** Returns the name, the contents and the elements of each parameter's part of each block. */
  #places(): { name: string; block: StateBlock; from: number; to: number }[] {
    const { graph, blockCount, parameterBlock, dtype } = this.engine;
    return this.#blockKinds.flatMap((block, index) =>
      graph.parameters.map((parameter) => {
        const offset = (this.engine.parameterAddress(parameter) - parameterBlock) / elementBytes[dtype];
        const from = index * blockCount + offset;
        return { name: `${index}/${parameter.fullName}`, block, from, to: from + sizeOf(parameter.shape) };
      }),
    );
  }
}
