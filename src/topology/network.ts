/** A network: its topology and its parameters. It predicts; a Trainer changes its parameters. */

import { checkArguments, checkNumbersIn, checkOptions, isKnown, mark, plural, shown, unknownName } from "../errors.ts";
import {
  decode,
  encode,
  type NamedTensor,
  type ReadTensor,
  type SafetensorsFile,
  shownShape,
} from "../files/safetensors.ts";
import { type Bytes, type Dtype, elementBytes, type Values } from "../kernels/dtype.ts";
import type { Arithmetic } from "../kernels/instance.ts";
import { generatorOf, type RandomGenerator } from "../random.ts";
import { type CopyOptions, moveTowards } from "./copying.ts";
import { Engine } from "./engine.ts";
import { type Graph, graphBetween, sequential } from "./graph.ts";
import { checkInitializer } from "./initializers.ts";
import {
  type LayerView,
  layerViews,
  type ParameterView,
  parameterViews,
  type StatisticView,
  statisticViews,
} from "./inspection.ts";
import { fileOfJSON, jsonOfFile, type NetworkFile, type NetworkJSON } from "./json.ts";
import { checkLayerRanges } from "./layerRanges.ts";
import type { LayerDescription } from "./layers/descriptions.ts";
import { type Shape, sizeOf, sizesOf } from "./layers/layer.ts";
import { trainerPrefix } from "./layers/options.ts";
import type { Value } from "./layers/value.ts";
import { type LoadOptions, loadTensors } from "./loading.ts";
import { type PartOptions, partOf, withInputShapes } from "./part.ts";
import type { Plan } from "./plan.ts";
import { type InputExamples, lengthsOf, Predictor, type Results } from "./prediction.ts";
import { checkLengths, type LengthsOption } from "./ragged.ts";
import type { FlatRows } from "./rows.ts";
import { topologyFromJSON, topologyToJSON } from "./serialization.ts";
import { Stream } from "./stream.ts";

/** The options of every network. */
export interface CommonNetworkOptions<Type extends Dtype = Dtype> {
  /**
   * The type of all arithmetic, parameters and results. Options of layers and trainers that would become 0 or infinite in it are refused.
   * Default "float32".
   */
  readonly dtype?: Type | undefined;
  /**
   * "strict" gives the same bits on every runtime and processor. "relaxed" may use fused multiply-add in the products, which
   * is faster where runtime and processor have it (Node from 22 on, current browsers); elsewhere, and in the entry for edge
   * runtimes, the network is strict. A network's file does not keep it, a trainer's does. Default "strict".
   */
  readonly arithmetic?: Arithmetic | undefined;
  /** Draws the first parameters, layer by layer, weight before bias, row by row. Default 0. */
  readonly seed?: number | RandomGenerator | undefined;
}

/** A network that is a list of layers. */
export interface ListNetworkOptions<Type extends Dtype = Dtype> extends CommonNetworkOptions<Type> {
  /** Features of one example: a number, or a shape such as [28, 28, 1] (height, width, channels). */
  readonly inputs: number | Shape;
  /** True if examples may have fewer steps than the first side of `inputs` says, at least 1 or a window's. Default false. */
  readonly variableLength?: boolean | undefined;
  /** The layers, as the layer functions return them: `dense(8)`, …; needed with such `inputs`. */
  readonly layers: readonly LayerDescription[];
}

/** A network that is everything between its inputs and its outputs: `input` makes a value, a layer called on values makes the next one. */
export interface GraphNetworkOptions<Type extends Dtype = Dtype> extends CommonNetworkOptions<Type> {
  /** A value that `input` made, or an array of several. */
  readonly inputs: Value | readonly Value[];
  /** A value that a layer made, or an array of several; needed with such `inputs`. */
  readonly outputs: Value | readonly Value[];
}

export type NetworkOptions<Type extends Dtype = Dtype> = ListNetworkOptions<Type> | GraphNetworkOptions<Type>;

export interface PredictOptions {
  /** True if NaN and infinities are refused. Default true. */
  readonly validate?: boolean | undefined;
  /**
   * The number of steps of each row, where an input with `variableLength: true` is given in a typed array. For several inputs, an array
   * for each. Default all steps.
   */
  readonly lengths?: LengthsOption | undefined;
}

/** The content of a network. */
interface Content {
  readonly graph: Graph;
  /** Sets the parameters and, from a file, the statistics. */
  readonly fill: (engine: Engine) => void;
}

