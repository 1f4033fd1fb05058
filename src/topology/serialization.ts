/** A network's topology as text in a file. */

import { checkInteger, isKnown, plural, shown, unknownName } from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import { type Dtype, elementBytes } from "../kernels/dtype.ts";
import type { Engine } from "./engine.ts";
import { type Graph, graphBetween } from "./graph.ts";
import { flatten } from "./layers/flatten.ts";
import { kindOf } from "./layers/kinds.ts";
import { type DescriptionBase, type Shape, sizesOf } from "./layers/layer.ts";
import { applyAll, inputOf, type Value } from "./layers/value.ts";

/**
 * The version of the format. Files of a later version are refused. In files of version 1, dense layers and losses treat a value as one row:
 * see OneRow.
 */
const version = 2;

interface TopologyJSON {
  readonly version: number;
  readonly dtype: Dtype;
  /** The shape of each input. */
  readonly inputs: readonly Shape[];
  /** The indices of the inputs whose sequences differ in length, if there are any. */
  readonly variableLength?: readonly number[] | undefined;
  readonly layers: readonly Record<string, unknown>[];
  /** Each use of a layer: its number and the numbers of the values it reads. The inputs are the first values, then these uses follow. */
  readonly uses: readonly (readonly number[])[];
  /** The numbers of the outputs among the values. */
  readonly outputs: readonly number[];
}

/**
 * The limit for the numbers of one example in all values of a file and all reads of its layers. It has a fixed part, a part for each number
 * in the tensors, and a part for each number of the inputs, because networks of images have few weights. So a file of a few bytes cannot
 * ask for gigabytes. With the fixed part alone, the values take at most 32 MB in float64; and an image must be given before its network
 * runs.
 */
const [freeNumbers, numbersPerWeight, numbersPerInput] = [2 ** 22, 8, 2 ** 11];
/** The upper limit in any case. */
const mostNumbers = 2 ** 30;

/**
 * The most inputs, layers, uses of layers, values and outputs of a file, of each; and the most values that its uses may read, in all. A few
 * bytes of a file may take 8 kB of memory for each of the first, and 300 bytes for each of the second. These limits fit in a Worker's 128
 * MB.
 */
const [mostItems, mostReads] = [2 ** 13, 2 ** 16];

/** Returns the options that are specific to the layer's kind. */
const ownOptions = ({ kind, name, trainable, learningRateFactor, ...own }: DescriptionBase): object => own;

