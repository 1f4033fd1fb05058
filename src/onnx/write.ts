/** Writes a network as an ONNX file. */

import { checkArguments, checkInteger, checkOptions, shown } from "../errors.ts";
import { type Bytes, type Dtype, Network, Pipeline, type Value } from "../index.ts";
import { GraphWriter, learning } from "./graph.ts";
import { layerWriters } from "./layers.ts";
import { described, isOwnInput, writePredictions, writeRows } from "./pipeline.ts";
import { sinusoid } from "./positions.ts";
import { encodeModel } from "./protobuf.ts";
import { ownProducer, pipelineName, typeCodes, type ValueProto } from "./schema.ts";
import type { Numbers } from "./tensors.ts";
import { LengthWriter } from "./writers/lengths.ts";
import type { Use } from "./writers/use.ts";

export interface ToOnnxOptions {
  /** The version of ONNX's operators, from 17 to 21. Runtimes of 2022 read 17. Default 17. */
  readonly opset?: number | undefined;
}

/** The version of the file format for each version of the operators: ONNX released them together. */
const formats: Readonly<Record<number, number>> = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };

type Node = Network["engine"]["graph"]["nodes"][number];

/**
 * Returns a network as an ONNX file, with its parameters. The batch is a side named "batch"; inputs and outputs have our layout: images
 * [batch, height, width, channels]. Inputs are "input" or "input1", "input2", …; outputs likewise. Tokens are int64. The numbers of steps
 * of sequences that differ in length are an input of int32, "lengths"; the outputs behind a sequence's end are not defined.
 *
 * A pipeline becomes a file of its preprocessing, its network and its predictions. Each column of numbers is an input of doubles, [batch, 1],
 * in which NaN is a missing one; each part of a date as well, "sold.month"; each column of categories is one of texts, [batch, 1], in which ""
 * is a missing one, and a category that is unknown where others are refused is none. Texts have no spaces around them; a blank text other than
 * "" is unknown. Columns of texts, series and pictures are inputs as the
 * network has them: tokens, standardized steps, scaled pixels. Outputs are "prediction", [batch, 1] for a number and [batch] for a class, and
 * "probabilities" for classes. Intervals and notes on unseen values are not in the file.
 *
 * Options that only training has are not in the file: initializers, maxNorm, frozen layers, whole channels of dropout.
 *
 * @throws {RangeError | TypeError} if it is neither a network nor a pipeline, an option does not fit, or the "same" padding of a layer with a
 * stride has sequences that differ in length
 */
export function toOnnx(network: Network | Pipeline, options: ToOnnxOptions = {}): Bytes {
  checkArguments("toOnnx", arguments.length, 2);
  const pipeline = network instanceof Pipeline ? network : undefined;
  const own = pipeline?.network ?? network;
  if (!(own instanceof (Network as unknown as new () => Network))) {
    throw new TypeError(`toOnnx: got ${shown(network)}, need a Network or a Pipeline`);
  }
  checkOptions("toOnnx", options, ["opset"]);
  const { opset = 17 } = options;
  checkInteger("toOnnx: opset", opset, 17, 21);
  const { dtype, engine } = own;
  const { inputs, outputs, nodes } = engine.graph;
  const graph = new GraphWriter(opset, dtype);
  const tokens = tokenInputs(own);
  const inputNames = named("input", inputs);
  const lengthNames = new Map<object, string>();
  const varying = inputs.filter(({ lengths }) => lengths);
  const given: ValueProto[] = [];
  const rows = pipeline && writeRows(pipeline, graph, given);
  const ownColumns = pipeline?.columns.filter(isOwnInput) ?? [];
  inputs.forEach((value, index) => {
    if (rows !== undefined && index === 0) {
      const isRow = value.shape.length === 1;
      graph.set(value, "last", isRow ? rows : graph.one("Reshape", [rows, graph.integers([-1, ...value.shape])]));
      return;
    }
    const column = ownColumns[rows === undefined ? index : index - 1];
    const name = graph.unique(column?.name ?? inputNames[index]);
    graph.set(value, "last", name);
    given.push(described(name, tokens.has(value) ? typeCodes.int64 : typeCodes[dtype], value.shape));
  });
  varying.forEach(({ lengths }, index) => {
    const name = graph.unique(named("lengths", varying)[index]);
    lengthNames.set(lengths!.origin, name);
    given.push(described(name, typeCodes.int32, []));
  });
  const lengths = new LengthWriter(graph, lengthNames);
  for (const node of nodes) write(node, own, graph, { lengths, tokens });
  const made = pipeline
    ? writePredictions(pipeline, graph, graph.get(outputs[0], "last"))
    : writeOutputs(outputs, graph);
  return encodeModel({
    irVersion: formats[opset],
    producer: ownProducer,
    opsets: [{ domain: "", version: opset }, ...(graph.needsLearning ? [learning] : [])],
    graph: {
      name: pipeline ? pipelineName : "network",
      nodes: graph.nodes,
      initializers: graph.initializers,
      inputs: given,
      outputs: made,
    },
  });
}

