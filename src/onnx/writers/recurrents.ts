/** The nodes of recurrent layers. */

import type { GraphWriter } from "../graph.ts";
import type { Numbers } from "../tensors.ts";
import type { Use, Write } from "./use.ts";

interface Gates {
  readonly operator: "LSTM" | "GRU" | "RNN";
  /** For each of ONNX's gates, the place of ours. */
  readonly order: readonly number[];
}

const gatesOf: Readonly<Record<string, Gates>> = {
  lstm: { operator: "LSTM", order: [0, 3, 1, 2] },
  gru: { operator: "GRU", order: [1, 0, 2] },
  simpleRnn: { operator: "RNN", order: [0] },
};

/** Returns the numbers of a matrix [rows, gates · units] as [gates · units, rows], with the gates in ONNX's order. */
function gateRows(values: Numbers, units: number, { order }: Gates): Numbers {
  const columns = order.length * units;
  const rows = values.length / columns;
  const result = values.slice();
  for (let index = 0; index < result.length; index++) {
    const [row, column] = [index % rows, Math.floor(index / rows)];
    result[index] = values[row * columns + order[Math.floor(column / units)] * units + (column % units)];
  }
  return result;
}

/** Joins lists of numbers. */
function joined(lists: readonly Numbers[]): Numbers {
  const result = new (lists[0].constructor as Float32ArrayConstructor)(
    lists.reduce((sum, { length }) => sum + length, 0),
  );
  let from = 0;
  for (const list of lists) {
    result.set(list, from);
    from += list.length;
  }
  return result;
}

interface Recurrence {
  readonly kind: string;
  readonly units: number;
  readonly returnSequences: boolean;
}

/** Adds the node of a recurrent layer. @returns its output: of all steps, or the last state, with a side for the directions */
function recurrence(
  use: Use<unknown>,
  { kind, units, returnSequences }: Recurrence,
  direction: "forward" | "reverse" | "bidirectional",
  graph: GraphWriter,
): string {
  const gates = gatesOf[kind];
  const { name, inputs, lengths } = use;
  const [, features] = inputs[0].shape;
  const halves = direction === "bidirectional" ? ["forward.", "backward."] : [""];
  const rows = gates.order.length * units;
  const of = (tensor: string) => joined(halves.map((half) => gateRows(use.values(`${half}${tensor}`)!, units, gates)));
  const weight = graph.tensor(`${name}.weight`, [halves.length, rows, features], of("weight"));
  const recurrentWeight = graph.tensor(`${name}.recurrentWeight`, [halves.length, rows, units], of("recurrentWeight"));
  // Ours is one bias, except for a GRU's candidate.
  const biases = halves.flatMap((half) => {
    const bias = gateRows(use.values(`${half}bias`)!, units, gates);
    const second = bias.map(() => 0);
    const candidate = use.values(`${half}candidateBias`);
    if (candidate) second.set(candidate, 2 * units);
    return [bias, second];
  });
  const bias = graph.tensor(`${name}.bias`, [halves.length, 2 * rows], joined(biases));
  const from = [
    graph.get(inputs[0], "steps"),
    weight,
    recurrentWeight,
    bias,
    ...(inputs[0].lengths ? [lengths.of(inputs[0].lengths)] : []),
  ];
  const attributes = { hidden_size: units, direction, ...(kind === "gru" && { linear_before_reset: 1 }) };
  const output = graph.unique(`${name}:${returnSequences ? 0 : 1}`);
  // All steps, then the last state.
  const outputNames = returnSequences ? [output] : ["", output];
  graph.node(gates.operator, from, attributes, { name, outputNames });
  return output;
}

export const recurrentLayer: Write<"lstm" | "gru" | "simpleRnn"> = (use, graph) => {
  const { description, outputs } = use;
  const { returnSequences, reverse } = description;
  const all = recurrence(use, description, reverse ? "reverse" : "forward", graph);
  const [axis, order] = returnSequences ? ([1, "steps"] as const) : ([0, "last"] as const);
  graph.set(outputs[0], order, graph.one("Squeeze", [all, graph.integers([axis])]));
};

export const bidirectionalLayer: Write<"bidirectional"> = (use, graph) => {
  const { description, outputs } = use;
  const { merge, layer } = description;
  const { returnSequences } = layer;
  const all = recurrence(use, layer, "bidirectional", graph);
  const order = returnSequences ? "steps" : "last";
  if (merge === "concatenate") {
    const [perm, shape] = returnSequences
      ? [
          [0, 2, 1, 3],
          [0, 0, -1],
        ]
      : [
          [1, 0, 2],
          [0, -1],
        ];
    const turnedNode = graph.one("Transpose", [all], { perm });
    graph.set(outputs[0], order, graph.one("Reshape", [turnedNode, graph.integers(shape)]));
    return;
  }
  const axis = returnSequences ? 1 : 0;
  const halves = graph
    .node("Split", [all, graph.integers([1, 1])], { axis }, { outputs: 2 })
    .map((half) => graph.one("Squeeze", [half, graph.integers([axis])]));
  const both = graph.one(merge === "multiply" ? "Mul" : "Add", halves);
  graph.set(outputs[0], order, merge === "average" ? graph.one("Mul", [both, graph.number(0.5)]) : both);
};