/** Returns a network that is not from a file: its parameters are drawn. */
function drawParameters(graph: Graph, dtype: Dtype, seed: number | RandomGenerator): Content {
  for (const { fullName, shape, initializer } of graph.parameters) {
    checkInitializer(fullName, initializer, sizeOf(shape), dtype);
  }
  const generator = generatorOf(seed);
  return { graph, fill: (engine) => engine.initialize(generator) };
}

/** Returns whether `predict` refuses numbers that are not finite. */
function isValidating(options: PredictOptions): boolean {
  checkOptions("predict", options, ["validate", "lengths"]);
  const { validate = true } = options;
  if (typeof validate === "boolean") return validate;
  throw new TypeError(`predict: got validate ${shown(validate)}, need true or false`);
}

/** A network. Where its dtype does not matter, or is not known, it is a `Network`. construction.ts has the type of its constructor. */
export class Network<Type extends Dtype = Dtype> {
  /** The type of all its numbers. */
  readonly dtype: Type;
  /** Features of one example; of several inputs, all of them together. */
  readonly inputs: number;
  /** Numbers that the network makes of one example; of several outputs, all of them together. */
  readonly outputs: number;
  /** @internal */
  declare readonly engine: Engine;
  readonly #predictor: Predictor;
  #layers: readonly LayerView<Type>[] | undefined;
  #parameters: readonly ParameterView<Type>[] | undefined;
  #statistics: readonly StatisticView<Type>[] | undefined;

  /** For consoles and stack traces: a bundle gives the class another name. */
  static get name(): string {
    return "Network";
  }

  /**
   * @param options see NetworkOptions
   * @param content what it has instead of inputs, layers and seed if it comes from a file
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs
   */
  constructor(options: NetworkOptions<Type>);
  /** @internal */
  constructor(options: CommonNetworkOptions<Type>, content: Content);
  constructor(options: NetworkOptions<Type>, content?: Content) {
    mark(this, "Network");
    checkArguments("network", typeof content?.fill === "function" ? 1 : arguments.length, 1);
    if (options === undefined) throw new TypeError("network: got no options, need inputs and layers");
    checkOptions("network", options, ["inputs", "layers", "outputs", "dtype", "arithmetic", "seed", "variableLength"]);
    const { arithmetic = "strict", seed = 0 } = options;
    const dtype = options.dtype ?? ("float32" as Type);
    if (!isKnown(elementBytes, dtype)) throw unknownName("network: dtype", dtype, Object.keys(elementBytes));
    if (arithmetic !== "strict" && arithmetic !== "relaxed") {
      throw unknownName("network: arithmetic", arithmetic, ["strict", "relaxed"]);
    }
    const { graph, fill } =
      content ?? drawParameters("outputs" in options ? graphOf(options) : listOf(options), dtype, seed);
    checkLayerRanges(graph, dtype);
    // Not enumerable, as what is private is not shown, compared or copied.
    Object.defineProperty(this, "engine", { value: new Engine(graph, dtype, arithmetic) });
    fill(this.engine);
    this.dtype = dtype;
    this.inputs = sizesOf(graph.inputs);
    this.outputs = sizesOf(graph.outputs);
    this.#predictor = new Predictor(this.engine);
  }

  /** The arithmetic of the products: the one asked for, or "strict" where the runtime does not have it. */
  get arithmetic(): Arithmetic {
    return this.engine.arena.arithmetic;
  }

  /** The layers, in the order of the forward pass. */
  get layers(): readonly LayerView<Type>[] {
    this.#layers ??= layerViews(this.engine) as LayerView<Type>[];
    return this.#layers;
  }

  /** The parameters, layer by layer: weight [features, units], bias [units]; y = activation(x · weight + bias) at each position. */
  get parameters(): readonly ParameterView<Type>[] {
    this.#parameters ??= parameterViews(this.engine) as ParameterView<Type>[];
    return this.#parameters;
  }

  /** The tensors that training changes, but not by a gradient: the running mean and variance of batchNorm. */
  get statistics(): readonly StatisticView<Type>[] {
    this.#statistics ??= statisticViews(this.engine) as StatisticView<Type>[];
    return this.#statistics;
  }

  /** Numbers that training changes: all weights and biases. */
  get parameterCount(): number {
    return sizesOf(this.parameters);
  }

