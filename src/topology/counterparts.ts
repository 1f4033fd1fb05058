/** The tensors of another library that belong to a network's tensors, layer by layer: what is loaded, and what is written for it. */

import type { Graph, GraphLayer, Parameter, Statistic } from "./graph.ts";
import { channelsFirstOrder, type ForeignTensor, foreignLayers, foreignTensors } from "./layers/foreign.ts";
import { sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";

/** A library that tensors come from. */
export type TensorSource = "simdnet" | "pytorch" | "keras";

/** One of our tensors, and the tensors of a file whose sum it is. */
export interface Counterpart {
  readonly tensor: Parameter | Statistic;
  readonly foreign: readonly ForeignTensor[];
  /** For each place of the first side, the place in the file, if they differ. */
  readonly order: readonly number[] | undefined;
}

/** A layer with its tensors. A library may have several forms of them: the first is written, each is read. */
export interface LayerCounterparts {
  readonly layer: GraphLayer;
  readonly forms: readonly (readonly Counterpart[])[];
}

/**
 * Returns the layers that have tensors, with these tensors, by their names.
 *
 * @param who for messages
 * @throws {RangeError} if a layer's tensors, or the order of its features, are not known in that library
 */
export function counterpartsOf(who: string, graph: Graph, from: TensorSource): Map<string, LayerCounterparts> {
  const orders = from === "pytorch" ? featureOrders(who, graph) : new Map<GraphLayer, readonly number[]>();
  const layers = new Map<string, LayerCounterparts>();
  for (const layer of graph.layers) {
    const tensors = [...layer.parameters, ...layer.statistics];
    if (tensors.length === 0) continue;
    const order = orders.get(layer);
    const own = Object.fromEntries(tensors.map(({ name }) => [name, { name }]));
    const known = from === "simdnet" ? [own] : foreignTensors(layer, from);
    if (known.length === 0) {
      const got = `a layer ${layer.name} of kind ${layer.description.kind}, whose tensors in ${from} are not known`;
      throw new RangeError(`${who}: got ${got}, need ${plain(who)}`);
    }
    const forms = known.map((foreign) =>
      tensors.map((tensor) => {
        // Input features are the rows of a weight. In a layer without a weight they are the columns.
        const isByFeature = !isMixing(layer) || (tensor as Parameter).isWeight;
        return { tensor, foreign: [foreign[tensor.name]].flat(), order: isByFeature ? order : undefined };
      }),
    );
    layers.set(layer.name, { layer, forms });
  }
  return layers;
}

/** Returns the option that needs to know no other library. @param who "load" or "toBytes" */
const plain = (who: string) => `the option ${who === "load" ? "from" : "layout"}: "simdnet"`;

/** Returns the ends of the names of a layer's tensors. */
export const endsOf = (counterparts: readonly Counterpart[]) => [
  ...new Set(counterparts.flatMap(({ foreign }) => foreign.map(({ name }) => name))),
];

/** Tells whether each output of a layer depends on all features, not only on the feature at its place. */
const isMixing = ({ parameters, kind }: GraphLayer) => !kind.tokens && parameters.some(({ isWeight }) => isWeight);

/**
 * Returns the places of features in PyTorch, for layers whose features have another order there. PyTorch has the channels of an image
 * first, so it flattens [height, width, channels] to (channels, height, width).
 *
 * @throws {RangeError} if reordered numbers pass a layer after which their order is not known
 */
function featureOrders(who: string, { inputs, nodes }: Graph): Map<GraphLayer, readonly number[]> {
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
      throw new RangeError(`${who}: got ${got}, need ${plain(who)}, or a dense layer between`);
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
