/** A network's topology as the text that a file carries. */

import { checkInteger, isKnown, shown, unknownName } from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import { type Dtype, elementBytes } from "../memory/dtype.ts";
import type { Engine } from "./engine.ts";
import { between, type Graph } from "./graph.ts";
import { kindOf } from "./layers/kinds.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import { checkShape } from "./layers/shape.ts";
import { apply, Value } from "./layers/value.ts";

/** Files of a later version are refused. */
const version = 1;

interface TopologyJSON {
  readonly version: number;
  readonly dtype: Dtype;
  /** The shape of each input. */
  readonly inputs: readonly Shape[];
  readonly layers: readonly Record<string, unknown>[];
  /** Each use of a layer: its number and those of the values it reads. Inputs are the first values, then these uses. */
  readonly uses: readonly (readonly number[])[];
  /** The numbers of the outputs among the values. */
  readonly outputs: readonly number[];
}

/**
 * Numbers of one row that a file's values may have in all, and those that its layers may read: so many, and so many more for each
 * number in its tensors. Dense layers make and read no more than they have weights; what has none must not ask for gigabytes.
 */
const [freeNumbers, numbersPerWeight] = [2 ** 20, 8];

/**
 * Inputs, layers, uses of layers and outputs that a file may have, of each; and values that its uses may read, in all. What takes
 * a file a few bytes takes memory as much as 8 kB of the first, 300 bytes of the last: these fit in a Worker's 128 MB.
 */
const [mostItems, mostReads] = [2 ** 13, 2 ** 16];

/** @throws {RangeError} if the network has more than a file may have */
export function topologyToJSON({ graph, dtype }: Engine): TopologyJSON {
  const layers = graph.layers.map(({ name, kind, description, parameters, trainable, learningRateFactor }) => ({
    kind: description.kind,
    ...kind.toJSON(description),
    name,
    // Layers without parameters do not know these options.
    ...(parameters.length > 0 && !trainable && { trainable }),
    ...(parameters.length > 0 && learningRateFactor !== 1 && { learningRateFactor }),
  }));
  const values = [...graph.inputs, ...graph.nodes.map(({ output }) => output)];
  const numbers = new Map(values.map((value, number) => [value, number]));
  const layerNumbers = new Map(graph.layers.map((layer, number) => [layer, number]));
  const numberOf = (value: Value) => numbers.get(value)!;
  const inputs = graph.inputs.map(({ shape }) => shape);
  const uses = graph.nodes.map((node) => [layerNumbers.get(node.layer)!, ...node.inputs.map(numberOf)]);
  const outputs = graph.outputs.map(numberOf);
  checkCounts("toBytes", { inputs, layers, uses, outputs });
  return { version, dtype, inputs, layers, uses, outputs };
}

/**
 * What a network is made from, by the text of a file's metadata.
 *
 * @param weightCount numbers in the file's tensors
 * @throws {RangeError | TypeError} if the text is not a topology, or one that makes too much of so few numbers
 */
export function topologyFromJSON(text: string | undefined, weightCount: number): { dtype: Dtype; graph: Graph } {
  if (text === undefined) throw new RangeError("fromBytes: got a file without a topology, need one that toBytes wrote");
  const json: Partial<TopologyJSON> = Object(parseJSON("fromBytes", "the topology", text));
  if (json.version !== version) {
    throw new RangeError(`fromBytes: got a topology of version ${shown(json.version)}, need version ${version}`);
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
  const inputs = lists.inputs.map((shape) => new Value(checkShape("fromBytes", "an input", shape as Shape)));
  const layers = lists.layers.map((layer) => {
    const { kind, ...rest } = Object(layer) as Record<string, unknown>;
    return kindOf({ kind: kind as string }).fromJSON(rest);
  });
  const values: Value[] = [...inputs];
  const most = freeNumbers + numbersPerWeight * weightCount;
  let count = 0;
  const add = (more: number) => {
    count += more;
    if (count <= most) return;
    throw new RangeError(
      `fromBytes: got layers that make or read more than ${most} numbers of one row, need fewer where tensors have ${weightCount}`,
    );
  };
  for (const { shape } of inputs) add(sizeOf(shape));
  const valueAt = (number: unknown) => itemAt("a value", values, number);
  for (const [layerNumber, ...read] of lists.uses) {
    const layer = itemAt("a layer", layers, layerNumber);
    const given = read.map(valueAt);
    for (const { shape } of given) add(sizeOf(shape));
    const value = apply(kindOf(layer), layer, given);
    add(sizeOf(value.shape));
    values.push(value);
  }
  return { dtype, graph: between(inputs, lists.outputs.map(valueAt)) };
}

/** The lists of a topology, whatever is in them. */
interface Lists extends Record<"inputs" | "layers" | "outputs", readonly unknown[]> {
  readonly uses: readonly (readonly unknown[])[];
}

function checkCounts(who: string, lists: Lists): void {
  for (const [name, { length }] of Object.entries(lists)) {
    if (length > mostItems) throw new RangeError(`${who}: got ${length} ${name}, need at most ${mostItems}`);
  }
  const reads = lists.uses.reduce((count, { length }) => count + length - 1, 0);
  if (reads > mostReads) throw new RangeError(`${who}: got uses that read ${reads} values, need at most ${mostReads}`);
}

function listOf(what: string, list: unknown): unknown[] {
  if (Array.isArray(list) && list.length > 0) return list;
  throw new RangeError(`fromBytes: got ${what} ${shown(list)}, need an array that is not empty`);
}

function itemAt<Item>(what: string, items: readonly Item[], number: unknown): Item {
  checkInteger(`fromBytes: the number of ${what}`, number, 0, items.length - 1);
  return items[number];
}