  /**
   * Returns the outputs for examples, in the form in which they are given.
   *
   * @param examples one example, flat (`number[]`, row-major) → flat; flat rows, `number[][]` → flat rows; one example or a batch,
   *   nested as the input's shape is → nested as the output's shape is; whole rows one after the other in a typed array → a new array
   *   of the network's dtype. Where a nesting may be read in two ways, as flat rows and as one example of [1, n], it is rows. A
   *   network of several inputs takes an array with the examples of each, one of several outputs gives an array with the results of
   *   each. `Answer` is for examples whose form TypeScript cannot know: one of the shape [4, 3] is a `number[][]`, as flat rows are.
   * @throws {RangeError | TypeError} if an example has not the shape of the input, or a number is not finite
   */
  predict(examples: readonly number[], options?: PredictOptions): number[];
  predict(examples: FlatRows, options?: PredictOptions): Values<Type>;
  predict<Answer extends Results = number[][]>(
    examples: readonly (readonly number[] | FlatRows)[],
    options?: PredictOptions,
  ): Answer;
  predict<Answer extends Results | Results[] = Results | Results[]>(
    examples: InputExamples | readonly InputExamples[],
    options?: PredictOptions,
  ): Answer;
  predict(examples: InputExamples | readonly InputExamples[], options?: PredictOptions): Results | Results[] {
    checkArguments("predict", arguments.length, 2);
    return this.#predictor.predict(examples, options === undefined || isValidating(options), options?.lengths);
  }

  /**
   * Returns the input of the next `run`: a view of [rows, inputs], row-major, to be written into. Valid until the memory is laid out
   * anew: by `input` or `predict` with more rows than before, by a trainer when it is made, at its first call, at a call
   * with more rows, and at a call after another trainer's. `predict` and trainers write their examples there, too.
   *
   * @param index which of several inputs; default 0
   * @throws {RangeError} if `rows` is not a whole number from 1, or there is no such input
   */
  input(rows: number, index = 0): Values<Type> {
    checkArguments("input", arguments.length, 2);
    const plan = this.engine.plan(checkRows("input", rows));
    const value = valueAt("input", this.engine.graph.inputs, index);
    return this.engine.arena.view(plan.valueAddress(value), rows * sizeOf(value.shape)) as Values<Type>;
  }

  /**
   * Runs forward over the first `rows` rows written into `input`. Of inputs with `variableLength: true` it moves the steps together, so
   * that they are to be written again before the next run.
   *
   * @param options `lengths`: how many steps each row of such an input has, as in `predict`; default all
   * @throws {RangeError | TypeError} if `input` has not been called for so many rows, or the lengths do not fit
   */
  run(rows: number, options?: Pick<PredictOptions, "lengths">): void {
    checkArguments("run", arguments.length, 2);
    checkRows("run", rows);
    // No default: a run allocates nothing.
    if (options !== undefined) checkOptions("run", options, ["lengths"]);
    const { capacity } = this.engine;
    if (rows > capacity)
      throw new RangeError(`run: got ${plural(rows, "row")}, need at most the ${capacity} given to input()`);
    const plan = this.engine.plan(rows);
    const lengths = options?.lengths;
    if (plan.isRagged || lengths !== undefined) setLengths(this.engine, plan, rows, lengths);
    this.engine.forward(plan, rows);
  }

  /**
   * Returns the outputs of the first `rows` rows of the last pass: a view of [rows, outputs], valid as long as that of `input`. Sequences
   * that differ in length lie there one after the other.
   *
   * @param index which of several outputs; default 0
   * @throws {RangeError} if the last pass had fewer rows, or there is no such output
   */
  output(rows: number, index = 0): Values<Type> {
    checkArguments("output", arguments.length, 2);
    checkRows("output", rows);
    const { current, rows: ran } = this.engine;
    if (!current || rows > ran)
      throw new RangeError(`output: got ${plural(rows, "row")}, need at most the ${ran} that were run`);
    const value = valueAt("output", this.engine.graph.outputs, index);
    return this.engine.valueView(current, value, rows) as Values<Type>;
  }

