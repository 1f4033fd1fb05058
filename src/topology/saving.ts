/** The tensors of a network as PyTorch has them: its names and layouts. */

import { checkOptions, shown, unknownName } from "../errors.ts";
import type { NamedTensor } from "../files/safetensors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import { counterpartsOf, type LayerCounterparts } from "./counterparts.ts";
import type { Engine } from "./engine.ts";
import { foreignPlaces, foreignShape, stackedName } from "./layers/foreign.ts";
import { sizeOf } from "./layers/layer.ts";

export interface SaveOptions {
  /**
   * The layout and names of the tensors. "simdnet" is this library's own file, with the topology. "pytorch" is a state_dict for
   * `load_state_dict`, without the topology. Default "simdnet".
   */
  readonly layout?: "simdnet" | "pytorch" | undefined;
  /**
   * Our layer for each module of PyTorch, as in `load`: `{ "0": "dense1", "2": "dense2" }`. Recurrent layers behind a named one that have no
   * name of their own become the next layers of its stack (`num_layers=2`). A layer under two names is written twice. Default: the modules
   * have the names of our layers. Only for "pytorch".
   */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/** Tells whether a file is for PyTorch. @throws {RangeError | TypeError} if an option is unknown or does not fit */
export function isForPyTorch(options: SaveOptions): boolean {
  checkOptions("toBytes", options, ["layout", "names"]);
  const { layout = "simdnet", names } = options;
  if (layout !== "simdnet" && layout !== "pytorch")
    throw unknownName("toBytes: layout", layout, ["simdnet", "pytorch"]);
  if (layout === "simdnet" && names !== undefined) {
    throw new RangeError('toBytes: got names without layout: "pytorch", need both');
  }
  return layout === "pytorch";
}

/** A layer of ours in PyTorch: the name of its module, and its number in a stack. */
interface Module {
  readonly counterparts: LayerCounterparts;
  readonly prefix: string;
  readonly level: number;
}

/**
 * Returns a network's parameters and statistics as the tensors of a state_dict.
 *
 * @throws {RangeError | TypeError} if `names` does not fit the layers, or if PyTorch has no such layer
 */
export function tensorsForPyTorch(engine: Engine, names: SaveOptions["names"]): NamedTensor[] {
  const layers = counterpartsOf("toBytes", engine.graph, "pytorch");
  return modulesOf(layers, names).flatMap((module) => tensorsOf(module, engine));
}

/** Returns the modules that are written. */
function modulesOf(layers: ReadonlyMap<string, LayerCounterparts>, names: SaveOptions["names"]): Module[] {
  if (names === undefined) {
    return [...layers].map(([prefix, counterparts]) => ({ counterparts, prefix, level: 0 }));
  }
  checkOptions("toBytes: names", names, Object.keys(Object(names)));
  const prefixesOf = new Map<string, string[]>([...layers.keys()].map((name) => [name, []]));
  for (const [prefix, name] of Object.entries(names)) {
    const prefixes = prefixesOf.get(name);
    if (!prefixes) throw unknownName(`toBytes: names ${shown(prefix)}`, name, [...layers.keys()]);
    prefixes.push(prefix);
  }
  const modules: Module[] = [];
  let stack: Module[] = [];
  for (const [name, counterparts] of layers) {
    const prefixes = prefixesOf.get(name)!;
    const isNext = prefixes.length === 0 && stack.length > 0 && isStackable(stack[0].counterparts, counterparts);
    if (prefixes.length === 0 && !isNext) {
      throw new RangeError(`toBytes: got names without ${name}, need every layer there`);
    }
    stack = isNext
      ? stack.map(({ prefix, level }) => ({ counterparts, prefix, level: level + 1 }))
      : prefixes.map((prefix) => ({ counterparts, prefix, level: 0 }));
    modules.push(...stack);
  }
  return modules;
}

/** Tells whether PyTorch may have one layer behind the other in one module: recurrent layers of one kind and size. */
function isStackable({ layer: one }: LayerCounterparts, { layer: other }: LayerCounterparts): boolean {
  // The last side has the gates of all units.
  const sizes = ({ parameters }: typeof one) => parameters.map(({ name, shape }) => [name, shape.at(-1)]).join();
  const isRecurrent = one.parameters.some(({ name }) => name.endsWith("recurrentWeight"));
  return isRecurrent && one.description.kind === other.description.kind && sizes(one) === sizes(other);
}

/** Returns the tensors of one module. */
function tensorsOf({ counterparts: { forms }, prefix, level }: Module, engine: Engine): NamedTensor[] {
  const tensors = new Map<string, NamedTensor & { values: Values }>();
  for (const { tensor, foreign, order } of forms[0]) {
    const ours = engine.tensorView(tensor);
    for (const [term, each] of foreign.entries()) {
      const shape = foreignShape(each, tensor.shape);
      if (!tensors.has(each.name)) {
        const name = stackedName(each.name, level);
        const path = prefix === "" ? name : `${prefix}.${name}`;
        tensors.set(each.name, { name: path, shape, values: valuesOf(engine.dtype, sizeOf(shape)) });
      }
      // Of a sum, the first term is ours, and the others are 0.
      if (term > 0) continue;
      const { values } = tensors.get(each.name)!;
      const places = foreignPlaces(each, tensor.shape, order);
      for (let index = 0; index < places.length; index++) if (places[index] >= 0) values[places[index]] = ours[index];
    }
  }
  return [...tensors.values()];
}
