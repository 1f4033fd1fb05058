/** The updates of all ranges of parameters, as a program. */

import type { Address, Operation } from "../../kernels/operations.ts";
import type { Arena } from "../../memory/arena.ts";
import { Program } from "../../topology/program.ts";
import type { Momenta } from "./optimizer.ts";

/** The 64-bit floats of a Step in assembly/program/update.ts, of which the first two are four integers. */
export const stepDoubles = 6;

export class Updates {
  /** The record of the step. */
  readonly now: Address;
  /** Where the operations lie, and their number. */
  readonly list: Address;
  readonly count: number;
  readonly #arena: Arena;
  readonly #program: Program;
  /** Runs all of them in one call of one thread. */
  readonly #update: Arena["kernels"]["update"];
  readonly #isThreaded: boolean;
  readonly #momenta: Momenta | undefined;

  /** @param now the record of the step, `stepDoubles` long, that the operations point to */
  constructor(arena: Arena, now: Address, operations: readonly Operation[], momenta?: Momenta) {
    this.#arena = arena;
    this.#program = new Program(arena, now, operations, [], { areApart: true });
    this.#update = arena.kernels.update;
    this.now = now;
    this.list = this.#program.list;
    this.count = operations.length;
    this.#isThreaded = arena.threads > 1;
    this.#momenta = momenta;
  }

  /** Gives the record of a step what it has beside its number and learning rate. */
  prepare(step: number): void {
    if (this.#momenta) this.#arena.kernels.setMomenta(this.now, ...this.#momenta(step));
  }

  /**
   * Changes every parameter by its gradient, except where the new one, or what is remembered of it, would not be finite.
   *
   * @param step counts from 1
   * @returns whether all are finite
   */
  run(step: number, learningRate: number): boolean {
    const now = this.now;
    this.prepare(step);
    if (this.count === 0) return true;
    if (!this.#isThreaded) return this.#update(now, this.list, this.count, step, learningRate) === 1;
    const { kernels } = this.#arena;
    kernels.beginUpdate(now, step, learningRate);
    this.#program.run(1, { seed: 0, step });
    return kernels.endUpdate(now) === 1;
  }
}
