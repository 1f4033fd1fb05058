/** The nodes of normalizations. */

import type { GraphWriter } from "../graph.ts";
import { axisLast, innerOrder, type OfKind, parameter, reduce, rowShape, type Use, type Write } from "./use.ts";

export const batchNormLayer: Write<"batchNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const isRow = graph.orderOf(input) === "row";
  const order = isRow || input.shape.length === 1 ? "last" : "first";
  const channels = input.shape.at(-1)!;
  const rows = ["weight", "bias", "runningMean", "runningVariance"].map(
    (each) => parameter(use, graph, each, [channels])!,
  );
  const attributes = { epsilon: { float: description.epsilon }, momentum: { float: 1 - description.momentum } };
  graph.set(outputs[0], order, graph.one("BatchNormalization", [graph.get(input, order), ...rows], attributes, name));
};

export const layerNormLayer: Write<"layerNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const order = innerOrder(input, graph);
  const shape = rowShape(input, order);
  const [weight, bias] = ["weight", "bias"].map((each) => parameter(use, graph, each, shape)!);
  const from = graph.get(input, order);
  const { epsilon } = description;
  if (order !== "first") {
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    graph.set(outputs[0], order, graph.one("LayerNormalization", [from, weight, bias], attributes, name));
    return;
  }
  const centred = graph.one("Sub", [from, reduce(graph, "ReduceMean", from, [1], 1)]);
  const variance = reduce(graph, "ReduceMean", graph.one("Mul", [centred, centred]), [1], 1);
  const deviation = graph.one("Sqrt", [graph.one("Add", [variance, graph.number(epsilon)])]);
  const scaled = graph.one("Mul", [graph.one("Div", [centred, deviation]), weight]);
  graph.set(outputs[0], order, graph.one("Add", [scaled, bias], {}, name));
};

export const rmsNormLayer: Write<"rmsNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const order = innerOrder(input, graph);
  const weight = parameter(use, graph, "weight", rowShape(input, order))!;
  const from = graph.get(input, order);
  const square = reduce(graph, "ReduceMean", graph.one("Mul", [from, from]), [axisLast(order)], 1);
  const root = graph.one("Sqrt", [graph.one("Add", [square, graph.number(description.epsilon)])]);
  graph.set(outputs[0], order, graph.one("Mul", [graph.one("Div", [from, root]), weight], {}, name));
};

export const groupNormLayer: Write<"groupNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const { groups, epsilon } = description;
  if (input.lengths) return groupsOfSteps(use, graph);
  const order = input.shape.length === 1 ? "last" : "first";
  const [weight, bias] = ["weight", "bias"].map((each) => parameter(use, graph, each, rowShape(input, order))!);
  const from = graph.get(input, order);
  const parts = graph.one("Reshape", [from, graph.integers([0, groups, -1])]);
  const ones = graph.number(new Array<number>(groups).fill(1));
  const zeros = graph.number(new Array<number>(groups).fill(0));
  const normal = graph.one("InstanceNormalization", [parts, ones, zeros], { epsilon: { float: epsilon } });
  const shape = [0, input.shape.at(-1)!, ...input.shape.slice(0, -1)];
  const whole = graph.one("Reshape", [normal, graph.integers(shape)]);
  graph.set(outputs[0], order, graph.one("Add", [graph.one("Mul", [whole, weight]), bias], {}, name));
};

/** Normalizes groups over the steps of each sequence. What is behind its end does not count. */
function groupsOfSteps(use: Use<OfKind<"groupNorm">>, graph: GraphWriter): void {
  const { name, description, inputs, outputs, lengths } = use;
  const { groups, epsilon } = description;
  const [input] = inputs;
  const [steps, channels] = input.shape;
  const [weight, bias] = ["weight", "bias"].map((each) => parameter(use, graph, each, [channels])!);
  const sides = graph.integers([0, 0, groups, channels / groups]);
  const parts = graph.one("Reshape", [lengths.filled(input, "last", 0), sides]);
  const perStep = graph.number(channels / groups);
  const steppers = graph.one("Unsqueeze", [lengths.asNumbers(input.lengths!), graph.integers([2, 3])]);
  const count = graph.one("Mul", [steppers, perStep]);
  const mean = (tensor: string) => graph.one("Div", [reduce(graph, "ReduceSum", tensor, [1, 3], 1), count]);
  const centred = graph.one("Sub", [parts, mean(parts)]);
  const own = graph.one("Where", [lengths.mask(input, [2, 3]), centred, graph.number(0)]);
  const variance = mean(graph.one("Mul", [own, own]));
  const deviation = graph.one("Sqrt", [graph.one("Add", [variance, graph.number(epsilon)])]);
  const normal = graph.one("Reshape", [graph.one("Div", [centred, deviation]), graph.integers([0, steps, channels])]);
  graph.set(outputs[0], "last", graph.one("Add", [graph.one("Mul", [normal, weight]), bias], {}, name));
}

export const unitNormLayer: Write<"unitNorm"> = ({ name, inputs: [input], outputs: [output] }, graph) => {
  const order = innerOrder(input, graph);
  const from = graph.get(input, order);
  const length = reduce(graph, "ReduceL2", from, [axisLast(order)], 1);
  const bounded = graph.one("Max", [length, graph.number(1e-12)]);
  graph.set(output, order, graph.one("Div", [from, bounded], {}, name));
};
