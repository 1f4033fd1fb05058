/** What an optimizer remembers of one network, and its updates. */

import { checkNumbersIn, type NumberRange, plural } from "../../errors.ts";
import { type Dtype, elementBytes, type Values } from "../../kernels/dtype.ts";
import type { Engine, MarkedTable, TrainingState } from "../../topology/engine.ts";
import { sizeOf } from "../../topology/layers/layer.ts";
import { checkRange } from "../../topology/range.ts";
import { kindOf } from "./kinds.ts";
import type { Optimizer, OptimizerKind, StateBlock, Update, UpdateSite } from "./optimizer.ts";

/** One block of what is remembered, for one parameter. */
export interface StateTensor {
  /** The block's number and the parameter's name: "0/dense1.weight". */
  readonly name: string;
  readonly values: Values;
}

/** The root of the greatest number of a type, with room for rounding: as momentum kernels assume (assembly/optimizers/moments.ts). */
const largestMean = { float32: 1.9e19, float64: 1.4e154 };

/** The numbers that a kernel may find in a block. */
function rangeOf(block: StateBlock, dtype: Dtype): NumberRange {
  if (block === "secondMoment") return { least: 0 };
  return block === "firstMoment" ? { least: -largestMean[dtype], most: largestMean[dtype] } : {};
}

/** Blocks as long as the parameters', zero at first. */
export class OptimizerState implements TrainingState {
  readonly blockCount: number;
  readonly #blockKinds: readonly StateBlock[];
  readonly #kind: OptimizerKind;
  /** One for each of the engine's ranges. Set while the state is in the network's memory. */
  #updates: readonly Update[] = [];
  /** While the state is in the network's memory: where. */
  #address: number | undefined;
  /** While it is not: what it was. */
  #saved: Values | undefined;

  /** @throws {RangeError} if an option is beyond the network's dtype */
  constructor(
    readonly optimizer: Optimizer,
    readonly engine: Engine,
  ) {
    const { name, ...options } = optimizer;
    checkRange(name, options, engine.dtype);
    this.#kind = kindOf(optimizer);
    this.#blockKinds = this.#kind.stateBlocks(optimizer);
    this.blockCount = this.#blockKinds.length;
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
    this.#updates = this.engine.ranges.map(({ offset, count, factor, table }) => {
      const { engine } = this;
      const from = offset * elementBytes[engine.dtype];
      const site = {
        kernels: engine.arena.kernels,
        parameters: engine.parameterBlock + from,
        gradients: engine.gradientBlock + from,
        states: Array.from({ length: this.blockCount }, (_, index) => address + index * engine.blockBytes + from),
        count,
      };
      const update = (table && this.#tableUpdate(table, site)) ?? this.#kind.update(this.optimizer, site);
      return factor === 1 ? update : (step, learningRate) => update(step, learningRate * factor);
    });
  }

  /** The update of a table's marked rows, if the optimizer has one. */
  #tableUpdate({ parameter, rows, columns }: MarkedTable, site: UpdateSite): Update | undefined {
    const marks = this.engine.marksAddress(parameter)!;
    return this.#kind.updateTable?.(this.optimizer, { ...site, marks, rows, columns });
  }

  /** What is remembered, copied, parameter by parameter. */
  get tensors(): StateTensor[] {
    const blocks = this.#blocks();
    return this.#places().map(({ name, from, to }) => ({ name, values: blocks.slice(from, to) }));
  }

  /**
   * Takes over what `tensors` has given.
   *
   * @param steps updates that it has been made by
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

  /** Refuses blocks with numbers that training does not make. */
  #checkLimits(blocks: Values, steps: number): void {
    const { dtype, blockCount } = this.engine;
    for (const { block, by, most } of this.#kind.limits?.(this.optimizer, dtype, steps) ?? []) {
      for (let index = 0; index < blockCount; index++) {
        const place = block * blockCount + index;
        const [value, other] = [blocks[place], blocks[by * blockCount + index]];
        const limit = most(other);
        if (!(Math.abs(value) > limit)) continue;
        const { name, from } = this.#places().find((each) => place >= each.from && place < each.to)!;
        const need = `a size of at most ${Number(limit.toPrecision(3))} beside ${other} in block ${by}`;
        throw new RangeError(`fromBytes: ${name} of the optimizer: got ${value} at ${place - from}, need ${need}`);
      }
    }
  }

  /** Every block, copied. */
  #blocks(): Values {
    if (this.#address === undefined) return this.#saved!.slice();
    return this.engine.arena.view(this.#address, this.blockCount * this.engine.blockCount).slice();
  }

  /** The name of each parameter's part of each block, what it remembers, and the elements it has. */
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

  /**
   * Changes every parameter by its gradient, except where the new one or what is remembered of it would not be finite.
   *
   * @param step counts from 1
   * @returns whether all would be
   */
  update(step: number, learningRate: number): boolean {
    let stored = 1;
    for (let index = 0; index < this.#updates.length; index++) stored &= this.#updates[index](step, learningRate);
    return stored === 1;
  }
}
