/** Prediction: checks examples, runs some rows at a time, and returns the results in the form of the examples. */

import { plural, shown } from "../errors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import type { Engine } from "./engine.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import type { LeastSteps } from "./layers/lengths.ts";
import type { Value } from "./layers/value.ts";
import { type CountedRows, copyCounted, countNested, type Nested, nestedOf } from "./nesting.ts";
import type { Plan } from "./plan.ts";
import { copyRagged, countRagged, type LengthsOption, raggedOf, spreadRagged } from "./ragged.ts";
import { Reader } from "./reader.ts";
import {
  checkFinite,
  checkKept,
  checkTokens,
  countRows,
  type FlatRows,
  isFlat,
  type Rows,
  Staging,
  type TokenCounts,
} from "./rows.ts";
import { type Lengths, type LengthsSource, lengthsBy, lengthsSource, stepsIn } from "./sequences.ts";
import { tokenCounts } from "./tokens.ts";

/**
 * The examples of one input of a network. One object serves all calls, because for small networks making it takes longer than a prediction.
 */
export class InputRows {
  rows = 0;
  /** `isTyped` is true for a typed array, `isSingle` for one example without a batch. */
  isTyped = false;
  isSingle = false;
  /** The shape by which each example is nested; undefined for flat rows. */
  nesting: Shape | undefined;
  /** The number of steps of each example, if they differ. */
  lengths: Lengths | undefined;
  readonly #who: string;
  readonly #engine: Engine;
  readonly #input: Value;
  readonly #shape: Shape;
  /** The smallest number of steps of an example, if they differ. */
  readonly #least: LeastSteps | undefined;
  readonly #width: number;
  /** Set with the first examples. */
  #tokens: TokenCounts | undefined;
  #hasTokens: boolean;
  readonly #staging = new Staging();
  #data: Rows = [];
  /** True if the examples are flat numbers that need no rounding check: only doubles can be too large for float32. */
  #isExact = false;
  #validate = true;

  constructor(who: string, engine: Engine, input: Value) {
    this.#who = who;
    this.#engine = engine;
    this.#input = input;
    this.#shape = input.shape;
    this.#least = input.lengths && engine.graph.leastSteps(input);
    this.#width = sizeOf(input.shape);
    this.#hasTokens = engine.graph.layers.some(({ kind }) => kind.tokens);
  }

