/** What an optimizer remembers of one network, and its updates. */

import { type Dtype, elementBytes, type Values } from "../../memory/kernels.ts";
import type { Engine, TrainingState } from "../../topology/engine.ts";
import { kindOf } from "./kinds.ts";
import type { Optimizer, OptimizerKind, Update } from "./optimizer.ts";

/** Blocks as long as the parameters', zero at first. */
export class OptimizerState implements TrainingState {
  readonly blockCount: number;
  readonly #kind: OptimizerKind;
  /** One for each of the engine's ranges. Set while the state is in the network's memory. */
  #updates: readonly Update[] = [];
  #saved: Values | undefined;

  /** @throws {RangeError} if an option is beyond the network's dtype */
  constructor(
    readonly optimizer: Optimizer,
    readonly engine: Engine,
  ) {
    checkRange(optimizer.name, optimizer, engine.dtype);
    this.#kind = kindOf(optimizer);
    this.blockCount = this.#kind.stateCount(optimizer);
  }

  leave(blocks: Values): void {
    this.#saved = blocks.slice();
  }

  enter(address: number, blocks: Values): void {
    if (this.#saved) blocks.set(this.#saved);
    else blocks.fill(0);
    this.#saved = undefined;
    this.#updates = this.engine.ranges.map(({ offset, count, factor }) => {
      const { engine } = this;
      const from = offset * elementBytes[engine.dtype];
      const update = this.#kind.update(this.optimizer, {
        kernels: engine.arena.kernels,
        parameters: engine.parameterBlock + from,
        gradients: engine.gradientBlock + from,
        states: Array.from({ length: this.blockCount }, (_, index) => address + index * engine.blockBytes + from),
        count,
      });
      return factor === 1 ? update : (step, learningRate) => update(step, learningRate * factor);
    });
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

/** Refuses options, and those of a schedule among them, that float32 rounds to infinity, and an epsilon that it rounds to 0. */
function checkRange(who: string, options: object, dtype: Dtype): void {
  if (dtype === "float64") return;
  for (const [option, value] of Object.entries(options)) {
    if (typeof value === "object") checkRange(who, value, dtype);
    if (typeof value !== "number") continue;
    const rounded = Math.fround(value);
    if (Number.isFinite(rounded) && !(option === "epsilon" && rounded === 0)) continue;
    throw new RangeError(`${who}: got ${option} ${value}, which is ${rounded} in float32, need another`);
  }
}
