/** The nodes of layers that take several values. */

import type { GraphWriter } from "../graph.ts";
import { axisLast, commonOrder, made, reduce, type Write } from "./use.ts";

export const combination =
  (operator: "Add" | "Sub" | "Mul"): Write<"add" | "subtract" | "multiply" | "concatenate"> =>
  ({ name, inputs, outputs: [output] }, graph) => {
    const order = commonOrder(inputs, graph);
    const [first, ...others] = inputs.map((value) => graph.get(value, order));
    const result = others.reduce((sum, each) => graph.one(operator, [sum, each], {}, name), first);
    made(graph, inputs[0], output, order, result);
  };

export const concatenateLayer: Write<"concatenate"> = ({ name, inputs, outputs: [output] }, graph) => {
  const common = commonOrder(inputs, graph);
  const order = common === "row" ? "last" : common;
  const tensors = inputs.map((value) => graph.get(value, order));
  graph.set(output, order, graph.one("Concat", tensors, { axis: axisLast(order) }, name));
};

const comparison =
  (
    write: (graph: GraphWriter, a: string, b: string, axis: number, name: string) => string,
  ): Write<"distance" | "dot"> =>
  ({ name, inputs, outputs: [output] }, graph) => {
    const common = commonOrder(inputs, graph);
    const order = common === "row" ? "last" : common;
    const [a, b] = inputs.map((value) => graph.get(value, order));
    graph.set(output, order, write(graph, a, b, axisLast(order), name));
  };

export const distanceLayer = comparison((graph, a, b, axis, name) =>
  reduce(graph, "ReduceL2", graph.one("Sub", [a, b]), [axis], 1, name),
);

const product = (graph: GraphWriter, a: string, b: string, axis: number, name: string) =>
  reduce(graph, "ReduceSum", graph.one("Mul", [a, b]), [axis], 1, name);

export const dotLayer: Write<"dot"> = (use, graph) => {
  if (!use.description.normalize) return comparison(product)(use as never, graph);
  return comparison((_, a, b, axis, name) => {
    const [first, second] = [a, b].map((each) =>
      graph.one("Max", [reduce(graph, "ReduceL2", each, [axis], 1), graph.number(1e-8)]),
    );
    return graph.one("Div", [product(graph, a, b, axis, "ReduceSum"), graph.one("Mul", [first, second])], {}, name);
  })(use as never, graph);
};
