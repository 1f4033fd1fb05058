/** A list of operations in memory, which one call runs from the first to the last (assembly/program/run.ts). */

import type { Address, Operation } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Draws } from "./layers/layer.ts";

/** The 32-bit integers of an entry: kernel, record, work. */
const entryIntegers = 3;

/** The 32-bit integers of a Batch in assembly/program/batch.ts: rows, seed, step. */
export const batchIntegers = 3;

export class Program {
  readonly operations: readonly Operation[];
  readonly #run: Arena["kernels"]["run"];
  readonly #batch: Address;
  readonly #list: Address;

  /** @param batch the record of the batch that the operations point to */
  constructor(arena: Arena, batch: Address, operations: readonly Operation[]) {
    this.operations = operations;
    this.#run = arena.kernels.run;
    this.#batch = batch;
    const entries = operations.flatMap((operation) => {
      const { per, units } = operation.work;
      return [arena.layoutOf(operation.name).place, arena.write(operation), per === "row" ? units : -units];
    });
    this.#list = arena.allocateIntegers(operations.length * entryIntegers);
    arena.integers(this.#list, entries.length).set(entries);
  }

  /** Runs the operations over a batch of `rows` rows. */
  run(rows: number, { seed, step }: Draws): void {
    const { length } = this.operations;
    if (length > 0) this.#run(this.#batch, this.#list, length, rows, seed, step);
  }
}