/** Gives the tensors of the outputs their names: "output", or "output1", "output2", … */
function writeOutputs(outputs: readonly Value[], graph: GraphWriter): readonly ValueProto[] {
  const wanted = named("output", outputs);
  const renamed = new Map<string, string>();
  const made = outputs.map((value, index) => {
    const tensor = graph.get(value, "last");
    const name = graph.unique(wanted[index]);
    if (!renamed.has(tensor) && graph.nodes.some((node) => node.outputs!.includes(tensor))) renamed.set(tensor, name);
    else graph.node("Identity", [tensor], {}, { outputNames: [name] });
    return described(name, typeCodes[graph.dtype], value.shape);
  });
  const nameOf = (name: string) => renamed.get(name) ?? name;
  graph.nodes.forEach((node, index) => {
    graph.nodes[index] = { ...node, inputs: node.inputs!.map(nameOf), outputs: node.outputs!.map(nameOf) };
  });
  return made;
}

/** Returns "input" for one value, "input1", "input2", … for several. */
const named = (name: string, values: readonly unknown[]): string[] =>
  values.map((_, index) => (values.length === 1 ? name : `${name}${index + 1}`));

/** Returns the value that rearrangements have made `value` of. */
function originOf(value: Value, makers: ReadonlyMap<Value, Node>): Value {
  let at = value;
  for (let node = makers.get(at); node?.layer.kind.isRearrangement; node = makers.get(at)) [at] = node.inputs;
  return at;
}

const makersOf = ({ engine }: Network) =>
  new Map(engine.graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));

/** Returns the inputs that only embeddings read: whole numbers in ONNX. */
function tokenInputs(network: Network): ReadonlySet<Value> {
  const { nodes, inputs, outputs } = network.engine.graph;
  const makers = makersOf(network);
  const read = new Set<Value>();
  const otherwise = new Set<Value>(outputs.map((value) => originOf(value, makers)));
  for (const { layer, inputs: values } of nodes) {
    for (const value of values) {
      if (layer.kind.tokens) read.add(originOf(value, makers));
      else if (!layer.kind.isRearrangement) otherwise.add(originOf(value, makers));
    }
  }
  return new Set(inputs.filter((value) => read.has(value) && !otherwise.has(value)));
}

interface Around {
  readonly lengths: LengthWriter;
  readonly tokens: ReadonlySet<Value>;
}

/** Writes one use of a layer. */
function write(
  { layer, inputs, outputs }: Node,
  network: Network,
  graph: GraphWriter,
  { lengths, tokens }: Around,
): void {
  const { description, name, kind, parameters, statistics } = layer;
  const own = new Map([...parameters, ...statistics].map((tensor) => [tensor.name, tensor]));
  const values = (tensor: string): Numbers | undefined => {
    const found = own.get(tensor);
    if (found) return network.engine.tensorView(found);
    return tensor === "table" ? tableOf(inputs[0].shape, network.dtype) : undefined;
  };
  const use: Use = {
    ...{ name, inputs, outputs, values, description: description as Use["description"] },
    lengths,
    areTokensReal: kind.tokens !== undefined && !tokens.has(originOf(inputs[0], makersOf(network))),
  };
  const writer = layerWriters[use.description.kind] as (use: Use, graph: GraphWriter) => void;
  writer(use, graph);
}

/** Returns the table of positionalEncoding. */
function tableOf([steps, features]: readonly number[], dtype: Dtype): Numbers {
  const list = (dtype === "float64" ? Float64Array : Float32Array) as Float32ArrayConstructor;
  return list.from({ length: steps * features }, (_, index) =>
    sinusoid(Math.floor(index / features), index % features, features),
  );
}
