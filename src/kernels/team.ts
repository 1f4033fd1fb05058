/**
 * The threads of a network beside the caller's: they share its memory and take parts of its operations (assembly/program/team.ts). They
 * start when a pass first needs them. Until they are there, and where there are none, the caller does all parts; the bits are the same.
 * A thread ends by itself when it has had nothing to do for a while, so nothing is left to dispose of.
 */

import type { instantiate } from "../../build/threads.js";
import { threadsModule } from "../../build/threadsModule.js";
import { bytesOfBase64 } from "../host.ts";
import type { Address } from "./operations.ts";
import { mayWait, startThread, type ThreadData } from "./thread.ts";

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
/** A thread that had nothing to do for so long ends. */
const idleTime = 2 * nanoseconds;
/** A thread that has not ended its part so long after the others has died. */
const timeout = 60 * nanoseconds;

let compiled: WebAssembly.Module | undefined;

/** Returns how many bytes a team takes: those of Team in assembly/program/team.ts, and a number for each thread. */
export const teamBytes = (threads: number): number => 48 + 4 * threads;

export class Team {
  readonly #kernels: Kernels;
  readonly #address: Address;
  readonly #sharing: Sharing;
  /** True from the start of threads until the first of them serves. */
  #isStarting = false;
  /** True once a thread could not start, or has died. */
  #isAlone = false;

  /** @param address zeros, `teamBytes` of them */
  constructor(sharing: Sharing, address: Address) {
    compiled ??= new WebAssembly.Module(bytesOfBase64(threadsModule));
    const { memory, table } = sharing;
    this.#kernels = new WebAssembly.Instance(compiled, {
      env: { memory, table } as unknown as WebAssembly.ModuleImports,
    }).exports as unknown as Kernels;
    this.#sharing = sharing;
    this.#address = address;
    this.#kernels.begin(address, sharing.panels.length + 1, spins);
  }

  /** True if a thread beside the caller's serves; where none does, it starts them. */
  get isReady(): boolean {
    if (this.#isAlone) return false;
    if (this.#kernels.serving(this.#address) > 0) {
      this.#isStarting = false;
      return true;
    }
    if (!this.#isStarting) this.#start();
    return false;
  }

  #start(): void {
    this.#isStarting = true;
    const { memory, table, modules, panels } = this.#sharing;
    const fail = () => {
      this.#isAlone = true;
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
        idleTime,
      };
      startThread(data, fail);
    }
  }

  /** Runs a job over a batch. @throws {Error} if a thread has died in the middle of it */
  run(job: Address, rows: number, seed: number, step: number): void {
    if (this.#kernels.fork(this.#address, job, rows, seed, step, mayWait(), timeout)) return;
    this.#isAlone = true;
    throw new Error(
      "threads: got a thread that stopped in the middle of a pass, need it to go on; some values are lost",
    );
  }

  /** Ends the threads: others are to take their place. */
  end(): void {
    this.#kernels.end(this.#address);
  }
}
