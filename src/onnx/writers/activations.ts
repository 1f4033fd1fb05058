/** The nodes of activations and of dropout. */

import type { Activation } from "../../index.ts";
import type { GraphWriter, Order } from "../graph.ts";
import { axisLast, made, type Write } from "./use.ts";

/** Adds the nodes of an activation. @returns the name of the tensor behind them */
export function activate(
  { name, parameter }: Activation,
  input: string,
  order: Order,
  graph: GraphWriter,
  title?: string,
): string {
  const one = (operator: string, inputs: readonly string[], attributes = {}) =>
    graph.one(operator, inputs, attributes, title ?? operator);
  const simple: Readonly<Record<string, string>> = {
    ...{ relu: "Relu", selu: "Selu", sigmoid: "Sigmoid", tanh: "Tanh", softplus: "Softplus", softsign: "Softsign" },
    ...{ hardSwish: "HardSwish", softmax: "Softmax", logSoftmax: "LogSoftmax", leakyRelu: "LeakyRelu", elu: "Elu" },
    hardSigmoid: "HardSigmoid",
  };
  if (name === "linear") return input;
  if (name === "softmax" || name === "logSoftmax") return one(simple[name], [input], { axis: axisLast(order) });
  if (name === "leakyRelu" || name === "elu") return one(simple[name], [input], { alpha: { float: parameter } });
  if (name === "hardSigmoid") return one(simple[name], [input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
  if (name in simple) return one(simple[name], [input]);
  if (name === "silu") return one("Mul", [input, graph.one("Sigmoid", [input])]);
  if (name === "mish") return one("Mul", [input, graph.one("Tanh", [graph.one("Softplus", [input])])]);
  if (name === "gelu") {
    const scaled = graph.one("Div", [input, graph.number(Math.SQRT2)]);
    const sum = graph.one("Add", [graph.one("Erf", [scaled]), graph.number(1)]);
    return one("Mul", [graph.one("Mul", [input, sum]), graph.number(0.5)]);
  }
  const cube = graph.one("Mul", [input, graph.one("Mul", [input, input])]);
  const inner = graph.one("Add", [input, graph.one("Mul", [cube, graph.number(0.044715)])]);
  const tanh = graph.one("Tanh", [graph.one("Mul", [inner, graph.number(Math.sqrt(2 / Math.PI))])]);
  const sum = graph.one("Add", [tanh, graph.number(1)]);
  return one("Mul", [graph.one("Mul", [input, sum]), graph.number(0.5)]);
}

export const activationLayer: Write<"activation"> = (
  { name, description, inputs: [input], outputs: [output] },
  graph,
) => {
  const order = graph.orderOf(input);
  made(graph, input, output, order, activate(description.activation, graph.get(input, order), order, graph, name));
};

export const dropoutLayer: Write<"dropout"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = graph.orderOf(input);
  const ratio = graph.floats([description.rate], true);
  made(graph, input, output, order, graph.one("Dropout", [graph.get(input, order), ratio], {}, name));
};
