/** A network: its topology and its parameters. It predicts; a Trainer changes its parameters. */

import { checkOptions, shown, unknownName } from "../errors.ts";
import { decode, encode, type NamedTensor } from "../files/safetensors.ts";
import { type Dtype, elementBytes, type Values, valuesOf } from "../memory/kernels.ts";
import type { Arithmetic } from "../memory/module.ts";
import { type Generator, generatorOf } from "../random.ts";
import { Engine } from "./engine.ts";
import { sequential, type Value } from "./graph.ts";
import { type LayerView, layerViews, type ParameterView, parameterViews } from "./inspection.ts";
import { type LayerDescription, type Shape, sizeOf } from "./layers/layer.ts";
import { checkFinite, copyRows, countRows, type FlatRows, isFlat, partRows, type Rows, Staging } from "./rows.ts";
import { topologyFromJSON, topologyToJSON } from "./serialization.ts";

export interface NetworkOptions {
  /** Features of one example: a number, or a shape such as [28, 28, 1] (height, width, channels). */
  readonly inputs: number | Shape;
  /** What the layer functions return: `dense(8)`, … */
  readonly layers: readonly LayerDescription[];
  /** The type of all arithmetic, parameters and results. Default "float32". */
  readonly dtype?: Dtype;
  /**
   * "strict" gives the same bits on every runtime and processor. "relaxed" may use fused multiply-add in the products, which
   * is faster where runtime and processor have it (Node from 22 on, current browsers); elsewhere the network is strict. A file
   * does not keep it. Default "strict".
   */
  readonly arithmetic?: Arithmetic;
  /** Draws the first parameters, layer by layer, weight before bias, row by row. Default 0. */
  readonly seed?: number | Generator;
}

export interface PredictOptions {
  /** Whether NaN and infinities are refused. Default true. */
  readonly validate?: boolean;
}

export class Network {
  readonly dtype: Dtype;
  /** Features of one example. */
  readonly inputs: number;
  /** Numbers that the network makes of one example. */
  readonly outputs: number;
  readonly layers: readonly LayerView[];
  /** In order, layer by layer: weight [fanIn, fanOut], bias [fanOut]; y = activation(x · weight + bias). */
  readonly parameters: readonly ParameterView[];
  /** @internal */
  readonly engine: Engine;
  readonly #staging = new Staging();

