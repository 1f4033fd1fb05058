/** What a network makes of examples: they are checked, run some rows at a time, and the results gathered. */

import { shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../memory/kernels.ts";
import type { Engine } from "./engine.ts";
import { sizeOf } from "./layers/layer.ts";
import { checkFinite, copyRows, countRows, type FlatRows, isFlat, partRows, type Rows, Staging } from "./rows.ts";

/** The examples for one input of a network. */
class InputRows {
  readonly rows: number;
  readonly #who: string;
  readonly #data: Rows;
  readonly #dtype: Dtype;
  readonly #width: number;
  /** Whether what becomes of flat numbers in the network's dtype is known before: only doubles can be too large for float32. */
  readonly #isExact: boolean;
  readonly #staging: Staging;
  readonly #validate: boolean;

  constructor(
    who: string,
    data: Rows,
    { arena, dtype }: Engine,
    { width, staging, validate }: { width: number; staging: Staging; validate: boolean },
  ) {
    this.rows = countRows(who, data, width);
    this.#who = who;
    this.#data = isFlat(data) && arena.owns(data) ? data.slice() : data;
    this.#isExact = isFlat(data) && !(dtype === "float32" && data instanceof Float64Array);
    this.#dtype = dtype;
    this.#width = width;
    this.#staging = staging;
    this.#validate = validate;
  }

  /** Refuses what is no number or not finite, in any row; but a part that is the whole is checked as it is taken. */
  check(): void {
    const { rows } = this;
    if (this.#isExact && this.#validate) checkFinite(this.#who, this.#data as FlatRows, 0, rows, this.#width);
    for (let from = this.#isExact || rows <= partRows ? rows : 0; from < rows; from += partRows) this.part(from);
  }

  /** The rows from `from` on, as many as are run at once, as flat numbers. */
  part(from: number): FlatRows {
    const count = Math.min(partRows, this.rows - from);
    const width = this.#width;
    if (this.#isExact) {
      const data = this.#data as FlatRows;
      return count === this.rows ? data : data.subarray(from * width, (from + count) * width);
    }
    const staged = this.#staging.take(this.#dtype, count * width);
    copyRows(this.#who, this.#data, staged, { from, count, width, validate: this.#validate });
    return staged;
  }
}

export class Predictor {
  readonly #engine: Engine;
  readonly #stagings: readonly Staging[];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#stagings = engine.graph.inputs.map(() => new Staging());
  }

  /**
   * Any number of rows, some at a time. A row's results do not depend on the rows it is run with.
   *
   * @param examples rows for each input
   * @returns flat rows of each output
   * @throws {RangeError | TypeError} if rows do not fit; nothing has been run then
   */
  run(examples: readonly Rows[], validate: boolean): Values[] {
    const engine = this.#engine;
    const { inputs, outputs } = engine.graph;
    const who = (index: number) => (inputs.length === 1 ? "predict" : `predict: input ${index}`);
    const read = examples.map((data, index) => {
      const options = { width: sizeOf(inputs[index].shape), staging: this.#stagings[index], validate };
      return new InputRows(who(index), data, engine, options);
    });
    const [{ rows }] = read;
    const other = read.find((input) => input.rows !== rows);
    if (other)
      throw new RangeError(`predict: got ${rows} rows for input 0 and ${other.rows} for another, need as many`);
    for (const input of read) input.check();
    const results = outputs.map(({ shape }) => valuesOf(engine.dtype, rows * sizeOf(shape)));
    for (let from = 0; from < rows; from += partRows) {
      const count = Math.min(partRows, rows - from);
      // All of them are taken before any block is written.
      const parts = read.map((input) => input.part(from));
      const plan = engine.plan(count, false);
      inputs.forEach((input, index) => {
        engine.valueView(plan, input, count).set(parts[index]);
      });
      engine.forward(plan, count);
      outputs.forEach((output, index) => {
        results[index].set(engine.valueView(plan, output, count), from * sizeOf(output.shape));
      });
    }
    return results;
  }
}

/** One example, rows of examples, or whole rows in a typed array; of several inputs one such for each, in their order. */
export type Examples = readonly number[] | Rows;

/**
 * `examples` as rows for each of `count` inputs, and whether they are a single example.
 *
 * @throws {TypeError} if they are neither
 */
export function examplesOf(examples: unknown, count: number): { rows: Rows[]; isSingle: boolean } {
  const parts = count === 1 ? [examples] : examples;
  if (!Array.isArray(parts) || parts.length !== count) {
    throw new TypeError(`predict: got ${shown(examples)}, need an array of ${count}: the examples of each input`);
  }
  const stranger = parts.findIndex((part) => !isFlat(part) && !Array.isArray(part));
  if (stranger >= 0) {
    throw new TypeError(`predict: got ${shown(parts[stranger])}, need one example, rows of examples, or a typed array`);
  }
  const isSingle = !isFlat(parts[0]) && typeof parts[0][0] === "number";
  return { rows: isSingle ? parts.map((part) => [part]) : parts, isSingle };
}