  /** Returns the layers with their outputs and parameters: a table, as text. */
  summary(): string {
    checkArguments("summary", arguments.length, 0);
    const rows = this.layers.map(({ name, title, outputShape, parameterCount, trainable }) => [
      name,
      parameterCount > 0 && !trainable ? `${title}, frozen` : title,
      `[${outputShape.join(", ")}]`,
      String(parameterCount),
    ]);
    const total = ["total", "", "", String(this.parameterCount)];
    const table = [["name", "layer", "output", "parameters"], ...rows, total];
    const widths = [0, 1, 2, 3].map((column) => table.reduce((width, row) => Math.max(width, row[column].length), 0));
    const lines = table.map(([name, layer, output, count]) =>
      [name.padEnd(widths[0]), layer.padEnd(widths[1]), output.padEnd(widths[2]), count.padStart(widths[3])].join("  "),
    );
    const rule = "-".repeat(lines[0].length);
    const { inputs, outputs } = this.engine.graph;
    const shapes = (values: readonly Value[]) => values.map(shownSides).join(" ");
    const head = `inputs ${shapes(inputs)}, outputs ${shapes(outputs)}, ${this.dtype}`;
    return [head, rule, lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join("\n");
  }

  /**
   * Returns a part of the network as a network of its own: `part({ outputs: "dense2" })` is all up to a layer, `part({ inputs:
   * "dense2" })` all behind it. Parameters and statistics are copies; layers keep their names and how they are trained.
   *
   * @param options `inputs`, `outputs`: values that `input` and layers returned, or names of layers, which stand for what they
   *   make; one or an array. Default the network's own. A layer that is used several times has no single value, so it cannot
   *   be named.
   * @throws {RangeError | TypeError} if one is not in the network, an output needs more than the inputs, or no output needs an input
   */
  part(options: PartOptions = {}): Network<Type> {
    checkArguments("part", arguments.length, 1);
    return this.#with(partOf(this.engine.graph, options));
  }

  /**
   * Returns the same network for inputs of another shape, with copies of parameters and statistics. Every layer must allow it:
   * a dense layer needs the same features, but takes any positions before them.
   *
   * @param shape of one example, as in the options of the network; of several inputs, an array of their shapes
   * @throws {RangeError} if a layer does not take it, or would have a parameter of another shape; the message names the layer
   */
  withInputs(shape: number | Shape | readonly (number | Shape)[]): Network<Type> {
    checkArguments("withInputs", arguments.length, 1);
    return this.#with(withInputShapes(this.engine.graph, shape));
  }

  /**
   * Returns a stream: it takes one step of a sequence after the other and keeps what it needs of those before. It has a memory of its own
   * and a copy of the parameters that the network has now; `reset()` copies them again.
   *
   * @throws {RangeError} if the network has several inputs or outputs, or a layer looks at later steps, needs all steps at once, or makes no
   *   output at some steps
   */
  stream(): Stream<Type> {
    checkArguments("stream", arguments.length, 0);
    return new Stream(this.engine);
  }

  /**
   * Loads parameters and statistics of the same topology, saved by this library, PyTorch or Keras. Weights are turned
   * to our layout; those behind a `flatten` of an image, which PyTorch flattens with its channels first, are reordered. Stacked recurrent
   * layers of PyTorch are as many layers here. Biases that a layer there does not have become 0, gains of normalizations 1.
   *
   * @param tensors as `readSafetensors` gives them
   * @param options `from`, which library made them; `names`, which of our layers each of theirs is, by default in order
   * @throws {RangeError | TypeError} if a tensor is missing, has another shape or is not finite, or one belongs to no layer; the
   *   message names it, and nothing has changed then
   */
  load(tensors: readonly NamedTensor[], options: LoadOptions = {}): void {
    checkArguments("load", arguments.length, 2);
    loadTensors(this.engine, tensors, options);
  }

  /**
   * Moves parameters and statistics towards those of another network of the same topology: value += rate · (other's − value). For target
   * networks and for averages of several trainings. Frozen layers move, too.
   *
   * @param options `rate`: how far, from 0 to 1; default 1, a copy
   * @throws {RangeError | TypeError} if the other network has another topology or dtype, or a value that is not finite; nothing has
   *   changed then
   */
  copyFrom(other: Network, options: CopyOptions = {}): void {
    checkArguments("copyFrom", arguments.length, 2);
    checkNetwork("copyFrom", other);
    moveTowards(this.engine, other.engine, options);
  }

  /** Returns a network of other uses of these layers. */
  #with(graph: Graph): Network<Type> {
    const { engine, dtype, arithmetic } = this;
    const { parameters, statistics } = engine.graph;
    const tensors = new Map([...parameters, ...statistics].map((tensor) => [tensor.fullName, tensor]));
    const fill = (copy: Engine) => {
      for (const tensor of [...graph.parameters, ...graph.statistics]) {
        copy.tensorView(tensor).set(engine.tensorView(tensors.get(tensor.fullName)!));
      }
    };
    return networkOf<Type>({ dtype, arithmetic }, { graph, fill });
  }

