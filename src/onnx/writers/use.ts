/** Shared by the writers of all layers: the use of a layer, its parameters, the order of its values. */

import type { LayerDescription, Value } from "../../index.ts";
import { stridesOf } from "../constants.ts";
import type { GraphWriter, Order } from "../graph.ts";
import type { Numbers } from "../tensors.ts";
import type { LengthWriter } from "./lengths.ts";

/** A use of a layer. */
export interface Use<Description = LayerDescription> {
  readonly name: string;
  readonly description: Description;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Returns the numbers of a parameter or statistic; undefined if the layer has none of this name. */
  readonly values: (name: string) => Numbers | undefined;
  /** True if the layer reads tokens that are real numbers in the graph. */
  readonly areTokensReal: boolean;
  /** The lengths of sequences in the graph. */
  readonly lengths: LengthWriter;
}

/** The descriptions of some kinds. A description may have several. */
export type OfKind<Kind, Description = LayerDescription> = Description extends { readonly kind: infer Own }
  ? Kind extends Own
    ? Description
    : never
  : never;
export type Write<Kind> = (use: Use<OfKind<Kind>>, graph: GraphWriter) => void;

export const axisLast = (order: Order) => (order === "first" ? 1 : -1);

/** Returns the order in which layers take several values that they treat number by number. */
export function commonOrder(values: readonly Value[], graph: GraphWriter): Order {
  const orders = values.map((value) => graph.orderOf(value));
  const [first] = orders;
  if (orders.every((order) => order === first) && first !== "row") return first;
  const images = values.map((value) => (graph.has(value, "row") ? graph.imageOf(value).join() : ""));
  if (images.every((image) => image !== "" && image === images[0])) return "row";
  return orders.includes("first") ? "first" : "last";
}

/** Passes the image of a row on. */
export function made(graph: GraphWriter, from: Value, to: Value, order: Order, name: string): void {
  graph.set(to, order, name, order === "row" ? graph.imageOf(from) : undefined);
}

/** Normalizations of the last side take a value with its channels first, too, but then ONNX has no operator of its own. */
export const innerOrder = (value: Value, graph: GraphWriter): Order => {
  const order = graph.orderOf(value);
  return order === "row" ? "last" : order;
};

/** Returns a tensor's numbers with the sides in another order; side i is `order[i]` of those given. */
export function turned(values: Numbers, dims: readonly number[], order: readonly number[]): Numbers {
  const strides = stridesOf(dims);
  const shape = order.map((side) => dims[side]);
  const counts = stridesOf(shape);
  const result = values.slice();
  for (let index = 0; index < result.length; index++) {
    let [rest, place] = [index, 0];
    for (let side = 0; side < shape.length; side++) {
      const at = Math.floor(rest / counts[side]);
      rest -= at * counts[side];
      place += at * strides[order[side]];
    }
    result[index] = values[place];
  }
  return result;
}

/** Adds a parameter as a tensor. @returns its name; undefined if there is none */
export const parameter = (
  use: Use<unknown>,
  graph: GraphWriter,
  name: string,
  dims: readonly number[],
): string | undefined => {
  const values = use.values(name);
  return values && graph.tensor(`${use.name}.${name}`, dims, values);
};

/** Returns the inputs without the absent ones at their end. */
export const given = (...names: readonly (string | undefined)[]): string[] =>
  names.filter((name) => name !== undefined);

/** Adds a reduction of axes, which are an input since version 18, or since 13 for sums. */
export function reduce(
  graph: GraphWriter,
  operator: string,
  input: string,
  axes: readonly number[],
  keepdims: 0 | 1,
  name = operator,
): string {
  const isInput = graph.opset >= (operator === "ReduceSum" ? 13 : 18);
  if (isInput) return graph.one(operator, [input, graph.integers(axes)], { keepdims }, name);
  return graph.one(operator, [input], { axes, keepdims }, name);
}

/** Returns the shape of a row of numbers that is broadcast along the channels. */
export const rowShape = (value: Value, order: Order): readonly number[] => {
  const channels = value.shape.at(-1)!;
  return order === "first" ? [channels, ...value.shape.slice(1).map(() => 1)] : [channels];
};
