/** Loads tensors from elsewhere as a network's parameters and statistics: it matches them, and checks that all fit. */

import { checkOptions, isKnown, listed, plural, shown, unknownName } from "../errors.ts";
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
  splitStackedName,
  stackedName,
  writeForeign,
} from "./layers/foreign.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import { shownShape } from "./layers/shape.ts";
import type { Value } from "./layers/value.ts";
import { isFlat } from "./rows.ts";

const who = "load";
/** A library that tensors come from. */
export type TensorSource = "simdnet" | "pytorch" | "keras";

const sources: readonly TensorSource[] = ["simdnet", "pytorch", "keras"];

export interface LoadOptions {
  /**
   * The library that the tensors come from, which determines their names and layout. "simdnet" means those of a network's file, "pytorch"
   * those of a state_dict, "keras" those of Keras 3. Default "simdnet".
   */
  readonly from?: TensorSource | undefined;
  /**
   * Maps layers of the file to our layers: `{ "0": "dense1", "2": "dense2" }`. The name of a layer in the file is the beginning of its
   * tensors' names. Stacked recurrent layers of PyTorch (`num_layers=2`) become the named layer and the next ones. By default, layers of the
   * same names belong together. If not all names agree, layers belong together in their order. In alphabetical order, as Python writes
   * them, numbers in names are compared as numbers: layer 2 comes before layer 10.
   */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/** One of our tensors, and the tensors of the file whose sum it is. */
interface Wanted {
  readonly tensor: Parameter | Statistic;
  readonly foreign: readonly ForeignTensor[];
  /** For each place of the first side, the place in the file, if they differ. */
  readonly order: readonly number[] | undefined;
}

/** The tensors of one layer of the file, by the ends of their names. */
interface Group {
  /** The beginning of the tensors' names. */
  readonly prefix: string;
  /** The layer's number among stacked layers, from 0. */
  readonly level: number;
  readonly tensors: Map<string, NamedTensor>;
}

/**
 * Copies tensors into the parameters and statistics of `engine`.
 *
 * @throws {RangeError | TypeError} if they are not those of the same topology; then nothing changes
 */
export function loadTensors(engine: Engine, tensors: readonly NamedTensor[], options: LoadOptions): void {
  checkOptions(who, options, ["from", "names"]);
  const { from = "simdnet", names } = options;
  if (!sources.includes(from)) throw unknownName(`${who}: from`, from, sources);
  const layers = wantedOf(engine.graph, from);
  const groups = groupsOf(tensors, from, layers);
  const loaded = [...matchLayers(layers, groups, names)].flatMap(([layer, group]) =>
    valuesOfLayer(layer, layers.get(layer)!, group, engine),
  );
  for (const [tensor, values] of loaded) engine.tensorView(tensor).set(values);
}

/** Returns the layers that have tensors, with these tensors. */
function wantedOf(graph: Graph, from: TensorSource): Map<string, Wanted[]> {
  const orders = from === "pytorch" ? featureOrders(graph) : new Map<GraphLayer, readonly number[]>();
  const layers = graph.layers.map((layer): [string, Wanted[]] => {
    const order = orders.get(layer);
    const tensors = from === "simdnet" ? undefined : foreignTensors(layer, from);
    const wanted = [...layer.parameters, ...layer.statistics].map((tensor) => {
      const { kind } = layer.description;
      const foreign = from === "simdnet" ? { name: tensor.name } : tensors?.[tensor.name];
      if (!foreign) {
        const got = `a layer ${layer.name} of kind ${kind}, whose tensors in ${from} are not known`;
        throw new RangeError(`load: got ${got}, need the option from: "simdnet"`);
      }
      // Input features are the rows of a weight. In a layer without a weight they are the columns.
      const isByFeature = !isMixing(layer) || (tensor as Parameter).isWeight;
      return { tensor, foreign: [foreign].flat(), order: isByFeature ? order : undefined };
    });
    return [layer.name, wanted];
  });
  return new Map(layers.filter(([, wanted]) => wanted.length > 0));
}

/** Returns the ends of the names of the wanted tensors. */
const namesOf = (wanted: readonly Wanted[]) => [
  ...new Set(wanted.flatMap(({ foreign }) => foreign.map(({ name }) => name))),
];

/** Tells whether a layer may have no tensors in the file. */
const mayBeAbsent = (wanted: readonly Wanted[]) => wanted.every(({ foreign: [{ absent }] }) => absent !== undefined);

/** Tells whether each output of a layer depends on all features, not only on the feature at its place. */
const isMixing = ({ parameters, kind }: GraphLayer) => !kind.tokens && parameters.some(({ isWeight }) => isWeight);

/**
 * Returns the places of features in PyTorch, for layers whose features have another order there. PyTorch has the channels of an image
 * first, so it flattens [height, width, channels] to (channels, height, width).
 *
 * @throws {RangeError} if reordered numbers pass a layer after which their order is not known
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
      throw new RangeError(`load: got ${got}, need the option from: "simdnet", or a dense layer between`);
    }
  }
  return layers;
}

/** Returns the order of values that are joined. */
function joinedOrder(values: readonly Value[], orders: ReadonlyMap<Value, readonly number[]>): readonly number[] {
  let end = 0;
  return values.flatMap((value) => {
    const from = end;
    end += sizeOf(value.shape);
    return Array.from({ length: end - from }, (_, index) => from + (orders.get(value)?.[index] ?? index));
  });
}

/**
 * Returns the layers of the file by the beginning of their tensors' names, in the order of their first tensors. Stacked layers share a
 * beginning.
 */
function groupsOf(
  tensors: readonly NamedTensor[],
  from: string,
  layers: ReadonlyMap<string, readonly Wanted[]>,
): Map<string, Group[]> {
  if (!Array.isArray(tensors)) {
    throw new TypeError(`load: got ${shown(tensors)}, need the tensors that readSafetensors gives`);
  }
  const ends = namesOf([...layers.values()].flat());
  const counters = from === "simdnet" ? [] : foreignCounters;
  const groups = new Map<string, Group[]>();
  const counted = new Map<string, string>();
  for (const tensor of tensors as NamedTensor[]) {
    const { name, shape, values } = Object(tensor) as NamedTensor;
    if (typeof name !== "string" || !Array.isArray(shape) || !isFlat(values) || values.length !== sizeOf(shape)) {
      throw new TypeError(
        `load: got ${shown(name ?? tensor)}, need a tensor: name, shape, and as many values in a typed array`,
      );
    }
    const plain =
      from === "pytorch" ? splitStackedName(name) : { name: from === "keras" ? foreignName(name) : name, level: 0 };
    // The longest end that matches, because an end may contain a dot.
    const known = [...ends, ...counters].filter((end) => isEnd(plain.name, end));
    const end = known.reduce((one, other) => (other.length > one.length ? other : one), "");
    const { level } = plain;
    if (end === "" || level >= layers.size) throw surplus(name, from, ends);
    const prefix = plain.name.slice(0, -end.length - 1);
    if (counters.includes(end)) {
      counted.set(prefix, name);
      continue;
    }
    if (!groups.has(prefix)) groups.set(prefix, []);
    const stack = groups.get(prefix)!;
    while (stack.length <= level) stack.push({ prefix, level: stack.length, tensors: new Map() });
    if (stack[level].tensors.has(end)) throw new RangeError(`load: got a tensor ${shown(name)} twice, need it once`);
    stack[level].tensors.set(end, tensor);
  }
  for (const [prefix, name] of counted) if (!groups.has(prefix)) throw surplus(name, from, ends);
  return groups;
}

const isEnd = (name: string, end: string) => name === end || name.endsWith(`.${end}`) || name.endsWith(`/${end}`);

/** @param from the library whose names are known @param ends the ends of names that there may be */
function surplus(name: string, from: string, ends: readonly string[]): RangeError {
  const need = ends.length === 0 ? "none" : `names that end in ${listed(ends)}, as ${from} has them`;
  return new RangeError(`load: got a tensor ${shown(name)}, which no layer has, need ${need}; or another \`from\``);
}

/** Returns the layer of the file for each of our layers, or undefined if it has no tensors there. */
function matchLayers(
  wanted: ReadonlyMap<string, readonly Wanted[]>,
  groups: ReadonlyMap<string, readonly Group[]>,
  names: LoadOptions["names"],
): Map<string, Group | undefined> {
  const layers = [...wanted.keys()];
  const prefixes = [...groups.keys()];
  const needed = layers.filter((layer) => !mayBeAbsent(wanted.get(layer)!));
  if (prefixes.length === 0 && layers.length > 0) {
    throw new RangeError(`load: got no tensors, need those of ${listed(layers)}`);
  }
  if (names !== undefined) return matchedByName(layers, needed, groups, names);
  if (prefixes.every((prefix) => layers.includes(prefix))) {
    const same = Object.fromEntries(prefixes.map((prefix) => [prefix, prefix]));
    return matchedByName(layers, needed, groups, same);
  }
  const isAlphabetical = prefixes.every((prefix, index) => index === 0 || prefixes[index - 1] < prefix);
  const ordered = isAlphabetical ? prefixes.toSorted((a, b) => (padded(a) < padded(b) ? -1 : 1)) : prefixes;
  const all = ordered.flatMap((prefix) => groups.get(prefix)!);
  const present = all.length === needed.length ? needed : layers;
  if (all.length !== present.length) {
    const got = `tensors of ${plural(all.length, "layer")} (${listed(all.map(titleOf))})`;
    throw new RangeError(`load: got ${got}, need those of ${layers.length}: ${listed(layers)}`);
  }
  return new Map(layers.map((layer) => [layer, all[present.indexOf(layer)]]));
}

/** Matches layers by their names. @param needed the layers that must have tensors */
function matchedByName(
  layers: readonly string[],
  needed: readonly string[],
  groups: ReadonlyMap<string, readonly Group[]>,
  names: NonNullable<LoadOptions["names"]>,
): Map<string, Group | undefined> {
  checkOptions("load: names", names, [...groups.keys()]);
  const pairs = new Map<string, Group>();
  for (const [prefix, first] of Object.entries(names)) {
    const begin = layers.indexOf(first);
    if (begin < 0) throw unknownName(`load: names ${shown(prefix)}`, first, layers);
    for (const group of groups.get(prefix)!) {
      const layer = layers[begin + group.level];
      if (layer === undefined)
        throw new RangeError(`load: got ${titleOf(group)}, need a layer for it behind ${layers.at(-1)}`);
      if (pairs.has(layer)) throw new RangeError(`load: got ${shown(layer)} twice in names, need each layer once`);
      pairs.set(layer, group);
    }
  }
  const idle = [...groups.keys()].find((prefix) => !isKnown(names, prefix));
  if (idle !== undefined) {
    throw new RangeError(`load: got names without ${shown(idle)}, need a layer for each of the file's`);
  }
  const missing = needed.find((layer) => !pairs.has(layer));
  if (missing !== undefined) {
    throw new RangeError(`load: got no tensors for ${missing}, need some for each of ${listed(needed)}`);
  }
  return new Map(layers.map((layer) => [layer, pairs.get(layer)]));
}

/** Returns the name of a layer of the file, for messages. */
const titleOf = ({ prefix, level }: Group) => `${shown(prefix)}${level > 0 ? `, layer ${level + 1} of its stack` : ""}`;

/** Pads the numbers in a name with zeros, so that names sort by their numbers. */
const padded = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(16, "0"));

