/** Tensors from elsewhere as a network's parameters and statistics: which is whose, and whether all of them fit. */

import { checkOptions, isKnown, listed, shown, unknownName } from "../errors.ts";
import type { NamedTensor } from "../files/safetensors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import type { Engine } from "./engine.ts";
import type { Graph, GraphLayer, Parameter, Statistic } from "./graph.ts";
import {
  channelsFirstOrder,
  type ForeignTensor,
  foreignCounters,
  foreignLayers,
  foreignName,
  foreignShape,
  foreignTensors,
  writeForeign,
} from "./layers/foreign.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import { shownShape } from "./layers/shape.ts";
import type { Value } from "./layers/value.ts";
import { isFlat } from "./rows.ts";

const who = "load";
const sources = ["simdnet", "pytorch", "keras"] as const;

export interface LoadOptions {
  /**
   * The library that has made the tensors, which says how they are named and laid out. Of "simdnet" they are those of a network's file,
   * of "pytorch" those of a state_dict, of "keras" those of Keras 3. Default "simdnet".
   */
  readonly from?: (typeof sources)[number];
  /**
   * For each layer in the file, by what its tensors' names begin with, the name of ours: `{ "0": "dense1", "2": "dense2" }`. Without
   * it, layers of the same names belong together; if the names are not all the same, layers belong together in their order. Names
   * in alphabetical order, in which Python writes them, are ordered with their numbers as numbers: layer 2 before layer 10.
   */
  readonly names?: Readonly<Record<string, string>>;
}

/** A tensor of ours, and those whose sum it is elsewhere. */
interface Wanted {
  readonly tensor: Parameter | Statistic;
  readonly foreign: readonly ForeignTensor[];
  /** For each place of its first side, which of theirs it is, if that differs. */
  readonly order: readonly number[] | undefined;
}

/** The tensors of one layer of the file by the ends of their names. */
type Group = Map<string, NamedTensor>;

/**
 * Copies tensors into the parameters and statistics of `engine`.
 *
 * @throws {RangeError | TypeError} if they are not those of the same topology; nothing has changed then
 */
export function loadTensors(engine: Engine, tensors: readonly NamedTensor[], options: LoadOptions): void {
  checkOptions(who, options, ["from", "names"]);
  const { from = "simdnet", names } = options;
  if (!sources.includes(from)) throw unknownName(`${who}: from`, from, sources);
  const layers = wantedOf(engine.graph, from);
  const groups = groupsOf(tensors, from, new Set([...layers.values()].flat().flatMap(namesOf)));
  const loaded = [...matched([...layers.keys()], groups, names)].flatMap(([layer, prefix]) =>
    valuesOfLayer(layer, layers.get(layer)!, prefix, groups.get(prefix)!, engine),
  );
  for (const [tensor, values] of loaded) engine.tensorView(tensor).set(values);
}

/** Returns the layers that have tensors, with these. */
function wantedOf(graph: Graph, from: (typeof sources)[number]): Map<string, Wanted[]> {
  const orders = from === "pytorch" ? featureOrders(graph) : new Map<GraphLayer, readonly number[]>();
  const layers = graph.layers.map((layer): [string, Wanted[]] => {
    const order = orders.get(layer);
    const tensors = from === "simdnet" ? undefined : foreignTensors(layer, from);
    const wanted = [...layer.parameters, ...layer.statistics].map((tensor) => {
      const { kind } = layer.description;
      const foreign = from === "simdnet" ? { name: tensor.name } : tensors?.[tensor.name];
      if (!foreign) {
        const got = `a layer ${layer.name} of kind ${kind}, whose tensors in ${from} are not known`;
        throw new RangeError(`load: got ${got}, need from: "simdnet"`);
      }
      // The inputs' features are the rows of a weight, and the columns of a layer without one.
      const isByFeature = !isMixing(layer) || (tensor as Parameter).isWeight;
      return { tensor, foreign: [foreign].flat(), order: isByFeature ? order : undefined };
    });
    return [layer.name, wanted];
  });
  return new Map(layers.filter(([, wanted]) => wanted.length > 0));
}

