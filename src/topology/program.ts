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

/** The working space of operations: the first thread's, followed by those of the others. */
export interface Working {
  readonly begin: Address;
  /** A thread's. */
  readonly bytes: number;
}

export interface ProgramOptions {
  /** The sequences whose steps are batches of operations. Default none. */
  readonly sequences?: readonly Sequences[];
  /** Needed if one of the operations has working space. */
  readonly working?: Working;
  /** True if no operation reads what another one writes. Default false. */
  readonly areIndependent?: boolean;
}

/** Operations in memory. */
interface Listing {
  readonly operations: readonly Operation[];
  /** The integers of all entries, for each thread. Threads have the same records, except those with working space. */
  readonly entries: readonly (readonly number[])[];
  /** The first operation of each phase, and the end of the last. */
  readonly starts: readonly number[];
}

export class Program {
  readonly #arena: Arena;
  readonly #run: Arena["kernels"]["run"];
  readonly #batch: Address;
  #listing: Listing;
  /** The address of the list. */
  readonly list: Address;
  /** The program for the threads of the arena, if it has several. */
  readonly #job: Address | undefined;
  /** True if the work does not depend on the rows. */
  readonly #isIndependentOfRows: boolean;
  readonly #sequences: readonly Sequences[];

  /** @param batch the record of the batch that the operations point to */
  constructor(arena: Arena, batch: Address, listing: Listing, sequences: readonly Sequences[]) {
    const { threads } = arena;
    const { operations, entries, starts } = listing;
    this.#arena = arena;
    this.#run = arena.kernels.run;
    this.#sequences = sequences;
    this.#isIndependentOfRows = operations.every(({ work }) => work.per === "network");
    this.#batch = batch;
    this.#listing = listing;
    const [{ length }] = entries;
    this.list = arena.allocateIntegers(length * threads);
    arena.integers(this.list, length * threads).set(entries.flat());
    this.#job = threads === 1 || length === 0 ? undefined : jobOf(arena, [batch, this.list, length * 4], starts);
  }

  /** Writes operations, and returns their program. @param batch the record of the batch that they point to */
  static of(arena: Arena, batch: Address, operations: readonly Operation[], options: ProgramOptions = {}): Program {
    const { sequences = [], working, areIndependent = false } = options;
    const records = operations.map((operation) => arena.write(operation));
    const entriesOf = (thread: number) =>
      operations.flatMap((operation, index) => {
        const { per, units, batch: counted = batch } = operation.work;
        const own = thread > 0 && working ? ownedBy(thread, operation, working, arena) : undefined;
        const record = own ? arena.write(own) : records[index];
        return [arena.layoutOf(operation.name).place, record, per === "row" ? units : -units, counted];
      });
    const entries = Array.from({ length: arena.threads }, (_, thread) => entriesOf(thread));
    const starts = areIndependent && operations.length > 0 ? [0, operations.length] : phaseStarts(operations);
    return new Program(arena, batch, { operations, entries, starts }, sequences);
  }

  /** Returns a program that runs others of one batch, one after the other. It uses their records. */
  static joined(programs: readonly Program[]): Program {
    const arena = programs[0].#arena;
    const listings = programs.map((program) => program.#listing);
    const operations = listings.flatMap((listing) => listing.operations);
    const entries = Array.from({ length: arena.threads }, (_, thread) =>
      listings.flatMap((listing) => listing.entries[thread]),
    );
    const starts: number[] = [];
    let from = 0;
    for (const listing of listings) {
      for (const start of listing.starts.slice(0, -1)) {
        const at = from + start;
        if (start > 0 || at === 0 || !staysInPhase(operations, at)) starts.push(at);
      }
      from += listing.operations.length;
    }
    const sequences = new Set(programs.flatMap((program) => program.#sequences));
    const listing = { operations, entries, starts: [...starts, from] };
    return new Program(arena, programs[0].#batch, listing, [...sequences]);
  }

  get operations(): readonly Operation[] {
    return this.#listing.operations;
  }

  /** Returns the first operation of each phase, and the end of the last. */
  get starts(): readonly number[] {
    return this.#listing.starts;
  }

  /** Returns the address of an operation's record. */
  recordOf(index: number): Address {
    return this.#listing.entries[0][index * entryIntegers + 1] as Address;
  }

  /**
   * Puts others in the place of operations from an index on. Each has the layout and the work of the one in its place, and no working space.
   * Joined programs keep theirs.
   */
  replace(from: number, others: readonly Operation[]): void {
    const arena = this.#arena;
    const { operations, entries } = this.#listing;
    const [{ length }] = entries;
    const list = arena.integers(this.list, length * arena.threads);
    const replaced = operations.slice();
    for (let index = 0; index < others.length; index++) {
      arena.writeAt(this.recordOf(from + index), others[index]);
      replaced[from + index] = others[index];
      const { place } = arena.layoutOf(others[index].name);
      for (let thread = 0; thread < arena.threads; thread++) {
        list[thread * length + (from + index) * entryIntegers] = place;
      }
    }
    this.#listing = { ...this.#listing, operations: replaced };
  }

  /** Runs the operations over a batch of `rows` rows. */
  run(rows: number, draws: Draws): void {
    const { seed, step } = draws;
    const { length } = this.#listing.operations;
    for (let index = 0; index < this.#sequences.length; index++) this.#sequences[index].begin(draws);
    if (length === 0) return;
    const team = this.#job && (rows >= leastRows || this.#isIndependentOfRows) ? this.#arena.team : undefined;
    if (team?.isServing) team.run(this.#job!, rows, seed, step);
    else {
      team?.start();
      this.#run(this.#batch, this.list, length, rows, seed, step);
    }
  }
}

/** Writes the job of a list for several threads. @param list the batch, the address of the list, and its bytes for each thread */
function jobOf(arena: Arena, list: readonly number[], starts: readonly number[]): Address {
  const startsAddress = arena.allocateIntegers(starts.length);
  arena.integers(startsAddress, starts.length).set(starts);
  const job = arena.allocateIntegers(jobIntegers);
  arena.integers(job, jobIntegers).set([...list, startsAddress, starts.length - 1]);
  return job;
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
function phaseStarts(operations: readonly Operation[]): number[] {
  const starts = operations.flatMap((_, index) => (index > 0 && staysInPhase(operations, index) ? [] : [index]));
  return [...starts, operations.length];
}

/** Tells whether an operation belongs to the phase of the one before. */
function staysInPhase(operations: readonly Operation[], index: number): boolean {
  const isOfExamples = ({ work }: Operation) => work.per === "row" && work.batch === undefined;
  return isOfExamples(operations[index]) && isOfExamples(operations[index - 1]);
}