/**
 * Returns the values of a layer's tensors in our layout and the network's dtype. @param group undefined if the file has no tensors for it
 */
function valuesOfLayer(
  layer: string,
  wanted: readonly Wanted[],
  group: Group | undefined,
  { dtype }: Engine,
): [Parameter | Statistic, Values][] {
  const tensors = group?.tensors ?? new Map<string, NamedTensor>();
  const known = namesOf(wanted);
  for (const [end, { name }] of tensors) {
    if (known.includes(end)) continue;
    throw new RangeError(`load: got a tensor ${shown(name)} for ${layer}, need ${listed(known)}`);
  }
  const present = wanted.flatMap(({ foreign }) => foreign.filter(({ name }) => tensors.has(name)));
  return wanted.map(({ tensor, foreign, order }) => {
    const values = valuesOf(dtype, sizeOf(tensor.shape));
    const [{ absent }] = foreign;
    if (absent !== undefined && !present.some((other) => other.absent === absent)) return [tensor, values.fill(absent)];
    const terms = foreign.map((each) => {
      const given = tensors.get(each.name);
      const shape: Shape = foreignShape(each, tensor.shape);
      const need = `need it as ${shownShape(shape)} for ${tensor.fullName}`;
      if (!given)
        throw new RangeError(
          `load: got no ${stackedName(each.name, group!.level)} of ${shown(group!.prefix)}, ${need}`,
        );
      const got = `${shown(given.name)} as ${shownShape(given.shape)}`;
      if (given.shape.join() !== shape.join()) throw new RangeError(`load: got ${got}, ${need}`);
      const written = foreign.length > 1 ? new Float64Array(values.length) : values;
      writeForeign(given.values, each, tensor.shape, order, written);
      return written;
    });
    // The terms are added in float64, so that the sum is rounded once.
    if (terms.length > 1) values.set(terms[0].map((_, index) => terms.reduce((sum, each) => sum + each[index], 0)));
    const { minimum = Number.NEGATIVE_INFINITY } = tensor as Statistic;
    const isBad = (value: number) => !Number.isFinite(value) || value < minimum;
    const bad = values.find(isBad);
    if (bad === undefined) return [tensor, values];
    // Of a sum that is too large, each number may fit.
    const all = foreign.flatMap(({ name }) => Array.from(tensors.get(name)!.values));
    const given = all.find((value) => isBad(valuesOf(dtype, 1).fill(value)[0])) ?? bad;
    const finite = Number.isFinite(minimum) ? `finite numbers from ${minimum}` : `finite numbers of ${dtype}`;
    const names = foreign.map(({ name }) => shown(tensors.get(name)!.name));
    throw new RangeError(`load: got ${given} in ${names.join(" + ")}, need ${finite}`);
  });
}
