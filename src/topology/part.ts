/** Makes graphs from a network's graph: a part of it, or the same one for inputs of other shapes. Layers keep their names. */

import { checkOptions, plural, shown, unknownName } from "../errors.ts";
import { Graph, type Node } from "./graph.ts";
import type { Shape } from "./layers/layer.ts";
import { shownShape } from "./layers/shape.ts";
import { applyAll, inputOf, Value } from "./layers/value.ts";

/** A value of a network, or the name of a layer, which means its output. */
export type Place = Value | string;

export interface PartOptions {
  /**
   * The values where the part begins. A named layer is the last one before the part. Default those of the network's inputs that are needed.
   */
  readonly inputs?: Place | readonly Place[] | undefined;
  /** The values where the part ends. A named layer is the last one of the part. Default the network's outputs. */
  readonly outputs?: Place | readonly Place[] | undefined;
}

/**
 * Returns the graph of the layers between values of `graph`.
 *
 * @throws {RangeError | TypeError} if a place is not in the graph, or if an output needs more than the inputs
 */
export function partOf(graph: Graph, options: PartOptions): Graph {
  checkOptions("part", options, ["inputs", "outputs"]);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const nameOf = (value: Value) => makers.get(value)?.layer.name ?? `input ${graph.inputs.indexOf(value)}`;
  const namesOf = (values: readonly Value[]) => values.map(nameOf).join(", ");
  const inputs = valuesAt("inputs", options.inputs, graph, makers) ?? graph.inputs;
  const outputs = valuesAt("outputs", options.outputs, graph, makers) ?? graph.outputs;
  const both = outputs.find((value) => inputs.includes(value));
  if (both) throw new RangeError(`part: got ${nameOf(both)} as input and as output, need layers between them`);
  const needed = new Set(outputs);
  // The set grows during the loop.
  for (const value of needed) {
    if (inputs.includes(value)) continue;
    const maker = makers.get(value);
    if (!maker) {
      const got = `outputs ${namesOf(outputs)} that need ${nameOf(value)} of the network`;
      throw new RangeError(`part: got ${got}, need outputs that are made of ${namesOf(inputs)} alone`);
    }
    for (const read of maker.inputs) needed.add(read);
  }
  const used = inputs.filter((value) => needed.has(value));
  if (options.inputs !== undefined && used.length < inputs.length) {
    const idle = inputs.find((value) => !needed.has(value))!;
    throw new RangeError(`part: got ${nameOf(idle)} in inputs, which no output needs, need it used or left out`);
  }
  const sharing = used.find(
    ({ lengths }, index) => lengths && used.findIndex((each) => each.lengths?.origin === lengths.origin) < index,
  );
  if (sharing) {
    throw new RangeError(`part: got inputs ${namesOf(used)} that share the lengths of sequences, need one of them`);
  }
  return new Graph(used, outputs, graph);
}

/** Returns the values at some places; undefined if there are none. */
function valuesAt(
  what: string,
  places: PartOptions["inputs"],
  graph: Graph,
  makers: ReadonlyMap<Value, Node>,
): readonly Value[] | undefined {
  if (places === undefined) return undefined;
  const values = [places].flat().flatMap((place: unknown) => {
    if (typeof place === "string") return outputsOf(what, place, graph);
    const value = place as Value;
    if (makers.has(value) || graph.inputs.includes(value)) return value;
    const got = place instanceof Value ? `a value ${shownShape(value.shape)} of another network` : shown(place);
    throw new TypeError(`part: got ${got} in ${what}, need values of this network, or names of its layers`);
  });
  if (values.length > 0 && new Set(values).size === values.length) return values;
  throw new TypeError(`part: got ${plural(values.length, "value")} in ${what}, need at least one, and each once`);
}

/** Returns the outputs of the layer with a name. */
function outputsOf(what: string, name: string, { nodes, layers }: Graph): readonly Value[] {
  const uses = nodes.filter(({ layer }) => layer.name === name);
  if (uses.length === 1) return uses[0].outputs;
  if (uses.length > 1) {
    const got = `${shown(name)} in ${what}, a layer that is used ${uses.length} times`;
    throw new RangeError(`part: got ${got}, need the value that one of its uses returned`);
  }
  throw unknownName(
    `part: ${what}`,
    name,
    layers.map((layer) => layer.name),
  );
}

/**
 * Returns the same graph for inputs of other shapes.
 *
 * @param given a shape; for several inputs, an array of shapes
 * @throws {RangeError} if a layer does not take them, or would have a parameter of another shape
 */
export function withInputShapes(graph: Graph, given: number | Shape | readonly (number | Shape)[]): Graph {
  const { length } = graph.inputs;
  const shapes = (length === 1 ? [given] : given) as readonly (number | Shape)[];
  if (!Array.isArray(shapes) || shapes.length !== length) {
    throw new RangeError(`withInputs: got ${shown(given)}, need an array of ${length}: the shape of each input`);
  }
  const values = new Map<Value, Value>();
  graph.inputs.forEach((input, index) => {
    values.set(input, inputOf("withInputs", "inputs", shapes[index], input.lengths !== undefined));
  });
  return rebuildGraph("withInputs", graph, values);
}

/**
 * Returns the same graph for sequences of different lengths.
 *
 * @throws {RangeError} if a layer needs sequences of one length
 */
export function withVariableLength(who: string, graph: Graph): Graph {
  const values = new Map(graph.inputs.map((input) => [input, inputOf(who, "inputs", input.shape, true)]));
  return rebuildGraph(who, graph, values);
}

/** Returns the same graph with other inputs. @param values the new inputs, by the inputs of `graph` */
function rebuildGraph(who: string, graph: Graph, values: Map<Value, Value>): Graph {
  for (const node of graph.nodes) {
    const read = node.inputs.map((value) => values.get(value)!);
    useOf(who, node, read).forEach((value, index) => {
      values.set(node.outputs[index], value);
    });
  }
  const valuesOf = (old: readonly Value[]) => old.map((value) => values.get(value)!);
  return new Graph(valuesOf(graph.inputs), valuesOf(graph.outputs), graph);
}

/** Applies a node's layer to other values. */
function useOf(who: string, { layer }: Node, read: readonly Value[]): readonly Value[] {
  const { name, kind, description } = layer;
  const shapes = read.map(({ shape }) => shape);
  try {
    const outputs = applyAll(kind, description, read);
    const parameters = kind.parameters?.(description, shapes) ?? [];
    const statistics = kind.statistics?.(description, shapes) ?? [];
    const tensors = [...layer.parameters, ...layer.statistics];
    for (const [index, { name: own, shape }] of [...parameters, ...statistics].entries()) {
      const { shape: kept } = tensors[index];
      if (shape.join() === kept.join()) continue;
      throw new RangeError(`its ${own} would be ${shownShape(shape)}, and is ${shownShape(kept)}`);
    }
    return outputs;
  } catch (cause) {
    const got = `inputs that do not suit ${name}: ${(cause as Error).message}`;
    throw new RangeError(`${who}: got ${got}`, { cause });
  }
}
