/** A memory to run kernels in, with blocks that are filled before timing. */
import { attention } from "#build/attention.js";
import { attentionTraining } from "#build/attentionTraining.js";
import { convolution } from "#build/convolution.js";
import { convolutionTraining } from "#build/convolutionTraining.js";
import { elementary } from "#build/elementary.js";
import { embedding } from "#build/embedding.js";
import type { ElementaryKernels } from "#build/kernels.js";
import { normalization } from "#build/normalization.js";
import { training } from "#build/training.js";
import type { Dtype, Values } from "#dist/kernels/dtype.js";
import type { Arithmetic, Kernels } from "#dist/kernels/instance.js";
import {
  type Address,
  batchIntegers,
  inAll,
  type Operation,
  type OperationName,
  type Operations,
  op,
} from "#dist/kernels/operations.js";
import { Arena } from "#dist/memory/arena.js";
import { pcg32 } from "#dist/random.js";
import { Program } from "#dist/topology/program.js";
import { StepRecord, stepDoubles } from "#dist/training/optimizers/updates.js";

const draws = { seed: 1, step: 0 };

type UpdateName = "sgdStep" | "sgdRows" | "momentumStep" | "adamStep" | "adagradRows" | "sparseAdamStep";

export interface Block {
  readonly address: Address;
  /** A view is made when it is read, because the memory may have grown. */
  readonly view: () => Values;
}

export class Scratch {
  readonly #arena: Arena;
  readonly #batch: Address;
  readonly #random = pcg32(1);

  constructor(
    readonly dtype: Dtype,
    arithmetic?: Arithmetic,
  ) {
    this.#arena = new Arena(dtype, arithmetic);
    const families = [
      training,
      normalization,
      convolution,
      convolutionTraining,
      embedding,
      attention,
      attentionTraining,
      elementary,
    ];
    for (const family of families) this.#arena.add(family);
    this.#batch = this.#arena.allocateIntegers(batchIntegers);
  }

  get kernels(): Kernels & ElementaryKernels {
    return this.#arena.kernels as Kernels & ElementaryKernels;
  }

  /**
   * Writes an operation's record. @returns a function that runs its units of work up to `units`, as a plan does
   *
   * @param rows the rows of its batch
   */
  call<Name extends OperationName>(
    name: Name,
    fields: Omit<Operations[Name], "batch">,
    units: number,
    rows = 1,
  ): () => void {
    return this.program((batch) => [op(name, inAll(units), { batch, ...fields } as unknown as Operations[Name])], rows);
  }

  /** The same for an operation of an update: its first step, with a learning rate. */
  update<Name extends UpdateName>(
    name: Name,
    fields: Omit<Operations[Name], "now" | "factor">,
    units: number,
    learningRate: number,
  ): () => void {
    const now = this.#arena.allocateDoubles(stepDoubles);
    new StepRecord(this.#arena, now).begin(1, learningRate);
    return this.call(name, { now, factor: 1, ...fields } as unknown as Omit<Operations[Name], "batch">, units);
  }

  /** @returns a function that runs operations as a plan does. @param operationsOf takes the address of their batch */
  program(operationsOf: (batch: Address) => readonly Operation[], rows: number): () => void {
    const program = Program.of(this.#arena, this.#batch, operationsOf(this.#batch));
    return () => program.run(rows, draws);
  }

  /** Allocates a working space of `bytes` bytes. */
  space(bytes: number): Address {
    return this.#arena.allocateDoubles(Math.ceil(bytes / Float64Array.BYTES_PER_ELEMENT));
  }

  /** Allocates 64-bit floats, whatever the type of elements. */
  doubles(values: readonly number[]): Address {
    const address = this.#arena.allocateDoubles(values.length);
    this.#arena.doubles(address, values.length).set(values);
    return address;
  }

  /** Returns a view of 64-bit floats. */
  readDoubles(address: Address, count: number): Float64Array {
    return this.#arena.doubles(address, count);
  }

  /** Allocates `count` zeros. */
  zeros(count: number): Block {
    const address = this.#arena.allocate(count);
    return { address, view: () => this.#arena.view(address, count) };
  }

  /** Allocates `count` numbers in [-scale, scale). */
  random(count: number, scale = 1): Block {
    const block = this.zeros(count);
    block.view().set(block.view().map(() => scale * (2 * this.#random.next() - 1)));
    return block;
  }

  /** The greatest difference of a kernel from its twin, relative to the largest element. */
  get tolerance(): number {
    return this.dtype === "float32" ? 1e-5 : 1e-13;
  }
}

export const dtypes: readonly Dtype[] = ["float32", "float64"];
