/** A list of operations in memory that one call runs from the first to the last (assembly/program/run.ts). */

import type { Address, Operation } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Draws } from "./layers/layer.ts";
import type { Sequences } from "./sequences.ts";

/** The 32-bit integers of an entry: kernel, record, work, batch. */
const entryIntegers = 4;

export class Program {
  readonly operations: readonly Operation[];
  readonly #run: Arena["kernels"]["run"];
  readonly #batch: Address;
  readonly #list: Address;
  readonly #sequences: readonly Sequences[];

  /**
   * @param batch the record of the batch that the operations point to
   * @param sequences the sequences whose steps are the batches of further operations
   */
  constructor(arena: Arena, batch: Address, operations: readonly Operation[], sequences: readonly Sequences[] = []) {
    this.operations = operations;
    this.#sequences = sequences;
    this.#run = arena.kernels.run;
    this.#batch = batch;
    const entries = operations.flatMap((operation) => {
      const { per, units, batch: counted = batch } = operation.work;
      return [arena.layoutOf(operation.name).place, arena.write(operation), per === "row" ? units : -units, counted];
    });
    this.#list = arena.allocateIntegers(operations.length * entryIntegers);
    arena.integers(this.#list, entries.length).set(entries);
  }

  /** Runs the operations over a batch of `rows` rows. */
  run(rows: number, draws: Draws): void {
    const { seed, step } = draws;
    const { length } = this.operations;
    for (let index = 0; index < this.#sequences.length; index++) this.#sequences[index].begin(draws);
    if (length > 0) this.#run(this.#batch, this.#list, length, rows, seed, step);
  }
}
