/** The nodes of dense layers. */

import type { Order } from "../graph.ts";
import { activate } from "./activations.ts";
import { given, parameter, turned, type Write } from "./use.ts";

export const denseLayer: Write<"dense"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const { units, activation } = description;
  const features = input.shape.at(-1)!;
  const isRow = graph.orderOf(input) === "row";
  const order: Order = isRow ? "row" : graph.orderOf(input) === "steps" ? "steps" : "last";
  let weight = use.values("weight")!;
  if (isRow) {
    // The rows of the weight follow the channels of the image, which come first.
    const [height, width, channels] = graph.imageOf(input);
    weight = turned(weight, [height, width, channels, units], [2, 0, 1, 3]);
  }
  const arrangement = isRow ? graph.imageOf(input).join(" ") : "";
  const matrix = graph.tensor(`${name}.weight`, [features, units], weight, arrangement);
  const bias = parameter(use, graph, "bias", [units]);
  const from = graph.get(input, order);
  const to = order === "row" ? "last" : order;
  if (input.shape.length === 1) {
    const product = graph.one("Gemm", given(from, matrix, bias), {}, name);
    graph.set(outputs[0], to, activate(activation, product, to, graph));
    return;
  }
  const product = graph.one("MatMul", [from, matrix], {}, name);
  const sum = bias === undefined ? product : graph.one("Add", [product, bias], {}, `${name}/bias`);
  graph.set(outputs[0], to, activate(activation, sum, to, graph));
};
