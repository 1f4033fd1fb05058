/**
 * A memory to call kernels in: every block lies between guard words, which `expectIntact` checks, as it checks that
 * blocks given as inputs still hold what they held.
 */
import { expect } from "vitest";
import { attention } from "../../build/attention.js";
import { attentionTraining } from "../../build/attentionTraining.js";
import { convolution } from "../../build/convolution.js";
import { convolutionTraining } from "../../build/convolutionTraining.js";
import { elementary } from "../../build/elementary.js";
import { embedding } from "../../build/embedding.js";
import type { ElementaryKernels } from "../../build/kernels.js";
import { normalization } from "../../build/normalization.js";
import { recurrent } from "../../build/recurrent.js";
import { training } from "../../build/training.js";
import { type Dtype, elementBytes, type Values } from "../../src/kernels/dtype.ts";
import type { Kernels } from "../../src/kernels/instance.ts";
import { batchIntegers, inAll, type OperationName, type Operations, op } from "../../src/kernels/operations.ts";
import { Arena } from "../../src/memory/arena.ts";
import { StepRecord, stepDoubles } from "../../src/training/optimizers/updates.ts";

export const dtypes: readonly Dtype[] = ["float32", "float64"];

/** The sizes every kernel is tested at. */
export const sizes: readonly number[] = Array.from({ length: 67 }, (_, index) => index + 1);

/** Whether the kernels assert what they require. */
export const isDebugBuild = process.env.SIMDNET_BUILD === "debug";

const guard = 0xa5;
const guardBytes = 64;

export interface Block {
  readonly address: number;
  readonly length: number;
  readonly dtype: Dtype;
}

/** A record's fields without the types of addresses, and without the batch. */
export type Fields<OfRecord> = { readonly [Name in Exclude<keyof OfRecord, "batch">]: number };

/** A part of an operation's work, and the batch it is of. */
interface Part {
  readonly begin?: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly step?: number;
}

/** The operations of an update. */
export type UpdateName = {
  [Name in OperationName]: Operations[Name] extends Operations["sgdStep"] | Operations["sgdRows"] ? Name : never;
}[OperationName];

/** What an update reads of the step. */
export interface StepNumbers {
  /** Default 1. */
  readonly step?: number;
  readonly learningRate: number;
  /** NAdam's. */
  readonly momenta?: readonly [momentum: number, next: number, product: number];
}

export class Scratch {
  readonly arena: Arena;
  readonly #mark: number;
  readonly #blocks: { block: Block; input?: Values }[] = [];

  constructor(readonly dtype: Dtype) {
    this.arena = new Arena(dtype);
    const families = [
      training,
      normalization,
      convolution,
      convolutionTraining,
      recurrent,
      embedding,
      attention,
      attentionTraining,
      elementary,
    ];
    for (const family of families) this.arena.add(family);
    this.#mark = this.arena.mark;
  }

  get kernels(): Kernels & ElementaryKernels {
    return this.arena.kernels as Kernels & ElementaryKernels;
  }

  /** A block that a kernel reads and must leave as it is. */
  input(values: ArrayLike<number>): number {
    return this.#allocate(values.length, values, true).address;
  }

  /** A block that a kernel may write; filled with `values`, or with a pattern that no kernel should read. */
  output(values: ArrayLike<number> | number): Block {
    return typeof values === "number" ? this.#allocate(values) : this.#allocate(values.length, values);
  }

  /** A block of 64-bit floats, whatever the dtype, that a kernel may write. */
  doubles(values: ArrayLike<number> | number): Block {
    return typeof values === "number"
      ? this.#allocate(values, undefined, false, "float64")
      : this.#allocate(values.length, values, false, "float64");
  }

  /** A block of 32-bit integers that a kernel reads. */
  integers(values: readonly number[]): number {
    const { address } = this.doubles(Math.ceil(values.length / 2));
    this.arena.integers(address, values.length).set(values);
    return address;
  }

  /** A block of bytes that a kernel may write, padded to multiples of 8 with what no kernel should use. */
  bytes(values: readonly number[]): number {
    const { address } = this.doubles(Math.ceil(values.length / 8));
    this.arena.bytesAt(address, values.length).set(values);
    return address;
  }

