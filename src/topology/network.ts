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
import { isForPyTorch, type SaveOptions, tensorsForPyTorch } from "./saving.ts";
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
   * "strict" gives the same bits on every runtime and processor. "relaxed" may use fused multiply-add in the products, which is faster
   * where runtime and processor support it (Node from 22 on, current browsers). Elsewhere, and in the entry for edge runtimes, the network
   * is strict. A trainer's file keeps this option, a network's file does not. Default "strict".
   */
  readonly arithmetic?: Arithmetic | undefined;
  /** The seed or generator of the first parameters, layer by layer, weight before bias, row by row. Default 0. */
  readonly seed?: number | RandomGenerator | undefined;
}

/** A network that is a list of layers. */
export interface ListNetworkOptions<Type extends Dtype = Dtype> extends CommonNetworkOptions<Type> {
  /** The features of one example: a number, or a shape such as [28, 28, 1] (height, width, channels). */
  readonly inputs: number | Shape;
  /** True if examples may have fewer steps than the first side of `inputs`, but at least one, or a window's. Default false. */
  readonly variableLength?: boolean | undefined;
  /** The layers, as the layer functions return them: `dense(8)`, …; needed with such `inputs`. */
  readonly layers: readonly LayerDescription[];
}

/**
 * A network that consists of everything between its inputs and its outputs. `input` makes a value, and a layer called on values makes the
 * next one.
 */
export interface GraphNetworkOptions<Type extends Dtype = Dtype> extends CommonNetworkOptions<Type> {
  /** A value from `input`, or an array of several. */
  readonly inputs: Value | readonly Value[];
  /** A value that a layer made, or an array of several; needed with such `inputs`. */
  readonly outputs: Value | readonly Value[];
}

export type NetworkOptions<Type extends Dtype = Dtype> = ListNetworkOptions<Type> | GraphNetworkOptions<Type>;

export interface PredictOptions {
  /** If true, NaN and infinities are refused. Default true. */
  readonly validate?: boolean | undefined;
  /**
   * The number of steps of each row, if an input with `variableLength: true` is given as a typed array. For several inputs, an array for
   * each. Default all steps.
   */
  readonly lengths?: LengthsOption | undefined;
}

/** The source of a network: its graph, and its values. */
interface Content {
  /** Default that of the options. */
  readonly graph?: Graph;
  /** Sets the parameters and, from a file, the statistics. */
  readonly fill: (engine: Engine) => void;
}

/** Returns what fills a network that is not from a file: its parameters are drawn. */
function drawParameters(graph: Graph, dtype: Dtype, seed: number | RandomGenerator): Content["fill"] {
  for (const { fullName, shape, initializer } of graph.parameters) {
    checkInitializer(fullName, initializer, sizeOf(shape), dtype);
  }
  const generator = generatorOf(seed);
  return (engine) => engine.initialize(generator);
}

/** Tells whether `predict` refuses numbers that are not finite. */
function isValidating(options: PredictOptions): boolean {
  checkOptions("predict", options, ["validate", "lengths"]);
  const { validate = true } = options;
  if (typeof validate === "boolean") return validate;
  throw new TypeError(`predict: got validate ${shown(validate)}, need true or false`);
}

/** A network. `Network` without a dtype is a network of any dtype. construction.ts has the type of its constructor. */
export class Network<Type extends Dtype = Dtype> {
  /** The type of all its numbers. */
  readonly dtype: Type;
  /** The number of features of one example; for several inputs, of all together. */
  readonly inputs: number;
  /** The number of outputs for one example; for several outputs, of all together. */
  readonly outputs: number;
  /** @internal */
  declare readonly engine: Engine;
  readonly #predictor: Predictor;
  #layers: readonly LayerView<Type>[] | undefined;
  #parameters: readonly ParameterView<Type>[] | undefined;
  #statistics: readonly StatisticView<Type>[] | undefined;

  /** The name for consoles and stack traces, because a bundle renames the class. */
  static get name(): string {
    return "Network";
  }

  /**
   * @param options see NetworkOptions
   * @param content what fills the parameters instead of the seed, and may replace inputs and layers, if they are known
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message names it and its need
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
    const graph = content?.graph ?? ("outputs" in options ? graphOf(options) : listOf(options as ListNetworkOptions));
    const fill = content?.fill ?? drawParameters(graph, dtype, seed);
    checkLayerRanges(graph, dtype, content !== undefined);
    // Not enumerable, as what is private is not shown, compared or copied.
    Object.defineProperty(this, "engine", { value: new Engine(graph, dtype, arithmetic) });
    fill(this.engine);
    this.dtype = dtype;
    this.inputs = sizesOf(graph.inputs);
    this.outputs = sizesOf(graph.outputs);
    this.#predictor = new Predictor(this.engine);
  }

  /** The arithmetic of the products: the requested one, or "strict" if the runtime does not support it. */
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