  /**
   * Returns a safetensors file of the parameters, with the topology in its metadata.
   *
   * @throws {RangeError} if a parameter is not finite, as after a training that diverged, or the network has more layers, uses,
   *   inputs or outputs than a file may have
   */
  toBytes(): Bytes {
    checkArguments("toBytes", arguments.length, 0);
    return encode(this.tensors("toBytes"), networkMetadata(this.engine));
  }

  /**
   * Returns the network as plain data, so that `JSON.stringify(network)` keeps it: the same bits, but for -0, which JSON does not have.
   *
   * @throws {RangeError} as `toBytes`
   */
  toJSON(): NetworkJSON {
    return jsonOfFile(this.tensors("toJSON"), networkMetadata(this.engine));
  }

  /**
   * Returns the network that `toJSON` has given, after `JSON.parse` or without.
   *
   * @throws {RangeError | TypeError} if it is no such data; the message says what is wrong with it
   */
  static fromJSON(json: NetworkJSON): Network {
    checkArguments("fromJSON", arguments.length, 1);
    const file = fileOfJSON(json);
    try {
      return networkFromFile(file);
    } catch (cause) {
      const { name, message } = cause as Error;
      const ErrorKind = name === "TypeError" ? TypeError : RangeError;
      throw new ErrorKind(message.replace(/^fromBytes/, "fromJSON"), { cause });
    }
  }

  /**
   * Returns the tensors that its file holds.
   *
   * @internal
   */
  tensors(who: string): NamedTensor[] {
    const tensors = [...this.parameters, ...this.statistics].map(({ name, shape, values }) => ({
      name,
      shape,
      values,
    }));
    for (const { name, values } of tensors) {
      const index = values.findIndex((value) => !Number.isFinite(value));
      if (index >= 0) throw new RangeError(`${who}: got ${values[index]} in ${name} at ${index}, need finite numbers`);
    }
    return tensors;
  }

  /**
   * Returns the network that `toBytes` has written, or the one of the trainer whose `toBytes` has.
   *
   * @throws {RangeError | TypeError} if the bytes are not such a file; the message says what is wrong with them
   */
  static fromBytes(bytes: Uint8Array | ArrayBuffer): Network {
    checkArguments("fromBytes", arguments.length, 1);
    return networkFromFile(splitFile(decode(bytes)).network);
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Network";
  }
}

/** Returns the metadata of a network's file. */
export function networkMetadata(engine: Engine): { format: string; network: string } {
  return { format: "simdnet", network: JSON.stringify(topologyToJSON(engine)) };
}

/** Returns a file with its tensors divided: a trainer's begin with "trainer/", if the file has one; all others are the network's. */
export function splitFile({ tensors, metadata }: SafetensorsFile): {
  network: SafetensorsFile;
  trainer: ReadTensor[];
} {
  if (metadata.trainer === undefined) return { network: { tensors, metadata }, trainer: [] };
  const isTrainers = ({ name }: NamedTensor) => name.startsWith(trainerPrefix);
  return {
    network: { tensors: tensors.filter((tensor) => !isTrainers(tensor)), metadata },
    trainer: tensors.filter(isTrainers),
  };
}

// A class that names itself stays in every bundle, whatever that imports: this function names it.
const networkOf = <Type extends Dtype>(...given: ConstructorParameters<typeof Network<Type>>) =>
  new Network<Type>(...given);

/** @throws {TypeError} if it is no network */
export function checkNetwork(who: string, network: unknown): asserts network is Network {
  if (network instanceof Network) return;
  const how = Object(network).kind === "network" ? ": Network.fromJSON makes one of what toJSON gave" : "";
  throw new TypeError(`${who}: got ${shown(network)}, need a Network${how}`);
}

/**
 * Returns the network of a file.
 *
 * @throws {RangeError | TypeError} if its tensors are not those of the topology in its metadata
 */