  /** Working space for sums down columns: `rows` rows of 64-bit floats, one for each column, padded to pairs. */
  sums(rows: number, columns: number): number {
    return this.doubles(rows * (columns + (columns % 2))).address;
  }

  /**
   * Runs an operation: the units of its work up to `end`, from `begin` on.
   *
   * @param fields of its record; its batch is `batch`
   */
  run<Name extends OperationName>(
    name: Name,
    fields: Fields<Operations[Name]>,
    end: number,
    { begin = 0, rows = 0, seed = 0, step = 0 }: Part = {},
  ): void {
    const batch = this.arena.allocateIntegers(batchIntegers);
    this.arena.integers(batch, batchIntegers).set([rows, seed, step]);
    const args = this.arena.write(op(name, inAll(end), { batch, ...fields } as unknown as Operations[Name]));
    this.kernels.runPart(this.arena.layoutOf(name).place, args, begin, end);
  }

  /**
   * Runs an operation of an update over `units`.
   *
   * @param fields of its record; `now` is that of the step, and `factor` is 1
   * @returns 1, or 0 if it left a vector as it was
   */
  update<Name extends UpdateName>(
    name: Name,
    fields: Omit<Fields<Operations[Name]>, "now" | "factor">,
    units: number,
    { step = 1, learningRate, momenta }: StepNumbers,
  ): number {
    const { arena } = this;
    const now = arena.allocateDoubles(stepDoubles);
    // A view of its own before and after, because the memory may grow.
    new StepRecord(arena, now, momenta && (() => momenta)).begin(step, learningRate);
    this.run(name, { now, factor: 1, ...fields } as unknown as Fields<Operations[Name]>, units);
    return Number(new StepRecord(arena, now).isFinite);
  }

  /** A copy of what `block` holds now. */
  read(block: Block): Values {
    return this.#view(block).slice();
  }

  /** Fails if a guard word around any block, or any input, has changed. Forgets all blocks. */
  expectIntact(): void {
    for (const { block, input } of this.#blocks.splice(0)) {
      const bytes = this.#bytes();
      const end = block.address + block.length * elementBytes[block.dtype];
      expectSameBytes(bytes.subarray(block.address - guardBytes, block.address), guards, "guard before a block");
      expectSameBytes(bytes.subarray(end, end + guardBytes), guards, "guard after a block");
      if (input) expectSameBytes(bytesOf(this.#view(block)), bytesOf(input), "input");
    }
    this.arena.release(this.#mark);
  }

  #allocate(length: number, values?: ArrayLike<number>, isInput = false, dtype = this.dtype): Block {
    const bytes = length * elementBytes[dtype];
    const address = this.arena.allocateDoubles((bytes + 2 * guardBytes) / 8) + guardBytes;
    this.#bytes()
      .subarray(address - guardBytes, address + bytes + guardBytes)
      .fill(guard);
    const block = { address, length, dtype };
    if (values) this.#view(block).set(values);
    this.#blocks.push({ block, input: isInput ? this.read(block) : undefined });
    return block;
  }

  /** All of the memory. */
  #bytes(): Uint8Array {
    return new Uint8Array(this.arena.integers(0, 1).buffer);
  }

  #view({ address, length, dtype }: Block): Values {
    const { arena } = this;
    return dtype === arena.dtype ? arena.view(address, length) : arena.doubles(address, length);
  }
}

const bytesOf = (values: Values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function expectSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(actual, expected) !== 0) expect.fail(`${what} was written`);
}

const guards = new Uint8Array(guardBytes).fill(guard);

/** `length` numbers in [-1, 1), the same for the same seed. */
export function random(length: number, seed = 1): number[] {
  let state = seed * 2654435761;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** `values` as elements of `dtype` hold them. */
export function roundTo(dtype: Dtype, values: ArrayLike<number>): number[] {
  return dtype === "float32" ? Array.from(Float32Array.from(values)) : Array.from(values);
}

/** `values` cut into rows. */
export const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  );