/** @throws {RangeError} if the network exceeds a limit of files */
export function topologyToJSON({ graph, dtype }: Engine): TopologyJSON {
  const layers = graph.layers.map(({ name, kind, description, parameters, trainable, learningRateFactor }) => ({
    kind: description.kind,
    ...(kind.toJSON?.(description) ?? ownOptions(description)),
    name,
    // Layers without parameters do not have these options.
    ...(parameters.length > 0 && !trainable && { trainable }),
    ...(parameters.length > 0 && learningRateFactor !== 1 && { learningRateFactor }),
  }));
  const values = [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const places = new Map(values.map((value, place) => [value, place]));
  const layerNumbers = new Map(graph.layers.map((layer, number) => [layer, number]));
  const numberOf = (value: Value) => places.get(value)!;
  const inputs = graph.inputs.map(({ shape }) => shape);
  const uses = graph.nodes.map((node) => [layerNumbers.get(node.layer)!, ...node.inputs.map(numberOf)]);
  const outputs = graph.outputs.map(numberOf);
  checkCounts("toBytes", { inputs, layers, uses, outputs });
  checkMade("toBytes", values.length - inputs.length);
  const countNumbers = numberCounter("toBytes", sizesOf([...graph.parameters, ...graph.statistics]), graph.inputs);
  for (const node of graph.nodes) countNumbers([...node.inputs, ...node.outputs]);
  const variableLength = graph.inputs.flatMap(({ lengths }, index) => (lengths ? [index] : []));
  return { version, dtype, inputs, ...(variableLength.length > 0 && { variableLength }), layers, uses, outputs };
}

/**
 * Returns the type and the graph that the text of a file's metadata describes.
 *
 * @param weightCount the number of values in the file's tensors
 * @throws {RangeError | TypeError} if the text is not a topology, or describes one that is too large for so few values
 */
export function topologyFromJSON(text: string | undefined, weightCount: number): { dtype: Dtype; graph: Graph } {
  if (text === undefined) throw new RangeError("fromBytes: got a file without a topology, need one that toBytes wrote");
  const json: Partial<TopologyJSON> = Object(parseJSON("fromBytes", "the topology", text));
  if (json.version !== 1 && json.version !== version) {
    throw new RangeError(`fromBytes: got a topology of version ${shown(json.version)}, need version 1 or ${version}`);
  }
  const { dtype } = json;
  if (!isKnown(elementBytes, dtype)) {
    throw unknownName("fromBytes: dtype", dtype, Object.keys(elementBytes));
  }
  const lists = {
    inputs: listOf("inputs", json.inputs),
    layers: listOf("layers", json.layers),
    uses: listOf("uses", json.uses).map((use) => listOf("a use", use)),
    outputs: listOf("outputs", json.outputs),
  };
  checkCounts("fromBytes", lists);
  const varying = new Set(json.variableLength === undefined ? [] : listOf("variableLength", json.variableLength));
  for (const number of varying) itemAt("an input", lists.inputs, number);
  const inputs = lists.inputs.map((shape, index) => {
    return inputOf("fromBytes", "an input", shape as Shape, varying.has(index));
  });
  const layers = lists.layers.map((layer) => {
    const { kind, ...rest } = Object(layer) as Record<string, unknown>;
    return kindOf({ kind: kind as string }).fromJSON(rest);
  });
  const values: Value[] = [...inputs];
  const countNumbers = numberCounter("fromBytes", weightCount, inputs);
  const valueAt = (number: unknown) => itemAt("a value", values, number);
  let made = 0;
  const use = (layer: DescriptionBase, given: readonly Value[]) => {
    countNumbers(given);
    const outputs = applyAll(kindOf(layer), layer, given);
    made += outputs.length;
    checkMade("fromBytes", made);
    countNumbers(outputs);
    return outputs;
  };
  const oneRow = json.version === 1 ? new OneRow(lists, layers, use) : undefined;
  const asRows = (read: readonly Value[]) => (oneRow ? read.map((value) => oneRow.of(value)) : read);
  for (const [layerNumber, ...read] of lists.uses) {
    const layer = itemAt("a layer", layers, layerNumber);
    const given = read.map(valueAt);
    for (const value of use(layer, layer.kind === "dense" ? asRows(given) : given)) values.push(value);
  }
  const outputs = lists.outputs.map(valueAt);
  // `graphBetween` refuses a value that occurs twice, but would not notice it after two flattens.
  const isOnce = new Set(outputs).size === outputs.length;
  return { dtype, graph: graphBetween(inputs, isOnce ? asRows(outputs) : outputs) };
}

/**
 * Returns a function that counts the numbers of the values and of the reads of a topology.
 *
 * @throws {RangeError} in the returned function, if there are too many for the numbers in the tensors and inputs
 */
function numberCounter(who: string, weightCount: number, inputs: readonly Value[]): (values: readonly Value[]) => void {
  const inputCount = sizesOf(inputs);
  const room = freeNumbers + numbersPerWeight * weightCount + numbersPerInput * inputCount;
  const most = Math.min(mostNumbers, room);
  let count = inputCount;
  return (values) => {
    count += sizesOf(values);
    if (count <= most) return;
    const given = `an example of ${plural(inputCount, "number")} and ${plural(weightCount, "parameter")}`;
    throw new RangeError(`${who}: got layers that make or read more than ${most} numbers, need fewer for ${given}`);
  };
}

/** Applies a layer of the file. */
type Use = (layer: DescriptionBase, given: readonly Value[]) => readonly Value[];

/**
 * Converts a topology of version 1 to the same network under the present rule. In version 1, a dense layer treated a value of several sides
 * as one row, and losses and metrics did so with an output: six classes for the shape [2, 3]. So a flatten is inserted before each such
 * layer and after each such output, and a trainer's checkpoint resumes with the same bits. Each use has its own flatten, so that the
 * gradients of a value with several readers are added in the order of version 1.
 */
class OneRow {
  readonly #names: ReadonlySet<unknown>;
  readonly #use: Use;
  /** The number of layers that may be added to those of the file. */
  readonly #most: number;
  #count = 0;
  /** The number in the last name. */
  #number = 0;

  constructor(lists: Lists, layers: readonly DescriptionBase[], use: Use) {
    this.#most = Math.min(mostItems - layers.length, mostItems - lists.uses.length, mostReads - readsOf(lists));
    this.#names = new Set(layers.map(({ name }) => name));
    this.#use = use;
  }

  /** Returns `value` flattened to one row. @throws {RangeError} if the file has too many layers with this flatten */
  of(value: Value): Value {
    if (value.shape.length === 1) return value;
    if (++this.#count > this.#most) {
      const need = `at most ${this.#most} beside its own`;
      throw new RangeError(`fromBytes: got a topology of version 1 that becomes more layers of flatten, need ${need}`);
    }
    do this.#number++;
    while (this.#names.has(`flatten${this.#number}`));
    return this.#use(flatten({ name: `flatten${this.#number}` }), [value])[0];
  }
}

/** The lists of a topology, with unchecked elements. */
interface Lists extends Record<"inputs" | "layers" | "outputs", readonly unknown[]> {
  readonly uses: readonly (readonly unknown[])[];
}

/** Counts the values that the uses of layers read. */
const readsOf = ({ uses }: Lists) => uses.reduce((count, { length }) => count + length - 1, 0);

function checkCounts(who: string, lists: Lists): void {
  for (const [name, { length }] of Object.entries(lists)) {
    if (length > mostItems) throw new RangeError(`${who}: got ${length} ${name}, need at most ${mostItems}`);
  }
  const reads = readsOf(lists);
  if (reads > mostReads) throw new RangeError(`${who}: got uses that read ${reads} values, need at most ${mostReads}`);
}

/** Refuses too many values. @param count the number of values that uses of layers make */
function checkMade(who: string, count: number): void {
  if (count <= mostItems) return;
  throw new RangeError(`${who}: got layers that make more than ${mostItems} values, need at most as many`);
}

function listOf(what: string, list: unknown): unknown[] {
  if (Array.isArray(list) && list.length > 0) return list;
  throw new RangeError(`fromBytes: got ${what} ${shown(list)}, need an array that is not empty`);
}

function itemAt<Item>(what: string, items: readonly Item[], number: unknown): Item {
  checkInteger(`fromBytes: the number of ${what}`, number, 0, items.length - 1);
  return items[number];
}
