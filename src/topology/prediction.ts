/** What a network makes of examples: they are checked, run some rows at a time, and the results gathered. */

import { shown } from "../errors.ts";
import { type Values, valuesOf } from "../memory/dtype.ts";
import type { Engine } from "./engine.ts";
import { sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";
import type { Plan } from "./plan.ts";
import { checkFinite, copyRows, countRows, type FlatRows, isFlat, partRows, type Rows, Staging } from "./rows.ts";

/** What one input of a network is given. It is made once, as small networks predict in less time than making it would take. */
class InputRows {
  rows = 0;
  readonly #who: string;
  readonly #engine: Engine;
  readonly #width: number;
  readonly #staging = new Staging();
  #data: Rows = [];
  /** Whether what becomes of flat numbers in the network's dtype is known before: only doubles can be too large for float32. */
  #isExact = false;
  #validate = true;

  constructor(who: string, engine: Engine, width: number) {
    this.#who = who;
    this.#engine = engine;
    this.#width = width;
  }

  /** Takes rows and counts them. */
  take(data: Rows, validate: boolean): void {
    const { arena, dtype } = this.#engine;
    this.rows = countRows(this.#who, data, this.#width);
    this.#data = isFlat(data) && arena.owns(data) ? data.slice() : data;
    this.#isExact = isFlat(data) && !(dtype === "float32" && data instanceof Float64Array);
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
    const staged = this.#staging.take(this.#engine.dtype, count * width);
    copyRows(this.#who, this.#data, staged, { from, count, width, validate: this.#validate });
    return staged;
  }

  /** Lets go of what it has taken. */
  clear(): void {
    this.#data = [];
  }
}

/** The first `count` rows of a plan's inputs and outputs. */
interface Blocks {
  readonly plan: Plan;
  readonly count: number;
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
}

const nothing = new Float32Array(0);

export class Predictor {
  readonly #engine: Engine;
  readonly #inputs: readonly InputRows[];
  /** Of each input, the part that is run next. */
  readonly #parts: FlatRows[];
  readonly #outputSizes: readonly number[];
  #blocks: Blocks | undefined;

  constructor(engine: Engine) {
    const { inputs, outputs } = engine.graph;
    const who = (index: number) => (inputs.length === 1 ? "predict" : `predict: input ${index}`);
    this.#engine = engine;
    this.#inputs = inputs.map(({ shape }, index) => new InputRows(who(index), engine, sizeOf(shape)));
    this.#parts = inputs.map(() => nothing);
    this.#outputSizes = outputs.map(({ shape }) => sizeOf(shape));
  }

  /**
   * Any number of rows, some at a time. A row's results do not depend on the rows it is run with.
   *
   * @param examples rows for each input
   * @returns flat rows of each output
   * @throws {RangeError | TypeError} if rows do not fit; nothing has been run then
   */
  run(examples: readonly Rows[], validate: boolean): Values[] {
    const inputs = this.#inputs;
    for (let index = 0; index < inputs.length; index++) {
      inputs[index].take(examples[index], validate);
      if (inputs[index].rows === inputs[0].rows) continue;
      const [first, other] = [inputs[0].rows, inputs[index].rows];
      throw new RangeError(`predict: got ${first} rows for input 0 and ${other} for input ${index}, need as many`);
    }
    const [{ rows }] = inputs;
    for (let index = 0; index < inputs.length; index++) inputs[index].check();
    const results = this.#outputSizes.map((size) => valuesOf(this.#engine.dtype, rows * size));
    for (let from = 0; from < rows; from += partRows) this.#runPart(from, Math.min(partRows, rows - from), results);
    for (let index = 0; index < inputs.length; index++) {
      inputs[index].clear();
      this.#parts[index] = nothing;
    }
    return results;
  }

  #runPart(from: number, count: number, results: readonly Values[]): void {
    const engine = this.#engine;
    // All of them are taken before any block is written.
    for (let index = 0; index < this.#parts.length; index++) this.#parts[index] = this.#inputs[index].part(from);
    const plan = engine.plan(count, false);
    const { inputs, outputs } = this.#blocksOf(plan, count);
    for (let index = 0; index < inputs.length; index++) inputs[index].set(this.#parts[index]);
    engine.forward(plan, count);
    for (let index = 0; index < outputs.length; index++) {
      results[index].set(outputs[index], from * this.#outputSizes[index]);
    }
  }

  /** Views of the plan's blocks: those of the last call, if they still hold. */
  #blocksOf(plan: Plan, count: number): Blocks {
    const last = this.#blocks;
    // Views are empty once the memory has grown.
    if (last && last.plan === plan && last.count === count && last.inputs[0].length > 0) return last;
    const { graph } = this.#engine;
    const view = (value: Value) => this.#engine.valueView(plan, value, count);
    this.#blocks = { plan, count, inputs: graph.inputs.map(view), outputs: graph.outputs.map(view) };
    return this.#blocks;
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
  // One input, flat: what is predicted most often, and fastest.
  if (count === 1 && isFlat(examples)) return { rows: [examples], isSingle: false };
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
