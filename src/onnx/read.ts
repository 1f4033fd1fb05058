/** Makes a network of an ONNX file. */

import { checkArguments, checkInteger, checkOptions, isKnown, shown, unknownName } from "../errors.ts";
import { type Dtype, input, type Network } from "../index.ts";
import { distinct, networkOf } from "./build.ts";
import { Budget, Constant, sizeOf } from "./constants.ts";
import { constantIn, fold } from "./folds.ts";
import { elementwise, handlers, readingChannelsFirst, readingShapes, readingStepsFirst } from "./handlers.ts";
import { type Axis, arranged, batch, type Data } from "./layout.ts";
import { Lengths, type Surroundings, sequencesOf } from "./lengths.ts";
import { Operator } from "./nodes.ts";
import { settled, withScores } from "./operators/attention.ts";
import { withLengths } from "./operators/lengths.ts";
import { simplified } from "./patterns.ts";
import { decodeModel, type Model } from "./protobuf.ts";
import { type Entry, type Item, isData, Reader } from "./reader.ts";
import { MixedBatch, named, refuse, refuseMixed } from "./refusals.ts";
import {
  type DimensionProto,
  type GraphProto,
  type NodeProto,
  ownProducer,
  pipelineName,
  typeCodes,
  type ValueProto,
} from "./schema.ts";
import { bytesOf, checkDims, type ExternalFile, elementTypeOf, mostSides, readTensor } from "./tensors.ts";

/** The numbers of a graph input that is a constant. */
export interface OnnxConstant {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface FromOnnxOptions<Type extends Dtype = Dtype> {
  /** The type of the network. Default "float64" if inputs or weights are double, else "float32". */
  readonly dtype?: Type | undefined;
  /** The graph inputs that are weights, by their names. Default none. */
  readonly constants?: Readonly<Record<string, OnnxConstant>> | undefined;
  /** The values that the network computes, by their names. Default the graph's outputs. */
  readonly outputs?: readonly string[] | undefined;
  /** The sizes of sides that the file only names, such as { steps: 100 }, besides the batch. Default none. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /**
   * The most numbers that the graph may make of its constants, beside four for each number in the file's weights. So a file of a few bytes
   * cannot ask for gigabytes. Default 2²².
   */
  readonly limit?: number | undefined;
  /**
   * Returns the bytes of another file that holds weights, by the name that the ONNX file has for it. It is called once for each name, however
   * many weights are in that file. Default there is none.
   */
  readonly externalFile?: ((name: string) => Uint8Array | ArrayBuffer) | undefined;
}

const doubleCode = typeCodes.float64;

/** The versions of ONNX's operators that are known. */
const [leastVersion, mostVersion] = [1, 25];
/** The most nodes, and the most names that nodes read. */
const [mostNodes, mostReads] = [2 ** 16, 2 ** 18];

/** A value of the network as the graph has it. */
export interface Port {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
}

/** A network with its inputs and outputs as the graph has them. */
export interface ReadModel {
  readonly network: Network;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * Returns the network of an ONNX file: of versions 1 to 25 of ONNX's operators. It predicts and can be trained.
 *
 * Images and sequences that ONNX has with their channels first are [height, width, channels] and [steps, channels] here, as inputs and as
 * outputs; sequences that it has with their steps before the batch are [steps, features]. Inputs that no output needs are left out. If a
 * graph of fixed sizes mixes the examples of its batch, all of an input is one example.
 *
 * @throws {RangeError | TypeError} if the bytes are not such a file, or have an operator without a counterpart; the message names the
 * operator and the node
 */
export function fromOnnx<Type extends Dtype = Dtype>(
  bytes: Uint8Array | ArrayBuffer,
  options: FromOnnxOptions<Type> = {},
): Network<Type> {
  checkArguments("fromOnnx", arguments.length, 2);
  return readModel(bytes, options).network as Network<Type>;
}

/** Does the same, and tells how the graph has the inputs and outputs. */
export function readModel(bytes: Uint8Array | ArrayBuffer, options: FromOnnxOptions = {}): ReadModel {
  checkOptions("fromOnnx", options, ["dtype", "constants", "outputs", "sizes", "limit", "externalFile"]);
  const model = decodeModel("fromOnnx", bytesOf("fromOnnx", bytes));
  try {
    return named("fromOnnx", () => readBatched(new GraphSource(model, options)));
  } catch (error) {
    throw error instanceof RangeError ? refusal(error, model) : error;
  }
}

/** Returns a graph's network with the batch apart, or, if that cannot be and all sides are known, as one example. */
function readBatched(source: GraphSource): ReadModel {
  try {
    return source.read(true);
  } catch (error) {
    if (!(error instanceof MixedBatch) || !source.isFixed) throw error;
  }
  return source.read(false);
}

/** Returns the error for the user. A pipeline's file has operators that no network has, whichever of them is met first. */
function refusal({ message }: RangeError, { producer, graph }: Model): RangeError {
  if (producer !== ownProducer || graph.name !== pipelineName) return new RangeError(message);
  const need = "its network alone, as toOnnx(pipeline.network) or simdnet export without --records writes it";
  return new RangeError(`fromOnnx: got a whole pipeline with its preprocessing, need ${need} (${message})`);
}

/** An input of the graph that is one of the network. */
interface InputSource {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly DimensionProto[];
}

/** A graph that has been checked, from which a network is made. */
class GraphSource {
  readonly #nodes: readonly Operator[];
  readonly #constants = new Map<string, Constant>();
  readonly #inputs: readonly InputSource[];
  readonly #outputs: readonly string[];
  readonly #options: FromOnnxOptions;
  /** Returns the bytes of another file, which it reads once. */
  readonly #externalFile: ExternalFile | undefined;
  /** The nodes that read a name. */
  readonly #readers = new Map<string, Operator[]>();
  /** The number of uses of each name, by nodes that are needed and as an output. */
  readonly #counts = new Map<string, number>();
  #weights = 0;
  /** True if a weight is of doubles. */
  #hasDoubles = false;

