/** A list of operations in memory that one call runs from the first to the last (assembly/program/run.ts). */

import type { Address, Operation } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Draws } from "./layers/layer.ts";
import type { Sequences } from "./sequences.ts";

/** The 32-bit integers of an entry: kernel, record, work, batch. */
const entryIntegers = 4;
/** Those of a Job in assembly/program/team.ts: batch, lists, listBytes, starts, phases. */
const jobIntegers = 5;

/** A batch of fewer rows goes to one thread, as 4 of them stay together (assembly/program/team.ts). */
const leastRows = 8;

/** Where operations have their working space: the first thread's, which those of the others follow. */
export interface Working {
  readonly begin: Address;
  /** A thread's. */
  readonly bytes: number;
}

export class Program {
  readonly operations: readonly Operation[];
  readonly #arena: Arena;
  readonly #run: Arena["kernels"]["run"];
  readonly #batch: Address;
  /** Where the list lies. */
  readonly list: Address;
  /** The program for the threads of the arena, if it has several. */
  readonly #job: Address | undefined;
  /** True if the work does not depend on the rows. */
  readonly #isOfAll: boolean;
  readonly #sequences: readonly Sequences[];

  /**
   * @param batch the record of the batch that the operations point to
   * @param sequences those whose steps are batches of further operations
   * @param working needed if one of the operations has some
   * @param areApart true if no operation reads what another one writes
   */
  constructor(
    arena: Arena,
    batch: Address,
    operations: readonly Operation[],
    sequences: readonly Sequences[] = [],
    { working, areApart = false }: { readonly working?: Working; readonly areApart?: boolean } = {},
  ) {
    const { threads } = arena;
    this.operations = operations;
    this.#arena = arena;
    this.#run = arena.kernels.run;
    this.#sequences = sequences;
    this.#isOfAll = operations.every(({ work }) => work.per === "network");
    this.#batch = batch;
    const entries = operations.flatMap((operation) => {
      const { per, units, batch: counted = batch } = operation.work;
      return [arena.layoutOf(operation.name).place, arena.write(operation), per === "row" ? units : -units, counted];
    });
    this.list = arena.allocateIntegers(entries.length * threads);
    arena.integers(this.list, entries.length).set(entries);
    if (threads === 1 || operations.length === 0) return;
    for (let thread = 1; thread < threads; thread++) {
      operations.forEach((operation, index) => {
        const own = working && ownedBy(thread, operation, working, arena);
        if (own) entries[index * entryIntegers + 1] = arena.write(own);
      });
      arena.integers((this.list + thread * entries.length * 4) as Address, entries.length).set(entries);
    }
    const starts = areApart ? [0, operations.length] : phaseStarts(operations);
    const startsAddress = arena.allocateIntegers(starts.length);
    arena.integers(startsAddress, starts.length).set(starts);
    this.#job = arena.allocateIntegers(jobIntegers);
    const job = [batch, this.list, entries.length * 4, startsAddress, starts.length - 1];
    arena.integers(this.#job, jobIntegers).set(job);
  }

  /** Runs the operations over a batch of `rows` rows. */
  run(rows: number, draws: Draws): void {
    const { seed, step } = draws;
    const { length } = this.operations;
    for (let index = 0; index < this.#sequences.length; index++) this.#sequences[index].begin(draws);
    if (length === 0) return;
    const team = this.#job && (rows >= leastRows || this.#isOfAll) ? this.#arena.team : undefined;
    if (team?.isReady) team.run(this.#job!, rows, seed, step);
    else this.#run(this.#batch, this.list, length, rows, seed, step);
  }
}

/** Returns an operation in which a thread's working space takes the place of the first thread's; undefined if it has none. */
function ownedBy(thread: number, operation: Operation, { begin, bytes }: Working, arena: Arena): Operation | undefined {
  const isWorking = ([field, value]: [string, number]) =>
    arena.layoutOf(operation.name).fields.includes(field) && value >= begin && value < begin + bytes;
  const fields = Object.entries(operation.fields as unknown as Readonly<Record<string, number>>);
  if (!fields.some(isWorking)) return undefined;
  const moved = fields.map((each) => [each[0], isWorking(each) ? each[1] + thread * bytes : each[1]]);
  return { ...operation, fields: Object.fromEntries(moved) };
}

/**
 * Returns the first operation of each phase, and the end of the last. Threads wait for each other between two phases. Operations for each
 * example of the batch, one after the other, are one phase, because no example needs anything of another. Any other operation is a phase.
 */
export function phaseStarts(operations: readonly Operation[]): number[] {
  const isOfExamples = ({ work }: Operation) => work.per === "row" && work.batch === undefined;
  const starts = operations.flatMap((operation, index) => {
    const goesOn = index > 0 && isOfExamples(operation) && isOfExamples(operations[index - 1]);
    return goesOn ? [] : [index];
  });
  return [...starts, operations.length];
}
