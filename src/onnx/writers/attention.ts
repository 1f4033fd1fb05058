/** The nodes of attention. */

import type { Value } from "../../index.ts";
import { parameter, type Write } from "./use.ts";

/** The number added to hidden scores; softmax makes it 0. */
const hidden = -1e9;

export const attentionLayer: Write<"attention"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [query, value = query] = inputs;
  const { heads, causal } = description;
  const [steps, features] = query.shape;
  const columns = use.values("queryWeight")!.length / features;
  const keyUnits = columns / heads;
  const project = (part: string, input: string, dims: readonly number[], title?: string): string => {
    const weight = parameter(use, graph, `${part}Weight`, dims)!;
    const bias = parameter(use, graph, `${part}Bias`, [dims[1]]);
    const product = graph.one("MatMul", [input, weight], {}, bias === undefined ? title : undefined);
    return bias === undefined ? product : graph.one("Add", [product, bias], {}, title);
  };
  const toHeads = (part: string, from: Value, perm: readonly number[]) => {
    const projected = project(part, graph.get(from, "last"), [from.shape[1], columns]);
    const parts = graph.one("Reshape", [projected, graph.integers([0, 0, heads, keyUnits])]);
    return graph.one("Transpose", [parts], { perm });
  };
  const scores = graph.one("MatMul", [toHeads("query", query, [0, 2, 1, 3]), toHeads("key", value, [0, 2, 3, 1])]);
  let scaled = graph.one("Mul", [scores, graph.number(1 / Math.sqrt(keyUnits))]);
  if (value.lengths) {
    // Keys behind the end of a sequence do not count.
    scaled = graph.one("Where", [use.lengths.mask(value, [1, 2]), scaled, graph.number(hidden)]);
  }
  if (causal) {
    const mask = use.values("queryWeight")!.constructor as Float32ArrayConstructor;
    const later = mask.from({ length: steps * steps }, (_, index) =>
      index % steps > Math.floor(index / steps) ? hidden : 0,
    );
    scaled = graph.one("Add", [scaled, graph.tensor(`${name}.mask`, [steps, steps], later)]);
  }
  const weights = graph.one("Softmax", [scaled], { axis: -1 });
  const mixed = graph.one("MatMul", [weights, toHeads("value", value, [0, 2, 1, 3])]);
  const together = graph.one("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  const whole = graph.one("Reshape", [together, graph.integers([0, 0, columns])]);
  graph.set(outputs[0], "last", project("output", whole, [columns, features], name));
};