export function networkFromFile({ tensors, metadata }: NetworkFile, arithmetic?: Arithmetic): Network {
  const weightCount = tensors.reduce((count, { values }) => count + values.length, 0);
  const { dtype, graph } = topologyFromJSON(metadata.network, weightCount);
  const values = checkTensors(graph, dtype, tensors);
  const fill = (engine: Engine) => {
    for (const tensor of [...graph.parameters, ...graph.statistics]) {
      const given = values.get(tensor.fullName)!;
      engine.tensorView(tensor).set(given);
      const index = engine.firstNonFinite(tensor);
      const got = given[index];
      if (got === undefined) continue;
      throw new RangeError(`fromBytes: got ${got} in ${tensor.fullName} at ${index}, need finite numbers`);
    }
  };
  return new Network({ dtype, ...(arithmetic && { arithmetic }) }, { graph, fill });
}

function listOf({ inputs, layers, variableLength }: ListNetworkOptions): Graph {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new TypeError(`network: got layers ${shown(layers)}, need an array of at least one layer`);
  }
  return sequential(inputs, layers, variableLength);
}

function graphOf(options: GraphNetworkOptions): Graph {
  if ("layers" in options) throw new RangeError("network: got layers and outputs, need one of them");
  if ("variableLength" in options)
    throw new RangeError("network: got variableLength and outputs, need it given to input()");
  return graphBetween([options.inputs].flat(), [options.outputs].flat());
}

function valueAt(who: string, values: readonly Value[], index: number): Value {
  if (values[index]) return values[index];
  throw new RangeError(`${who}: got index ${shown(index)}, need a whole number from 0 to ${values.length - 1}`);
}

/** Says how long the sequences are whose rows of all steps have been written, and moves their steps together. */
function setLengths(engine: Engine, plan: Plan, rows: number, given: LengthsOption | undefined): void {
  const { inputs } = engine.graph;
  const each = lengthsOf("run", given, inputs.length);
  const lengths = inputs.map((input, index) => {
    if (input.lengths) return checkLengths("run", each[index], rows, input.shape[0], engine.graph.leastSteps(input));
    if (each[index] === undefined) return undefined;
    throw new RangeError("run: got lengths, need them for an input with variableLength: true only");
  });
  inputs.forEach((input, index) => {
    const steps = lengths[index];
    if (!steps) return;
    const sequences = plan.sequencesOf(input)!;
    sequences.set(steps);
    const size = sizeOf(input.shape);
    const values = engine.arena.view(plan.valueAddress(input), rows * size);
    const stepSize = size / input.shape[0];
    steps.forEach((count, row) => {
      values.copyWithin(sequences.first(row) * stepSize, row * size, row * size + count * stepSize);
    });
  });
}

/** Returns a value's shape as the summary shows it. */
const shownSides = ({ shape, lengths }: Value) => `[${lengths ? "up to " : ""}${shape.join(", ")}]`;

function checkRows(who: string, rows: number): number {
  if (!Number.isInteger(rows) || rows < 1) throw new RangeError(`${who}: got ${shown(rows)} rows, need 1 or more`);
  return rows;
}

/**
 * Refuses a file whose tensors are not exactly the parameters and statistics of the network it describes.
 *
 * @returns the values of each, by its full name
 */
function checkTensors(
  { parameters, statistics }: Graph,
  dtype: Dtype,
  tensors: readonly ReadTensor[],
): Map<string, Values> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const values = new Map<string, Values>();
  for (const { fullName, shape } of [...parameters, ...statistics]) {
    const tensor = byName.get(fullName);
    const need = `${dtype} [${shape.join(", ")}]`;
    if (!tensor) throw new RangeError(`fromBytes: got no ${fullName}, need it as ${need}`);
    const type = tensor.values instanceof Float32Array ? "float32" : "float64";
    const got = `${type} ${shownShape(tensor.shape)}`;
    if (type !== dtype || tensor.shape.join() !== shape.join())
      throw new RangeError(`fromBytes: got ${fullName} as ${got}, need ${need}`);
    values.set(fullName, tensor.values);
  }
  for (const { fullName, minimum } of statistics) {
    checkNumbersIn(`fromBytes: ${fullName}`, values.get(fullName)!, { least: minimum });
  }
  if (tensors.length === values.size) return values;
  const unknown = tensors.find(({ name }) => !values.has(name))!;
  throw new RangeError(
    `fromBytes: got a tensor ${shown(unknown.name)}, which no layer has, need those of its layers alone`,
  );
}