/** Returns the ends of the names of the tensors that are wanted. */
const namesOf = ({ foreign }: Wanted) => foreign.map(({ name }) => name);

/** Returns whether a layer computes each feature of all features, not of the one at its place. */
const isMixing = ({ parameters, kind }: GraphLayer) => !kind.tokens && parameters.some(({ isWeight }) => isWeight);

/**
 * Returns, for layers whose features PyTorch has in another order, where each of ours is there. It has the channels of an image first, so
 * that it flattens [height, width, channels] to (channels, height, width).
 *
 * @throws {RangeError} if numbers in such an order go through a layer behind which it is not known
 */
function featureOrders({ inputs, nodes }: Graph): Map<GraphLayer, readonly number[]> {
  const images = new Set(inputs.filter(({ shape }) => shape.length > 2));
  const orders = new Map<Value, readonly number[]>();
  const layers = new Map<GraphLayer, readonly number[]>();
  for (const { layer, inputs: read, output, outputs } of nodes) {
    const { kind } = layer.description;
    const [first] = read;
    const isImage = foreignLayers[layer.description.kind]?.isChannelsFirst ?? images.has(first);
    for (const value of isImage ? outputs : []) if (value.shape.length > 1) images.add(value);
    const flattened = kind === "flatten" && images.has(first) ? channelsFirstOrder(first.shape) : [];
    if (flattened.some((place, index) => place !== index)) orders.set(output, flattened);
    if (!read.some((value) => orders.has(value))) continue;
    const order = orders.get(first);
    if (order) layers.set(layer, order);
    if (isMixing(layer)) continue;
    const isAlike = read.every((value) => orders.get(value)?.join() === order?.join());
    if (kind === "concatenate") orders.set(output, joinedOrder(read, orders));
    else if (isAlike && output.shape.join() === first.shape.join()) orders.set(output, order!);
    else {
      const got = `${layer.name} behind a flatten, which has another order in PyTorch`;
      throw new RangeError(`load: got ${got}, need from: "simdnet", or a dense layer between`);
    }
  }
  return layers;
}

/** Returns the order of values beside each other. */
function joinedOrder(values: readonly Value[], orders: ReadonlyMap<Value, readonly number[]>): readonly number[] {
  let end = 0;
  return values.flatMap((value) => {
    const from = end;
    end += sizeOf(value.shape);
    return Array.from({ length: end - from }, (_, index) => from + (orders.get(value)?.[index] ?? index));
  });
}

/** Returns the tensors of each layer of the file, layers in the order of their first tensors. @param ends the ends of names */
function groupsOf(tensors: readonly NamedTensor[], from: string, ends: ReadonlySet<string>): Map<string, Group> {
  if (!Array.isArray(tensors)) {
    throw new TypeError(`load: got ${shown(tensors)}, need the tensors that readSafetensors gives`);
  }
  const groups = new Map<string, Group>();
  for (const tensor of tensors as NamedTensor[]) {
    const { name: given, shape, values } = Object(tensor) as NamedTensor;
    const name = typeof given === "string" && from === "keras" ? foreignName(given) : given;
    if (typeof name !== "string" || !Array.isArray(shape) || !isFlat(values) || values.length !== sizeOf(shape)) {
      throw new TypeError(
        `load: got ${shown(name ?? tensor)}, need a tensor: name, shape, and as many values in a typed array`,
      );
    }
    // The longest end that suits, as one may itself have a dot.
    const known = [...ends, ...(from === "simdnet" ? [] : foreignCounters)].filter((end) => isEnd(name, end));
    const end = known.reduce((one, other) => (other.length > one.length ? other : one), "");
    if (end === "") throw surplus(name, from);
    if (!ends.has(end)) continue;
    const prefix = name.slice(0, -end.length - 1);
    if (!groups.has(prefix)) groups.set(prefix, new Map());
    if (groups.get(prefix)!.has(end)) throw surplus(name, from);
    groups.get(prefix)!.set(end, tensor);
  }
  return groups;
}

const isEnd = (name: string, end: string) => name === end || name.endsWith(`.${end}`) || name.endsWith(`/${end}`);

