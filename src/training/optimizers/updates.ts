/** The updates of all ranges of parameters, as a program. */

import type { Address, Operation } from "../../kernels/operations.ts";
import type { Arena } from "../../memory/arena.ts";
import { Program } from "../../topology/program.ts";
import type { Momenta } from "./optimizer.ts";

/** The 64-bit floats of a Step in assembly/program/step.ts, of which the first two are four integers. */
export const stepDoubles = 7;

/** The record of a step, which the operations of an update read: a view of the memory. */
export class StepRecord {
  /** Rows, seed, step, stored. */
  readonly #integers: Int32Array;
  /** Behind the integers: the learning rate, three momenta, the sum of the squares of the gradients. */
  readonly #doubles: Float64Array;
  readonly #momenta: Momenta | undefined;

  constructor(arena: Arena, address: Address, momenta?: Momenta) {
    this.#integers = arena.integers(address, 4);
    this.#doubles = arena.doubles(address, stepDoubles);
    this.#momenta = momenta;
  }

  /** Readies a step. @param step counts from 1 */
  begin(step: number, learningRate: number): void {
    this.#integers[2] = step;
    this.#integers[3] = 1;
    this.#doubles[2] = learningRate;
    this.#doubles[6] = 0;
    if (this.#momenta) this.#doubles.set(this.#momenta(step), 3);
  }

  /** True if, at a constant learning rate, consecutive records differ only in the number of the step. */
  get isAlike(): boolean {
    return this.#momenta === undefined;
  }

  /** False if an update, since `begin`, has left something as it was because it would not be finite. */
  get isFinite(): boolean {
    return this.#integers[3] === 1;
  }
}

export class Updates {
  /** The address of the record of the step. */
  readonly now: Address;
  /** Changes every parameter by its gradient, except where the new one, or what is remembered of it, would not be finite. */
  readonly program: Program;
  readonly #arena: Arena;
  readonly #momenta: Momenta | undefined;

  /** @param now the record of the step, `stepDoubles` long, that the operations point to */
  constructor(arena: Arena, now: Address, operations: readonly Operation[], momenta?: Momenta) {
    this.program = Program.of(arena, now, operations, { areIndependent: true });
    this.now = now;
    this.#arena = arena;
    this.#momenta = momenta;
  }

  /** The address of the operations, and their number. */
  get list(): Address {
    return this.program.list;
  }

  get count(): number {
    return this.program.operations.length;
  }

  /** Returns a view of the record of the step. */
  record(): StepRecord {
    return new StepRecord(this.#arena, this.now, this.#momenta);
  }
}