  constructor(model: Model, options: FromOnnxOptions) {
    this.#options = options;
    this.#externalFile = onceForEach(options.externalFile);
    const version = versionOf(model);
    const { graph } = model;
    if (model.functions?.length) refuse("a file with functions of its own", "none");
    if (graph.sparse?.length) refuse("sparse tensors", "dense ones");
    const nodes = graph.nodes ?? [];
    const reads = nodes.reduce((sum, { inputs = [], outputs = [] }) => sum + inputs.length + outputs.length, 0);
    if (nodes.length > mostNodes || reads > mostReads) {
      refuse(`${nodes.length} nodes that read and make ${reads} values`, `at most ${mostNodes} and ${mostReads}`);
    }
    this.#readConstants(graph);
    this.#outputs = this.#chosenOutputs(graph);
    this.#nodes = this.#needed(this.#simplified(nodes.map((node) => fileNode(node, version))));
    for (const node of this.#nodes) checkDomain(node);
    this.#inputs = (graph.inputs ?? [])
      .filter(({ name = "" }) => !this.#constants.has(name) && this.#counts.has(name))
      .map((value) => named(inputName(value), () => inputSource(value)));
    if (this.#inputs.length === 0) refuse("no input that an output needs", "one");
  }

  /** True if the file gives the size of every side of its inputs. */
  get isFixed(): boolean {
    return this.#inputs.every(({ dims }) => dims.every((_, axis) => this.#sideOf(dims, axis) !== undefined));
  }

  #readConstants({ initializers = [], inputs = [] }: GraphProto): void {
    const externalFile = this.#externalFile;
    for (const tensor of initializers) {
      const { name = "" } = tensor;
      if (this.#constants.has(name)) refuse(`two tensors ${shown(name)}`, "one");
      const read = named(`fromOnnx, tensor ${shown(name)}`, () => readTensor(tensor, externalFile));
      this.#constants.set(name, new Constant(read.dims, read));
      this.#weights += read.values.length;
      if (tensor.type === doubleCode && read.values.length > 1) this.#hasDoubles = true;
    }
    const given = Object.entries(this.#options.constants ?? {});
    for (const [name, constant] of given) {
      const value = inputs.find((each) => each.name === name);
      const names = inputs.map((each) => each.name ?? "").filter((each) => !this.#constants.has(each));
      if (!value || this.#constants.has(name)) throw unknownName("fromOnnx: constants", name, names);
      const { shape, values } = Object(constant) as OnnxConstant;
      const who = `fromOnnx: constants, ${shown(name)}`;
      if (!Array.isArray(shape)) throw new TypeError(`${who}: got shape ${shown(shape)}, need an array of numbers`);
      const isInteger = named(who, () => {
        const count = sizeOf(checkDims(shape));
        if (Object(values).length === count) return elementTypeOf(value.type?.tensor?.type).isInteger;
        return refuse(`${shown(Object(values).length)} values`, `${count}, as its shape says`);
      });
      const numbers = values instanceof Float32Array ? values : Float64Array.from(values);
      this.#constants.set(name, new Constant([...shape], { values: numbers, isInteger }));
      this.#weights += values.length;
    }
  }

  #chosenOutputs({ outputs = [], nodes = [] }: GraphProto): readonly string[] {
    const own = outputs.map(({ name = "" }) => name);
    const { outputs: chosen = own } = this.#options;
    if (!Array.isArray(chosen) || chosen.length === 0) {
      throw new TypeError(`fromOnnx: got outputs ${shown(chosen)}, need an array of at least one name`);
    }
    const made = new Set([...own, ...nodes.flatMap((node) => node.outputs ?? [])]);
    const unknown = chosen.find((name) => !made.has(name));
    if (unknown !== undefined) throw unknownName("fromOnnx: outputs", unknown, [...made]);
    return chosen;
  }

  /** Returns the nodes with patterns replaced by one node each. */
  #simplified(nodes: readonly Operator[]): readonly Operator[] {
    const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    const known = new Map<string, Constant | undefined>(this.#constants);
    const constantOf = (name: string): Constant | undefined => {
      if (!known.has(name)) {
        const maker = makers.get(name);
        // Exporters write equal tensors once, with Identity nodes behind them.
        known.set(name, undefined);
        if (maker?.name === "Constant") {
          known.set(
            name,
            named(maker.who, () => constantIn(maker, this.#externalFile)),
          );
        }
        if (maker?.name === "Identity") known.set(name, known.get(maker.inputs[0]));
      }
      return known.get(name);
    };
    return nodes.map((node) => simplified(node, { makerOf: (name) => makers.get(name), constantOf }));
  }

  /** Returns the nodes that the outputs need, in order. Counts how often they read each name. */
  #needed(nodes: readonly Operator[]): readonly Operator[] {
    const count = (name: string) => this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    for (const name of this.#outputs) count(name);
    const needed: Operator[] = [];
    for (const node of nodes.toReversed()) {
      if (!node.outputs.some((name) => name !== "" && this.#counts.has(name))) continue;
      needed.push(node);
      for (const name of node.inputs) {
        if (name === "") continue;
        count(name);
        const readers = this.#readers.get(name);
        if (readers) readers.push(node);
        else this.#readers.set(name, [node]);
      }
    }
    return needed.reverse();
  }

  /** Returns the size of a side of an input; undefined if the file does not say it. */
  #sideOf(dims: readonly DimensionProto[], axis: number): number | undefined {
    const { value, parameter } = dims[axis];
    if (value !== undefined && value > 0) return value;
    const { sizes = {} } = this.#options;
    return parameter !== undefined && isKnown(sizes, parameter) ? sizes[parameter] : undefined;
  }

  /** @param isBatched whether one axis of each input has the examples of a batch; otherwise all of an input is one example */
  read(isBatched: boolean): ReadModel {
    const { dtype, limit = 2 ** 22 } = this.#options;
    checkInteger("fromOnnx: limit", limit, 0, 2 ** 31 - 1);
    for (const [name, size] of Object.entries(this.#options.sizes ?? {})) {
      checkInteger(`fromOnnx: sizes, ${shown(name)}`, size, 1, 2 ** 31 - 1);
    }
    const lengthNames = isBatched ? this.#lengthInputs() : new Map<string, string>();
    const items = new Map<string, Entry>(this.#constants);
    const sources = this.#inputs.filter(({ name }) => !lengthNames.has(name));
    const variable = new Set(lengthNames.values());
    const ports = sources.map((source) => {
      return { source, data: named(inputName(source), () => this.#inputData(source, isBatched, variable)) };
    });
    const inputs = ports.reduce(
      (sum, { data }) => sum + data.value.shape.reduce((product, side) => product * side, 1),
      0,
    );
    for (const { source, data } of ports) items.set(source.name, data);
    for (const [name, sequences] of lengthNames) {
      const port = ports.find(({ source }) => source.name === sequences)!;
      items.set(
        name,
        new Lengths({ origin: port.data.value.lengths!, shift: 0, stride: 1, form: "numbers", axes: ["batch"] }),
      );
    }
    const examples = isBatched ? this.#examples(ports) : undefined;
    const budget = new Budget(limit + 4 * this.#weights);
    const isDouble = this.#hasDoubles || sources.some(({ type }) => type === doubleCode);
    const sizes = { weights: this.#weights, inputs, dtype: dtype ?? (isDouble ? "float64" : "float32") };
    const reader = new Reader(budget, examples, this.#counts, this.#readers, sizes, this.#externalFile);
    for (const node of this.#nodes) named(node.who, () => this.#walk(node, items, reader));
    const outputs = this.#outputs.map((name) => ({ name, data: this.#outputData(name, items, reader) }));
    const network = networkOf(
      ports.map(({ data }) => data.value),
      distinct(
        outputs.map(({ data }) => data.value),
        ports.map(({ data }) => data.value),
        reader,
      ),
      reader.dtype,
      reader,
    );
    const portOf = (name: string, { axes, value }: Data): Port => ({ name, axes, shape: value.shape });
    return {
      network,
      inputs: ports.map(({ source, data }) => portOf(source.name, data)),
      outputs: outputs.map(({ name, data }) => portOf(name, data)),
    };
  }

  /** Returns the inputs that only give the lengths of sequences, each with the input that has the sequences. */
  #lengthInputs(): Map<string, string> {
    const makers = new Map(this.#nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    const names = new Set(this.#inputs.map(({ name }) => name));
    const around: Surroundings = {
      readersOf: (name) => this.#readers.get(name) ?? [],
      makerOf: (name) => makers.get(name),
      isConstant: (name) => this.#constants.has(name) || makers.get(name)?.name === "Constant",
      isInput: (name) => names.has(name),
    };
    const found = new Map<string, string>();
    for (const { name, type, dims } of this.#inputs) {
      if (dims.length > 1 || !elementTypeOf(type).isInteger || this.#outputs.includes(name)) continue;
      const origin = sequencesOf(name, around);
      if (origin !== undefined && origin !== name) found.set(name, origin);
    }
    return found;
  }

  /** Returns how the first operators that care read an input: its channels or its steps first, or as it is. */
  #reading(name: string): "channels" | "steps" | undefined {
    const seen = new Set([name]);
    // The set grows during the loop.
    for (const at of seen) {
      for (const node of this.#readers.get(at) ?? []) {
        // The sequences, or the states before the first step.
        const isSequence = [0, 5, 6].some((index) => node.inputs[index] === at);
        if (readingStepsFirst.has(node.name) && isSequence && node.int("layout", 0) === 0) return "steps";
        if (readingChannelsFirst.has(node.name) && node.inputs[0] === at) return "channels";
        if (elementwise.has(node.name) || node.name === "Where") for (const output of node.outputs) seen.add(output);
      }
    }
    return undefined;
  }

  #inputData({ name, type, dims }: InputSource, isBatched: boolean, variable: ReadonlySet<string>): Data {
    const rank = dims.length;
    const reading = this.#reading(name);
    const batchAxis = !isBatched ? -1 : reading === "steps" && rank === 3 ? 1 : 0;
    if (isBatched && rank === 0) refuseMixed("a number without a batch", "one");
    const isImage = reading === "channels" && rank >= 3 && isBatched;
    const sides = dims.flatMap((_, axis) => {
      if (axis === batchAxis) return [];
      const side = this.#sideOf(dims, axis);
      if (side !== undefined) return [{ axis, side }];
      const { parameter = "", value } = dims[axis];
      const need =
        parameter === "" ? "a file that says it" : `sizes: { ${JSON.stringify(parameter)}: … } in the options`;
      return refuse(`side ${axis} of ${value === 0 ? "no places" : "unknown size"}`, need);
    });
    const ordered = isImage ? [...sides.slice(1), sides[0]] : sides;
    const shape = ordered.length > 0 ? ordered.map(({ side }) => side) : [1];
    checkDims(shape);
    const axes = dims.map((_, axis) =>
      axis === batchAxis ? [batch] : [ordered.findIndex((each) => each.axis === axis)],
    );
    const value = input(shape, variable.has(name) ? { variableLength: true } : {});
    const { isInteger } = elementTypeOf(type);
    return { value, axes, isImage, isInteger };
  }

  /** Returns the number of examples that the inputs are fixed to; undefined if they take any. */
  #examples(ports: readonly { source: InputSource; data: Data }[]): number | undefined {
    const fixed = new Set(
      ports.flatMap(({ source, data }) => {
        const axis = data.axes.findIndex((each) => each.includes(batch));
        return (axis < 0 ? undefined : source.dims[axis].value) || [];
      }),
    );
    const [examples, ...others] = fixed;
    if (others.length === 0) return examples;
    return refuseMixed(`inputs of ${[...fixed].join(" and ")} examples`, "the same number");
  }

  #walk(node: Operator, items: Map<string, Entry>, reader: Reader): void {
    const inputs = node.inputs.map((name) => {
      if (name === "") return undefined;
      const item = items.get(name);
      if (!item) return refuse(`the value ${shown(name)}, which no earlier node makes`, "nodes in order");
      // A layer that several nodes read stays as it is.
      return isData(item) && this.#counts.get(name)! > 1 ? { ...item, again: undefined } : item;
    });
    if (!readingShapes.has(node.name) && inputs.some((item) => item && !(item instanceof Constant))) {
      for (const item of inputs) {
        if (item instanceof Constant && item.batch)
          refuse("the number of examples beside a value", "it in shapes alone");
      }
    }
    const run = (own: Operator, given: readonly (Entry | undefined)[]) =>
      withScores(own, given, reader) ?? this.#made(own, given.map((item) => settled(item, reader)) as Item[], reader);
    const outputs = withLengths(node, inputs, reader, run) ?? run(node, inputs);
    node.outputs.forEach((name, index) => {
      if (name === "") return;
      const output = outputs[index];
      if (output) items.set(name, output);
      else if (this.#counts.has(name)) {
        refuse(`a use of its output ${index}, ${shown(name)}`, "a graph without it, or other outputs in the options");
      }
    });
  }

  /** Returns the outputs of a node that has to do with values and constants. */
  #made(node: Operator, inputs: readonly (Item | undefined)[], reader: Reader): readonly (Entry | undefined)[] {
    const folded = fold(node, inputs, reader);
    if (folded) return folded;
    if (Object.hasOwn(handlers, node.name)) return handlers[node.name](node, inputs, reader);
    return refuse("an operator that no layer computes", "a graph without it");
  }

  /** Returns an output of the network, in our layout. */
  #outputData(name: string, items: ReadonlyMap<string, Entry>, reader: Reader): Data {
    const item = settled(items.get(name), reader);
    if (!isData(item)) {
      const isConstant = item instanceof Constant;
      const got = isConstant ? "constants" : item ? "lengths of sequences" : "a value that no node makes";
      return refuse(`${got} as the output ${shown(name)}`, "one that depends on an input");
    }
    const { axes, value, isImage } = item;
    const last = value.shape.length - 1;
    const groups = axes.map((axis) => axis.filter((side) => side !== batch)).filter((group) => group.length > 0);
    const isOurs = isImage && groups.every((group) => group.length === 1) && groups[0]?.[0] === last;
    const ordered = isOurs && groups.length > 1 ? [...groups.slice(1), groups[0]] : groups;
    const made = arranged(value, ordered, reader.move);
    const places = new Map(ordered.map((group, place) => [group.join(), place]));
    const renamed = axes.map((axis) => {
      const place = places.get(axis.filter((side) => side !== batch).join());
      return [...(axis.includes(batch) ? [batch] : []), ...(place === undefined ? [] : [place])];
    });
    return { value: made, axes: renamed };
  }
}

/** Returns the function with its answers kept. @throws {TypeError} if it is none */
function onceForEach(externalFile: FromOnnxOptions["externalFile"]): ExternalFile | undefined {
  if (externalFile === undefined) return undefined;
  if (typeof externalFile !== "function") {
    throw new TypeError(`fromOnnx: got externalFile ${shown(externalFile)}, need a function of a file's name`);
  }
  const files = new Map<string, ReturnType<ExternalFile>>();
  return (name) => {
    const file = files.get(name) ?? externalFile(name);
    files.set(name, file);
    return file;
  };
}

/** Returns an input for messages. */
const inputName = ({ name = "" }: { readonly name?: string }) => `fromOnnx, input ${shown(name)}`;

function inputSource({ name = "", type }: ValueProto): InputSource {
  const { type: code, shape } = type?.tensor ?? {};
  elementTypeOf(code);
  if (!shape) return refuse("no shape", "one");
  const { dims = [] } = shape;
  if (dims.length > mostSides) refuse(`${dims.length} sides`, `at most ${mostSides}`);
  return { name, type: code!, dims };
}

/** Returns a node of the file. The operators of simdnet/onnx have a dot in their names. */
function fileNode(node: NodeProto, version: number): Operator {
  const made = new Operator(node, version);
  if (!made.name.includes(".")) return made;
  return named(made.who, () => refuse("an operator that ONNX does not have", "one of its own"));
}

/** Refuses a node that is not of ONNX's own operators. */
function checkDomain({ domain, who }: Operator): void {
  if (domain !== "") named(who, () => refuse(`an operator of ${shown(domain)}`, "one of ONNX's own"));
}

/** Returns the version of ONNX's operators that a file uses. */
function versionOf({ opsets = [], graph }: Model): number {
  const own = opsets.find(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const version = own?.version ?? 0;
  if (version >= leastVersion && version <= mostVersion) return version;
  if (!own) for (const node of graph.nodes ?? []) checkDomain(new Operator(node, version));
  const got = own ? `version ${version}` : "a file that does not say its version";
  return refuse(`${got} of ONNX's operators`, `${leastVersion} to ${mostVersion}`);
}