  /** Finds the tokens among the numbers of an example, on the first call. */
  #findTokens(): void {
    this.#tokens = tokenCounts(this.#engine, this.#input);
    this.#hasTokens = this.#tokens !== undefined;
  }

  /**
   * Takes examples in any form and counts them.
   *
   * @param lengths the lengths of sequences in a typed array
   */
  take(data: unknown, validate: boolean, lengths?: ArrayLike<number>): void {
    this.#validate = validate;
    this.isTyped = isFlat(data);
    if (this.#least) {
      this.#isExact = false;
      const owned = isFlat(data) && this.#engine.arena.owns(data) ? data.slice() : data;
      this.#keep(countRagged(this.#who, owned, this.#shape, lengths, this.#least));
      return;
    }
    if (lengths !== undefined) throw needsNoLengths(this.#who);
    if (isFlat(data)) {
      const { arena, dtype } = this.#engine;
      this.rows = countRows(this.#who, data, this.#width);
      this.#data = arena.owns(data) ? data.slice() : data;
      this.#isExact = !(dtype === "float32" && data.BYTES_PER_ELEMENT === 8);
      this.nesting = undefined;
      this.isSingle = false;
      return;
    }
    if (!Array.isArray(data)) {
      throw new TypeError(`${this.#who}: got ${shown(data)}, need one example, rows of examples, or a typed array`);
    }
    this.#isExact = false;
    if (this.#shape.length > 1) {
      this.#keep(countNested(this.#who, data, this.#shape));
      return;
    }
    // The same for rows, where this test is faster.
    this.isSingle = typeof data[0] === "number";
    this.#data = this.isSingle ? [data] : data;
    this.rows = countRows(this.#who, this.#data, this.#width);
  }

  #keep({ data, rows, nesting, isSingle, lengths }: CountedRows): void {
    this.#data = data;
    this.rows = rows;
    this.nesting = nesting;
    this.isSingle = isSingle;
    this.lengths = lengths;
  }

  /** Refuses numbers that are missing or not finite, in any row. A single part is checked when it is copied. */
  check(): void {
    const { rows } = this;
    if (this.#hasTokens && !this.#tokens) this.#findTokens();
    if (this.#isExact) {
      const data = this.#data as FlatRows;
      const copied = { count: rows, width: this.#width };
      if (this.#tokens) checkTokens(this.#who, data, this.#tokens, copied);
      if (this.#validate) checkFinite(this.#who, data, copied);
    }
    const { partRows } = this.#engine;
    for (let from = this.#isExact || rows <= partRows ? rows : 0; from < rows; from += partRows) this.part(from);
  }

  /** Returns the rows of the next run, from `from` on, as flat numbers. */
  part(from: number): FlatRows {
    const count = Math.min(this.#engine.partRows, this.rows - from);
    const width = this.#width;
    if (this.#isExact) {
      const data = this.#data as FlatRows;
      checkKept(this.#who, data, this.rows * width);
      return count === this.rows ? data : data.subarray(from * width, (from + count) * width);
    }
    const { dtype } = this.#engine;
    const given = { data: this.#data, nesting: this.nesting };
    const copy = { from, count, width, validate: this.#validate, tokens: this.#tokens };
    const { lengths } = this;
    if (lengths) {
      const staged = this.#staging.take(dtype, stepsIn(lengths, from, from + count) * sizeOf(this.#shape.slice(1)));
      copyRagged(this.#who, given, lengths, staged, copy, this.#shape);
      return staged;
    }
    const staged = this.#staging.take(dtype, count * width);
    copyCounted(this.#who, given, staged, copy);
    return staged;
  }

  /** Copies the rows of the next run, from `from` on, into a plan. @param part these rows, if `part` has returned them */
  put(engine: Engine, plan: Plan, value: Value, from: number, part = this.part(from)): void {
    const count = Math.min(this.#engine.partRows, this.rows - from);
    if (this.lengths) plan.sequencesOf(value)!.set(this.lengths, from, count);
    engine.valueView(plan, value, count).set(part);
  }

  /** Releases the examples. */
  clear(): void {
    this.#data = [];
  }
}

/** Returns the error for lengths that are given for an input with examples of one length. */
export const needsNoLengths = (who: string) =>
  new RangeError(`${who}: got lengths, need them for an input with variableLength: true only`);

/** Returns an object for the examples of each input of a network. @param who begins the messages of errors */
export function inputRowsOf(who: string, engine: Engine): readonly InputRows[] {
  const { inputs } = engine.graph;
  return inputs.map((input, index) => {
    return new InputRows(inputs.length === 1 ? who : `${who}: input ${index}`, engine, input);
  });
}

/**
 * Takes the examples of all inputs. With several inputs, all are single examples, or all are batches.
 *
 * @param examples for several inputs, an array with those of each
 * @param lengths the lengths of sequences in typed arrays; for several inputs, an array with those of each
 * @throws {RangeError | TypeError} if they do not fit
 */
export function takeExamples(
  who: string,
  inputs: readonly InputRows[],
  examples: unknown,
  validate: boolean,
  lengths?: LengthsOption,
): void {
  const lengthsOfEach = lengthsOf(who, lengths, inputs.length);
  if (inputs.length === 1) {
    inputs[0].take(examples, validate, lengthsOfEach[0]);
    return;
  }
  if (!Array.isArray(examples) || examples.length !== inputs.length) {
    const need = `an array of ${inputs.length}: the examples of each input`;
    throw new TypeError(`${who}: got ${shown(examples)}, need ${need}`);
  }
  inputs.forEach((input, index) => {
    input.take(examples[index], validate, lengthsOfEach[index]);
  });
  const [{ rows }] = inputs;
  const lists = inputs.filter(({ isTyped }) => !isTyped);
  if (lists.some(({ isSingle }) => isSingle !== lists[0].isSingle)) {
    const single = inputs.findIndex(({ isSingle }) => isSingle);
    const batch = inputs.findIndex(({ isSingle, isTyped }) => !isSingle && !isTyped);
    const got = `one example for input ${single} and a batch for input ${batch}`;
    throw new RangeError(`${who}: got ${got}, need one example of each, or a batch of each`);
  }
  inputs.forEach((input, index) => {
    if (input.rows === rows) return;
    throw new RangeError(
      `${who}: got ${plural(rows, "row")} for input 0 and ${input.rows} for input ${index}, need the same number`,
    );
  });
}

/** Returns the lengths for each of `count` inputs. */
export function lengthsOf(
  who: string,
  lengths: LengthsOption | undefined,
  inputs: number,
): readonly (ArrayLike<number> | undefined)[] {
  if (lengths === undefined || inputs === 1) return [lengths as ArrayLike<number> | undefined];
  if (Array.isArray(lengths) && lengths.length === inputs) return lengths;
  throw new TypeError(
    `${who}: got lengths ${shown(lengths)}, need an array of ${inputs}: those of each input, or undefined`,
  );
}

/** The first `count` rows of a plan's inputs and outputs. */
interface BatchViews {
  readonly plan: Plan;
  readonly count: number;
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
}

const nothing = new Float32Array(0);

export class Predictor {
  readonly #engine: Engine;
  readonly #inputs: readonly InputRows[];
  /** The rows of each input that run next. */
  readonly #parts: FlatRows[];
  readonly #outputSizes: readonly number[];
  /** For each output with sequences of different lengths, the input whose lengths determine its own. */
  readonly #sources: readonly (LengthsSource | undefined)[];
  /** The lengths of each output's results. */
  #lengths: readonly (Lengths | undefined)[] = [];
  #views: BatchViews | undefined;
  readonly #reader = new Reader();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#inputs = inputRowsOf("predict", engine);
    this.#parts = this.#inputs.map(() => nothing);
    const { outputs } = engine.graph;
    this.#outputSizes = outputs.map(({ shape }) => sizeOf(shape));
    this.#sources = outputs.map((output) => lengthsSource(engine.graph, output));
  }

  /**
   * Runs any number of examples, some at a time. A row's results do not depend on the other rows of its batch.
   *
   * @param examples for a network of several inputs, an array with those of each
   * @returns results in the form of the examples; for a network of several outputs, an array with those of each
   * @throws {RangeError | TypeError} if examples do not fit; then nothing has run
   */
  predict(examples: unknown, validate: boolean, lengths?: LengthsOption): Results | Results[] {
    const inputs = this.#inputs;
    this.#reader.begin("predict");
    let results: Values[];
    try {
      takeExamples("predict", inputs, examples, validate, lengths);
      results = this.#run();
    } finally {
      for (let index = 0; index < inputs.length; index++) {
        inputs[index].clear();
        this.#parts[index] = nothing;
      }
      this.#reader.end();
    }
    if (inputs[0].isTyped) return results.length === 1 ? results[0] : results;
    if (results.length === 1) return this.#formOf(results[0], 0);
    return results.map((values, index) => this.#formOf(values, index));
  }

  /** Returns results in the form of the examples, which were in arrays. */
  #formOf(values: Values, index: number): Nested {
    // The first input is not a typed array here, and all inputs have the same form.
    const { rows, isSingle } = this.#inputs[0];
    const { shape } = this.#engine.graph.outputs[index];
    const lengths = this.#lengths[index];
    if (lengths) {
      const sequences = raggedOf(values, lengths, shape);
      return isSingle ? sequences[0] : sequences;
    }
    if (shape.length > 1 && this.#inputs.some(({ nesting }) => nesting !== undefined)) {
      return nestedOf(values, isSingle ? shape : [rows, ...shape]);
    }
    return isSingle ? [...values] : rowsOf(values, this.#outputSizes[index]);
  }

  /** Returns flat rows of each output. After the end of a sequence there are zeros. */
  #run(): Values[] {
    const inputs = this.#inputs;
    const [{ rows }] = inputs;
    for (let index = 0; index < inputs.length; index++) inputs[index].check();
    this.#lengths = this.#sources.map((source) => source && lengthsBy(source, inputs[source.input].lengths!));
    const results = this.#outputSizes.map((size) => valuesOf(this.#engine.dtype, rows * size));
    const { partRows } = this.#engine;
    for (let from = 0; from < rows; from += partRows) this.#runPart(from, Math.min(partRows, rows - from), results);
    return results;
  }

  #runPart(from: number, count: number, results: readonly Values[]): void {
    const engine = this.#engine;
    // All parts are read before any block is written.
    for (let index = 0; index < this.#parts.length; index++) this.#parts[index] = this.#inputs[index].part(from);
    const plan = engine.plan(count);
    if (plan.isRagged) {
      this.#runRagged(plan, from, count, results);
      return;
    }
    const { inputs, outputs } = this.#viewsOf(plan, count);
    for (let index = 0; index < inputs.length; index++) {
      const part = this.#parts[index];
      // A getter in a later input may have transferred the buffer of this one.
      checkKept("predict", part, inputs[index].length);
      inputs[index].set(part);
    }
    engine.forward(plan.forward, count);
    for (let index = 0; index < outputs.length; index++) {
      results[index].set(outputs[index], from * this.#outputSizes[index]);
    }
  }

  /** Does the same for sequences of different lengths, whose views differ from call to call. */
  #runRagged(plan: Plan, from: number, count: number, results: readonly Values[]): void {
    const engine = this.#engine;
    const { inputs, outputs } = engine.graph;
    inputs.forEach((input, index) => {
      this.#inputs[index].put(engine, plan, input, from, this.#parts[index]);
    });
    engine.forward(plan.forward, count);
    outputs.forEach((output, index) => {
      const values = engine.valueView(plan, output, count);
      const size = this.#outputSizes[index];
      const lengths = this.#lengths[index];
      if (lengths) spreadRagged(values, lengths, from, count, size, results[index]);
      else results[index].set(values, from * size);
    });
  }

  /** Returns views of the plan's blocks: those of the last call, if they are still valid. */
  #viewsOf(plan: Plan, count: number): BatchViews {
    const last = this.#views;
    // Views are empty after the memory has grown.
    if (last && last.plan === plan && last.count === count && last.inputs[0].length > 0) return last;
    const { graph } = this.#engine;
    const view = (value: Value) => this.#engine.valueView(plan, value, count);
    this.#views = { plan, count, inputs: graph.inputs.map(view), outputs: graph.outputs.map(view) };
    return this.#views;
  }
}

/** The examples of one input: one example, a batch of them, or whole rows in a typed array. */
export type InputExamples = readonly number[] | Rows;

/** The results of one call, for one output. */
export type Results = Nested | Float32Array | Float64Array;

/** Returns numbers as rows of `width`. */
export function rowsOf(values: Values, width: number): number[][] {
  const rows: number[][] = [];
  for (let start = 0; start < values.length; start += width) rows.push([...values.subarray(start, start + width)]);
  return rows;
}