  /**
   * @param options see NetworkOptions
   * @param initialize sets the first parameters; given only when they come from a file
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs
   */
  constructor(options: NetworkOptions);
  /** @internal */
  constructor(options: NetworkOptions, initialize: (engine: Engine) => void);
  constructor(options: NetworkOptions, initialize?: (engine: Engine) => void) {
    if (options === undefined) throw new TypeError("network: got no options, need inputs and layers");
    checkOptions("network", options, ["inputs", "layers", "dtype", "arithmetic", "seed"]);
    const { inputs, layers, dtype = "float32", arithmetic = "strict", seed = 0 } = options;
    if (!Object.hasOwn(elementBytes, dtype)) throw unknownName("network: dtype", dtype, Object.keys(elementBytes));
    if (arithmetic !== "strict" && arithmetic !== "relaxed") {
      throw unknownName("network: arithmetic", arithmetic, ["strict", "relaxed"]);
    }
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new TypeError(`network: got layers ${shown(layers)}, need an array of at least one layer`);
    }
    const graph = sequential(checkShape(inputs), layers);
    const generator = generatorOf(seed);
    this.engine = new Engine(graph, dtype, arithmetic);
    if (initialize) initialize(this.engine);
    else this.engine.initialize(generator);
    this.dtype = dtype;
    this.inputs = sizeOf(graph.inputs[0].shape);
    this.outputs = sizeOf(graph.outputs[0].shape);
    this.layers = layerViews(this.engine);
    this.parameters = parameterViews(this.engine);
  }

  /** Which arithmetic runs: what was asked for, or "strict" where the runtime does not have it. */
  get arithmetic(): Arithmetic {
    return this.engine.arena.arithmetic;
  }

  /** Numbers that training changes: all weights and biases. */
  get parameterCount(): number {
    return this.parameters.reduce((count, { shape }) => count + sizeOf(shape), 0);
  }

  /**
   * What the network makes of examples; it gives back what it is given.
   *
   * @param examples one example, `number[]` → `number[]`; rows, `number[][]` → `number[][]`; whole rows one after the other
   *   in a typed array → a new array of the network's dtype
   * @throws {RangeError | TypeError} if a row has not `inputs` numbers, or a number is not finite
   */
  predict(examples: readonly number[], options?: PredictOptions): number[];
  predict(examples: readonly (readonly number[] | FlatRows)[], options?: PredictOptions): number[][];
  predict(examples: FlatRows, options?: PredictOptions): Values;
  predict(examples: readonly number[] | Rows, options?: PredictOptions): number[] | number[][] | Values;
  predict(examples: readonly number[] | Rows, options: PredictOptions = {}): number[] | number[][] | Values {
    checkOptions("predict", options, ["validate"]);
    const { validate = true } = options;
    if (typeof validate !== "boolean")
      throw new TypeError(`predict: got validate ${shown(validate)}, need true or false`);
    if (isFlat(examples)) return this.#predictRows(examples, validate);
    if (!Array.isArray(examples)) {
      throw new TypeError(`predict: got ${shown(examples)}, need one example, rows of examples, or a typed array`);
    }
    if (typeof examples[0] === "number") return [...this.#predictRows([examples as number[]], validate)];
    return rowsOf(this.#predictRows(examples as Rows, validate), this.outputs);
  }

  /**
   * The input of the next `run`: a view of [rows, inputs], row-major, to be written into. Valid until the memory is laid out
   * anew: by `input` or `predict` with more rows than before, by a trainer when it is made, at its first call, at a call
   * with more rows, and at a call after another trainer's. `predict` and trainers write their examples there, too.
   *
   * @throws {RangeError} if `rows` is not a whole number from 1
   */
  input(rows: number): Values {
    const plan = this.engine.plan(checkRows("input", rows), false);
    return this.engine.valueView(plan, this.#input, rows);
  }

  /**
   * Runs forward over the first `rows` rows written into `input`.
   *
   * @throws {RangeError} if `input` has not been called for so many rows
   */
  run(rows: number): void {
    checkRows("run", rows);
    const capacity = this.engine.capacity;
    if (rows > capacity) throw new RangeError(`run: got ${rows} rows, need at most the ${capacity} given to input()`);
    this.engine.forward(this.engine.plan(rows, false), rows);
  }

  /**
   * What the last pass made of its first `rows` rows: a view of [rows, outputs], valid as that of `input`.
   *
   * @throws {RangeError} if the last pass had fewer rows
   */
  output(rows: number): Values {
    checkRows("output", rows);
    const { current, rows: ran } = this.engine;
    if (!current || rows > ran) throw new RangeError(`output: got ${rows} rows, need at most the ${ran} that were run`);
    return this.engine.valueView(current, this.#output, rows);
  }

  /** The layers with their outputs and parameters: a table, as text. */
  summary(): string {
    const rows = this.layers.map(({ name, title, outputShape, parameterCount }) => [
      name,
      title,
      `[${outputShape.join(", ")}]`,
      String(parameterCount),
    ]);
    const total = ["total", "", "", String(this.parameterCount)];
    const table = [["name", "layer", "output", "parameters"], ...rows, total];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
    const lines = table.map(([name, layer, output, count]) =>
      [name.padEnd(widths[0]), layer.padEnd(widths[1]), output.padEnd(widths[2]), count.padStart(widths[3])].join("  "),
    );
    const rule = "-".repeat(lines[0].length);
    const shape = `[${this.engine.graph.inputs[0].shape.join(", ")}]`;
    const head = `inputs ${shape}, outputs ${this.outputs}, ${this.dtype}`;
    return [head, rule, lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join("\n");
  }

  /**
   * A safetensors file of the parameters, with the topology in its metadata.
   *
   * @throws {RangeError} if a parameter is not finite, as after a training that diverged
   */
  toBytes(): Uint8Array {
    const tensors = this.parameters.map(({ name, shape, values }) => ({ name, shape, values }));
    for (const { name, values } of tensors) {
      const index = values.findIndex((value) => !Number.isFinite(value));
      if (index >= 0) throw new RangeError(`toBytes: got ${values[index]} in ${name} at ${index}, need finite numbers`);
    }
    return encode(tensors, { format: "simdnet", network: JSON.stringify(topologyToJSON(this.engine)) });
  }

  /**
   * The network that `toBytes` has written.
   *
   * @throws {RangeError | TypeError} if the bytes are not such a file; the message says what is wrong with them
   */
  static fromBytes(bytes: Uint8Array): Network {
    const { tensors, metadata } = decode(bytes);
    const options = topologyFromJSON(metadata.network);
    const values = checkTensors(options, tensors);
    return new Network(options, (engine) => {
      for (const parameter of engine.graph.parameters) {
        engine.parameterView(parameter).set(values.get(parameter.fullName)!);
      }
    });
  }

  get #input(): Value {
    return this.engine.graph.inputs[0];
  }

  get #output(): Value {
    return this.engine.graph.outputs[0];
  }

  /** Any number of rows, some at a time. A row's result does not depend on the rows it is run with. */
  #predictRows(examples: Rows, validate: boolean): Values {
    const { engine, inputs, outputs } = this;
    const rows = countRows("predict", examples, inputs);
    const owned = isFlat(examples) && engine.arena.owns(examples) ? examples.slice() : examples;
    // What becomes of flat numbers in the network's dtype is known before: only doubles can be too large for float32.
    const isExact = isFlat(owned) && !(this.dtype === "float32" && owned instanceof Float64Array);
    const stage = (from: number): FlatRows => {
      const count = Math.min(partRows, rows - from);
      if (isExact) return count === rows ? owned : owned.subarray(from * inputs, (from + count) * inputs);
      const staged = this.#staging.take(this.dtype, count * inputs);
      copyRows("predict", owned, staged, { from, count, width: inputs, validate });
      return staged;
    };
    // All rows are checked before any is run, so that bad ones change nothing.
    if (isExact && validate) checkFinite("predict", owned, 0, rows, inputs);
    for (let from = isExact || rows <= partRows ? rows : 0; from < rows; from += partRows) stage(from);
    const results = valuesOf(this.dtype, rows * outputs);
    for (let from = 0; from < rows; from += partRows) {
      const staged = stage(from);
      const count = staged.length / inputs;
      const plan = engine.plan(count, false);
      engine.valueView(plan, this.#input, count).set(staged);
      engine.forward(plan, count);
      results.set(engine.valueView(plan, this.#output, count), from * outputs);
    }
    return results;
  }
}

/** The shape that `inputs` says: a number is a row of so many features. */
function checkShape(inputs: number | Shape): Shape {
  // A copy, as the plans of the future are made from it.
  const shape = Array.isArray(inputs) ? [...inputs] : [inputs as number];
  const isSide = (side: unknown) => Number.isInteger(side) && (side as number) >= 1;
  if (shape.length === 0 || !shape.every(isSide) || sizeOf(shape) >= 2 ** 31) {
    const got = Array.isArray(inputs) ? `[${inputs.map(shown).join(", ")}]` : shown(inputs);
    throw new RangeError(`network: got inputs ${got}, need a number of features from 1, or a shape of such numbers`);
  }
  return shape;
}

function checkRows(who: string, rows: number): number {
  if (!Number.isInteger(rows) || rows < 1) throw new RangeError(`${who}: got ${shown(rows)} rows, need 1 or more`);
  return rows;
}

/**
 * Refuses a file whose tensors are not exactly the parameters of the network it describes, and finite.
 *
 * @returns the values of each parameter, by its full name
 */
function checkTensors(options: NetworkOptions, tensors: readonly NamedTensor[]): Map<string, Values> {
  const { inputs, layers, dtype } = options;
  const parameters = sequential(checkShape(inputs), layers).parameters;
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const values = new Map<string, Values>();
  for (const { fullName, shape } of parameters) {
    const tensor = byName.get(fullName);
    const need = `${dtype} [${shape.join(", ")}]`;
    if (!tensor) throw new RangeError(`fromBytes: got a file without ${fullName}, need it as ${need}`);
    const got = `${tensor.values instanceof Float32Array ? "float32" : "float64"} [${tensor.shape.join(", ")}]`;
    if (got !== need) throw new RangeError(`fromBytes: got ${fullName} as ${got}, need ${need}`);
    const index = tensor.values.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) {
      throw new RangeError(`fromBytes: got ${tensor.values[index]} in ${fullName} at ${index}, need finite numbers`);
    }
    values.set(fullName, tensor.values);
  }
  const stranger = tensors.find(({ name }) => !values.has(name));
  if (stranger) throw new RangeError(`fromBytes: got a tensor ${shown(stranger.name)}, which no layer has`);
  return values;
}

function rowsOf(values: Values, width: number): number[][] {
  const rows: number[][] = [];
  for (let start = 0; start < values.length; start += width) rows.push([...values.subarray(start, start + width)]);
  return rows;
}