  /** The tensors that training changes without a gradient: the running mean and variance of batchNorm. */
  get statistics(): readonly StatisticView<Type>[] {
    this.#statistics ??= statisticViews(this.engine) as StatisticView<Type>[];
    return this.#statistics;
  }

  /** The number of values that training changes: all weights and biases. */
  get parameterCount(): number {
    return sizesOf(this.parameters);
  }

  /**
   * Returns the outputs for examples, in the form of the examples.
   *
   * @param examples Several forms are possible. One flat example (`number[]`, row-major) gives a flat result. Flat rows, `number[][]`, give
   * flat rows. One example or a batch, nested by the input's shape, gives results nested by the output's shape. Whole rows one after the
   * other in a typed array give a new array of the network's dtype. If data may be flat rows or one example of [1, n], they are rows. A
   * network of several inputs takes an array with the examples of each; one of several outputs returns an array with the results of each.
   * `Answer` is the type where TypeScript cannot know the form: one example of the shape [4, 3] is a `number[][]`, and so are flat rows.
   * @throws {RangeError | TypeError} if an example does not have the shape of the input, or if a number is not finite
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
   * Returns the input of the next `run`: a writable view of [rows, inputs], row-major. It is valid until the memory is laid out anew. This
   * happens in `input` or `predict` with more rows than before; and in a trainer when it is made, at its first call, at a call with more
   * rows, and at a call after another trainer's. `predict` and trainers write their examples there, too.
   *
   * @param index the input's index; default 0
   * @throws {RangeError} if `rows` is not a whole number from 1, or if there is no such input
   */
  input(rows: number, index = 0): Values<Type> {
    checkArguments("input", arguments.length, 2);
    const plan = this.engine.plan(checkRows("input", rows));
    const value = valueAt("input", this.engine.graph.inputs, index);
    return this.engine.arena.view(plan.valueAddress(value), rows * sizeOf(value.shape)) as Values<Type>;
  }

  /**
   * Runs forward over the first `rows` rows written into `input`. For inputs with `variableLength: true` it moves the steps together, so
   * they must be written again before the next run.
   *
   * @param options `lengths`: the number of steps of each row of such an input, as in `predict`; default all
   * @throws {RangeError | TypeError} if `input` has not been called for that many rows, or if the lengths do not fit
   */
  run(rows: number, options?: Pick<PredictOptions, "lengths">): void {
    checkArguments("run", arguments.length, 2);
    checkRows("run", rows);
    // There is no default object: a run allocates nothing.
    if (options !== undefined) checkOptions("run", options, ["lengths"]);
    const { capacity } = this.engine;
    if (rows > capacity)
      throw new RangeError(`run: got ${plural(rows, "row")}, need at most the ${capacity} given to input()`);
    const plan = this.engine.plan(rows);
    const lengths = options?.lengths;
    if (plan.isRagged || lengths !== undefined) setLengths(this.engine, plan, rows, lengths);
    this.engine.forward(plan.forward, rows);
  }

  /**
   * Returns the outputs of the first `rows` rows of the last pass: a view of [rows, outputs], valid as long as that of `input`. Sequences
   * of different lengths are there one after the other.
   *
   * @param index the output's index; default 0
   * @throws {RangeError} if the last pass had fewer rows, or if there is no such output
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

  /** Returns a table of the layers with their outputs and parameters, as text. */
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
   * Returns a part of the network as a network of its own: `part({ outputs: "dense2" })` is everything up to a layer, `part({ inputs:
   * "dense2" })` everything after it. Parameters and statistics are copies. Layers keep their names and their training options.
   *
   * @param options `inputs`, `outputs`: values from `input` and layers, or names of layers, which mean their outputs; one or an array.
   * Default the network's own. A layer that is used several times has no single value, so it cannot be named.
   * @throws {RangeError | TypeError} if a value is not in the network, if an output needs more than the inputs, or if no output needs an
   * input
   */
  part(options: PartOptions = {}): Network<Type> {
    checkArguments("part", arguments.length, 1);
    return this.#with(partOf(this.engine.graph, options));
  }

  /**
   * Returns the same network for inputs of another shape, with copies of parameters and statistics. Every layer must allow it: a dense
   * layer needs the same features, but any positions before them.
   *
   * @param shape the shape of one example, as in the options of the network; for several inputs, an array of their shapes
   * @throws {RangeError} if a layer does not take it, or would have a parameter of another shape; the message names the layer
   */
  withInputs(shape: number | Shape | readonly (number | Shape)[]): Network<Type> {
    checkArguments("withInputs", arguments.length, 1);
    return this.#with(withInputShapes(this.engine.graph, shape));
  }

