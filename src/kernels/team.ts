/**
 * The threads of a network beside the caller's: they share its memory and take parts of its operations (assembly/program/team.ts). They
 * start when a pass first needs them. Until they are there, and where there are none, the caller does all parts; the bits are the same.
 * A thread ends by itself when it has had nothing to do for a while, so nothing is left to dispose of.
 */

import type { instantiate } from "../../build/threads.js";
import { threadsModule } from "../../build/threadsModule.js";
import { bytesOfBase64, now } from "../host.ts";
import type { Address } from "./operations.ts";
import { mayWait, startThread, type ThreadData, type ThreadListener } from "./thread.ts";

type Kernels = Awaited<ReturnType<typeof instantiate>>;

/** The memory of a network, and the rest that its threads need. */
export interface Sharing {
  /** Objects of WebAssembly, which declarations cannot name: not every host's types have them. */
  readonly memory: object;
  readonly table: { readonly length: number };
  /** The modules of the families added so far, those first that others import. */
  readonly modules: readonly object[];
  /** The address of the products' working space of each thread beside the caller's. */
  readonly panels: readonly number[];
}

/** The number of looks for work before a thread sleeps. They take some 100 µs; to wake takes 50. */
const spins = 100_000;
const nanoseconds = 1e9;
/** A thread ends after this time without work. */
const idleTime = 2 * nanoseconds;
/** After this time without progress, a part that is not done counts as lost. */
const timeout = 60 * nanoseconds;

/** The most threads of a network, the caller's among them. */
export const mostThreads = 256;
/** The bytes of a team's record: those of Team in assembly/program/team.ts, and a number for each thread. A multiple of 64. */
export const teamBytes = 64 + 4 * mostThreads;

let compiled: WebAssembly.Module | undefined;

export class Team {
  readonly #kernels: Kernels;
  readonly #address: Address;
  readonly #sharing: Sharing;
  /** True from the first start of threads on. */
  #hasStarted = false;
  #hasFailed: boolean;

  /** @param address the memory's place for the record of a team: zeros, or the record of an earlier one, whose threads leave */
  constructor(sharing: Sharing, address: Address) {
    compiled ??= new WebAssembly.Module(bytesOfBase64(threadsModule));
    const { memory, table } = sharing;
    this.#kernels = new WebAssembly.Instance(compiled, {
      env: { memory, table } as unknown as WebAssembly.ModuleImports,
      clock: { now },
    }).exports as unknown as Kernels;
    this.#sharing = sharing;
    this.#address = address;
    this.#hasFailed = this.#kernels.hasFailed(address) !== 0;
    this.#kernels.begin(address, sharing.panels.length + 1, spins);
  }

  /** True once a thread could not start, or has died: there are no others then. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** True if a thread beside the caller's serves. */
  get isServing(): boolean {
    return !this.#hasFailed && this.#kernels.serving(this.#address) > 0;
  }

  /** Starts threads, unless some serve, or are about to. */
  start(): void {
    if (this.#hasFailed || this.isServing) return;
    if (this.#hasStarted && this.#kernels.begun(this.#address) === 0) return;
    this.#hasStarted = true;
    const { memory, table, modules, panels } = this.#sharing;
    const generation = this.#kernels.nextGeneration(this.#address);
    const listener: ThreadListener = {
      failed: () => {
        this.#hasFailed = true;
      },
      // All start again with the next pass, as it is unknown which of them are still there.
      terminated: () => {
        this.#hasStarted = false;
        this.#kernels.nextGeneration(this.#address);
      },
    };
    for (const [index, address] of panels.entries()) {
      const data: ThreadData = {
        memory,
        tableSize: table.length,
        modules,
        threads: compiled!,
        panels: address,
        team: this.#address,
        thread: index + 1,
        generation,
        idleTime,
      };
      startThread(data, listener);
    }
  }

  /** Runs a job over a batch. @throws {Error} if a thread has died in the middle of it */
  run(job: Address, rows: number, seed: number, step: number): void {
    if (this.#kernels.runJob(this.#address, job, rows, seed, step, mayWait(), timeout)) return;
    this.#hasFailed = true;
    throw new Error(
      "threads: got a thread that stopped in the middle of a pass, need it to go on; some values are lost",
    );
  }
}