/** @param from the library whose names are known */
const surplus = (name: string, from: string) =>
  new RangeError(
    `load: got a tensor ${shown(name)}, which no layer has, need names as ${from} has them; or another \`from\``,
  );

/** Returns for each of our layers the one in the file. */
function matched(
  layers: readonly string[],
  groups: ReadonlyMap<string, Group>,
  names: LoadOptions["names"],
): Map<string, string> {
  const prefixes = [...groups.keys()];
  if (names !== undefined) {
    checkOptions("load: names", names, prefixes);
    const pairs = new Map<string, string>();
    for (const [prefix, layer] of Object.entries(names)) {
      if (!layers.includes(layer)) throw unknownName(`load: names ${shown(prefix)}`, layer, layers);
      if (pairs.has(layer)) throw new RangeError(`load: got ${shown(layer)} twice in names, need each layer once`);
      pairs.set(layer, prefix);
    }
    const idle = prefixes.find((prefix) => !isKnown(names, prefix));
    if (idle !== undefined) {
      throw new RangeError(`load: got names without ${shown(idle)}, need a layer for each of the file's`);
    }
    const missing = layers.find((layer) => !pairs.has(layer));
    if (missing === undefined) return pairs;
    throw new RangeError(`load: got names without ${missing}, need one of the file's for each of ${listed(layers)}`);
  }
  if (prefixes.length !== layers.length) {
    const got = `tensors of ${prefixes.length} layers (${listed(prefixes.map(shown))})`;
    throw new RangeError(`load: got ${got}, need those of ${layers.length}: ${listed(layers)}`);
  }
  if (layers.every((layer) => groups.has(layer))) return new Map(layers.map((layer) => [layer, layer]));
  const isAlphabetical = prefixes.every((prefix, index) => index === 0 || prefixes[index - 1] < prefix);
  const ordered = isAlphabetical ? prefixes.toSorted((a, b) => (padded(a) < padded(b) ? -1 : 1)) : prefixes;
  return new Map(layers.map((layer, index) => [layer, ordered[index]]));
}

/** Returns a name that is ordered by its numbers as numbers. */
const padded = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(16, "0"));

/** Returns the values of a layer's tensors, as ours lie, in the network's dtype. */
function valuesOfLayer(
  layer: string,
  wanted: readonly Wanted[],
  prefix: string,
  group: Group,
  { dtype }: Engine,
): [Parameter | Statistic, Values][] {
  const known = [...new Set(wanted.flatMap(namesOf))];
  for (const [end, { name }] of group) {
    if (known.includes(end)) continue;
    throw new RangeError(`load: got a tensor ${shown(name)} for ${layer}, need ${listed(known)}`);
  }
  return wanted.map(({ tensor, foreign, order }) => {
    const values = valuesOf(dtype, sizeOf(tensor.shape));
    const terms = foreign.map((each) => {
      const given = group.get(each.name);
      const shape: Shape = foreignShape(each, tensor.shape);
      const need = `need it as ${shownShape(shape)} for ${tensor.fullName}`;
      if (!given) throw new RangeError(`load: got no ${each.name} of ${shown(prefix)}, ${need}`);
      const got = `${shown(given.name)} as ${shownShape(given.shape)}`;
      if (given.shape.join() !== shape.join()) throw new RangeError(`load: got ${got}, ${need}`);
      const written = foreign.length > 1 ? new Float64Array(values.length) : values;
      writeForeign(given.values, each, tensor.shape, order, written);
      return written;
    });
    // A sum is rounded once.
    if (terms.length > 1) values.set(terms[0].map((_, index) => terms.reduce((sum, each) => sum + each[index], 0)));
    const { minimum = Number.NEGATIVE_INFINITY } = tensor as Statistic;
    const bad = values.find((value) => !Number.isFinite(value) || value < minimum);
    if (bad === undefined) return [tensor, values];
    const finite = Number.isFinite(minimum) ? `finite numbers from ${minimum}` : `finite numbers of ${dtype}`;
    const names = foreign.map(({ name }) => shown(group.get(name)!.name));
    throw new RangeError(`load: got ${bad} in ${names.join(" + ")}, need ${finite}`);
  });
}
