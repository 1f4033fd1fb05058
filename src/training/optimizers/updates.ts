/** The updates of all ranges of parameters, as a program. */

import type { Address, Operation } from "../../kernels/operations.ts";
import type { Arena } from "../../memory/arena.ts";
import { Program } from "../../topology/program.ts";
import type { Momenta } from "./optimizer.ts";

/** The 64-bit floats of a Step in assembly/program/step.ts, of which the first two are four integers. */
export const stepDoubles = 7;

export class Updates {
  /** The record of the step. */
  readonly now: Address;
  /** Changes every parameter by its gradient, except those whose new value or memory would not be finite. */
  readonly program: Program;
  readonly #kernels: Arena["kernels"];
  readonly #momenta: Momenta | undefined;

  /** @param now the record of the step, `stepDoubles` long, that the operations point to */
  constructor(arena: Arena, now: Address, operations: readonly Operation[], momenta?: Momenta) {
    this.program = Program.of(arena, now, operations, { areApart: true });
    this.now = now;
    this.#kernels = arena.kernels;
    this.#momenta = momenta;
  }

  /** The address of the operations, and their number. */
  get list(): Address {
    return this.program.list;
  }

  get count(): number {
    return this.program.operations.length;
  }

  /** Writes the momenta into the record of a step, if the optimizer has some. */
  prepare(step: number): void {
    if (!this.#momenta) return;
    const momenta = this.#momenta(step);
    this.#kernels.setMomenta(this.now, momenta[0], momenta[1], momenta[2]);
  }

  /** Readies a step. @param step counts from 1 */
  begin(step: number, learningRate: number): void {
    this.prepare(step);
    this.#kernels.beginUpdate(this.now, step, learningRate);
  }

  /** False if the program has left some value as it was since `begin`, because the new one would not be finite. */
  get areFinite(): boolean {
    return this.#kernels.endUpdate(this.now) === 1;
  }
}