  /**
   * Returns a stream: it takes a sequence step by step, and remembers what it needs of the earlier steps. It has its own memory and a copy
   * of the network's present parameters; `reset()` copies them again.
   *
   * @throws {RangeError} if the network has several inputs or outputs, or if a layer looks at later steps, needs all steps at once, or
   * makes no output at some steps
   */
  stream(): Stream<Type> {
    checkArguments("stream", arguments.length, 0);
    return new Stream(this.engine);
  }

  /**
   * Loads parameters and statistics of the same topology, saved by this library, PyTorch or Keras. Weights are converted to our layout.
   * Those after a `flatten` of an image are reordered, because PyTorch flattens its channels first. Stacked recurrent layers of PyTorch are
   * several layers here. If a layer of the file has no bias, ours becomes 0; a missing gain of a normalization becomes 1.
   *
   * @param tensors the result of `readSafetensors`
   * @param options `from`, the library that they come from; `names`, our layer for each layer of the file, by default in order
   * @throws {RangeError | TypeError} if a tensor is missing, has another shape or is not finite, or if it belongs to no layer; the message
   * names it, and nothing changes
   */
  load(tensors: readonly NamedTensor[], options: LoadOptions = {}): void {
    checkArguments("load", arguments.length, 2);
    loadTensors(this.engine, tensors, options);
  }

  /**
   * Moves parameters and statistics towards those of another network of the same topology: value += rate · (other's − value). This serves
   * target networks and averages of several trainings. Frozen layers move, too.
   *
   * @param options `rate`: how far they move, from 0 to 1; default 1, a copy
   * @throws {RangeError | TypeError} if the other network has another topology or dtype, or a value that is not finite; then nothing
   * changes
   */
  copyFrom(other: Network, options: CopyOptions = {}): void {
    checkArguments("copyFrom", arguments.length, 2);
    checkNetwork("copyFrom", other);
    moveTowards(this.engine, other.engine, options);
  }

  /** Returns a network of another graph of the same layers, with copies of their values. */
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
   * Returns a safetensors file of the parameters, with the topology in its metadata; or the state_dict of the same network in PyTorch.
   *
   * @param options `layout: "pytorch"` writes the names and layouts that PyTorch's `load_state_dict` takes; `names` has our layer for each
   * of its modules, by default of the same name
   * @throws {RangeError} if a parameter is not finite, as after a training that diverged, or if the network has more layers, uses, inputs
   * or outputs than a file may have
   * @throws {RangeError | TypeError} if an option is unknown or does not fit
   */
  toBytes(options: SaveOptions = {}): Bytes {
    checkArguments("toBytes", arguments.length, 1);
    const isForeign = isForPyTorch(options);
    const tensors = this.tensors("toBytes");
    // Other tools in Python look for this format.
    if (isForeign) return encode(tensorsForPyTorch(this.engine, options.names), { format: "pt" });
    return encode(tensors, networkMetadata(this.engine));
  }

  /**
   * Returns the network as plain data for `JSON.stringify(network)`: the same bits, except for -0, which JSON does not have.
   *
   * @throws {RangeError} as `toBytes` does
   */
  toJSON(): NetworkJSON {
    return jsonOfFile(this.tensors("toJSON"), networkMetadata(this.engine));
  }

  /**
   * Returns the network of data from `toJSON`, parsed from JSON or not.
   *
   * @throws {RangeError | TypeError} if it is not such data; the message names the fault
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
   * Returns the tensors of the network's file.
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
   * Returns the network from the bytes of `toBytes`, or of a trainer's `toBytes`.
   *
   * @throws {RangeError | TypeError} if the bytes are not such a file; the message names the fault
   */
  static fromBytes(bytes: Uint8Array | ArrayBuffer): Network {
    checkArguments("fromBytes", arguments.length, 1);
    return networkFromFile(splitFile(decode(bytes)).network);
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "Network";
  }
}

/** Returns the metadata of a network's file. */
export function networkMetadata(engine: Engine): { format: string; network: string } {
  return { format: "simdnet", network: JSON.stringify(topologyToJSON(engine)) };
}

/** Divides a file: tensors whose names begin with "trainer/" are the trainer's, all others the network's. */
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
 * @throws {RangeError | TypeError} if its tensors do not fit the topology in its metadata
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

/** Sets the lengths of sequences whose rows have all steps, and moves their steps together. */
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

/** Returns a value's shape for the summary. */
const shownSides = ({ shape, lengths }: Value) => `[${lengths ? "up to " : ""}${shape.join(", ")}]`;

function checkRows(who: string, rows: number): number {
  if (!Number.isInteger(rows) || rows < 1) throw new RangeError(`${who}: got ${shown(rows)} rows, need 1 or more`);
  return rows;
}

/**
 * Refuses a file whose tensors are not exactly the parameters and statistics of the network it describes.
 *
 * @returns the values of each tensor, by its full name
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
