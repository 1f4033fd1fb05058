/** The nodes of layers that move numbers. */

import type { Value } from "../../index.ts";
import type { GraphWriter, Order } from "../graph.ts";
import { axisLast, innerOrder, made, type Write } from "./use.ts";

export const flattenLayer: Write<"flatten"> = ({ name, inputs: [input], outputs: [output] }, graph) => {
  const order = graph.orderOf(input);
  // The channels of an image come first in its row.
  if (order === "first" && input.shape.length === 3) {
    graph.set(output, "row", graph.one("Flatten", [graph.get(input, "first")], {}, name), input.shape);
    return;
  }
  if (input.shape.length === 1) return made(graph, input, output, order, graph.get(input, order));
  graph.set(output, "last", graph.one("Flatten", [graph.get(input, "last")], {}, name));
};

export const reshapeLayer: Write<"reshape"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const shape = graph.integers([0, ...description.shape]);
  graph.set(output, "last", graph.one("Reshape", [graph.get(input, "last"), shape], {}, name));
};

export const permuteLayer: Write<"permute"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const perm = [0, ...description.sides.map((side) => side + 1)];
  graph.set(output, "last", graph.one("Transpose", [graph.get(input, "last")], { perm }, name));
};

export const sliceLayer: Write<"slice"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const { side, start, end } = description;
  const order = innerOrder(input, graph);
  const range = [[start], [end], [graph.axisOf(input, side, order)]].map((list) => graph.integers(list));
  graph.set(output, order, graph.one("Slice", [graph.get(input, order), ...range], {}, name));
};

export const splitLayer: Write<"split"> = ({ name, description, inputs: [input], outputs }, graph) => {
  const order = innerOrder(input, graph);
  const inputs = [graph.get(input, order), graph.integers(description.sizes)];
  const names = graph.node("Split", inputs, { axis: axisLast(order) }, { name, outputs: outputs.length });
  outputs.forEach((output, index) => {
    graph.set(output, order, names[index]);
  });
};

/** Returns for each axis of an image what is before and after its sides. */
function aroundAxes(value: Value, order: Order, pairs: readonly (readonly [number, number])[], graph: GraphWriter) {
  const axes = new Map(pairs.map((pair, side) => [graph.axisOf(value, side, order), pair] as const));
  const all = Array.from({ length: 4 }, (_, axis) => axes.get(axis) ?? [0, 0]);
  return [...all.map(([before]) => before), ...all.map(([, after]) => after)];
}

export const padLayer: Write<"zeroPad2d"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = innerOrder(input, graph);
  const pads = graph.integers(aroundAxes(input, order, description.padding, graph));
  graph.set(output, order, graph.one("Pad", [graph.get(input, order), pads], {}, name));
};

export const cropLayer: Write<"crop2d"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = innerOrder(input, graph);
  const { margins } = description;
  const lists = [
    margins.map(([before]) => before),
    margins.map(([, after], side) => input.shape[side] - after),
    margins.map((_, side) => graph.axisOf(input, side, order)),
  ];
  const range = lists.map((list) => graph.integers(list));
  graph.set(output, order, graph.one("Slice", [graph.get(input, order), ...range], {}, name));
};

export const upsampleLayer: Write<"upsample2d"> = (
  { name, description, inputs: [input], outputs: [output] },
  graph,
) => {
  const { factor, interpolation } = description;
  const scales = graph.floats([1, 1, ...factor]);
  const isNearest = interpolation === "nearest";
  const attributes: Record<string, string> = isNearest
    ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
    : { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  graph.set(output, "first", graph.one("Resize", [graph.get(input, "first"), "", scales], attributes, name));
};
