/** Recurrent layers of ONNX's weights. ONNX has the gates of an LSTM in the order i o f c and those of a GRU in z r h. */

import { bidirectional, gru, lstm, simpleRnn, slice, type Value } from "../../index.ts";
import { Constant } from "../constants.ts";
import { reshaped } from "../layout.ts";
import type { CallableLayer, Reader } from "../reader.ts";
import type { CellStates, CellUse } from "./cells.ts";

export interface Cell {
  readonly kind: "lstm" | "gru" | "simpleRnn";
  /** For each of our gates, the place of ONNX's. */
  readonly gates: readonly number[];
  readonly activations: readonly string[];
}

export const cells: Readonly<Record<string, Cell>> = {
  LSTM: { kind: "lstm", gates: [0, 2, 3, 1], activations: ["Sigmoid", "Tanh", "Tanh"] },
  GRU: { kind: "gru", gates: [1, 0, 2], activations: ["Sigmoid", "Tanh"] },
  RNN: { kind: "simpleRnn", gates: [0], activations: ["Tanh"] },
};

const layers = { lstm, gru, simpleRnn };

/** Returns the part of a tensor [directions, gates · units, …] of one direction, with our gates as columns: [features, gates · units]. */
function columnsOf(tensor: Constant, direction: number, gates: readonly number[], units: number): Constant {
  const [, rows, features = 1] = tensor.dims;
  const columns = gates.length * units;
  return tensor.moved([features, columns], (index) => {
    const [feature, column] = [Math.floor(index / columns), index % columns];
    const row = gates[Math.floor(column / units)] * units + (column % units);
    return (direction * rows + row) * features + feature;
  });
}

/** Returns the parameters of one direction. The biases of input and state are one, except for a GRU's candidate. */
function parametersOf(
  cell: Cell,
  direction: number,
  units: number,
  { weight, recurrentWeight, bias }: CellUse,
): Record<string, Constant> {
  const { gates, kind } = cell;
  const columns = gates.length * units;
  const made: Record<string, Constant> = {
    weight: columnsOf(weight, direction, gates, units),
    recurrentWeight: columnsOf(recurrentWeight, direction, gates, units),
  };
  const half = (index: number) => {
    if (!bias) return new Float32Array(columns);
    const own = bias.moved([1, columns], (place) => direction * 2 * columns + index * columns + place);
    return columnsOf(own, 0, gates, units).values;
  };
  const [input, state] = [half(0), half(1)];
  // ONNX has the candidate's second bias among the others.
  const isApart = (index: number) => kind === "gru" && index >= 2 * units;
  made.bias = new Constant([columns], {
    values: input.map((value, index) => (isApart(index) || state[index] === 0 ? value : value + state[index])),
  });
  if (kind === "gru") made.candidateBias = new Constant([units], { values: state.slice(2 * units) });
  return made;
}

/** Returns the states that recurrent layers compute, those that are needed. */
export function layered(
  use: CellUse,
  { all: needsAll, last: needsLast }: { readonly all: boolean; readonly last: boolean },
  reader: Reader,
): Partial<CellStates> {
  const { node, value, units, weight, recurrentWeight, bias, directions } = use;
  const cell = cells[node.name];
  const direction = node.text("direction", "forward");
  const made = (returnSequences: boolean) => {
    const layer = reader.weighted({
      node,
      key: [cell.kind, weight, recurrentWeight, bias],
      options: { units, returnSequences, direction },
      make: ({ units: count, direction: way, ...options }) => {
        const make = layers[cell.kind];
        if (way === "bidirectional") return bidirectional(make(count, options)) as CallableLayer;
        return make(count, { ...options, reverse: way === "reverse" }) as CallableLayer;
      },
      parameters() {
        if (directions.length === 1) return parametersOf(cell, 0, units, use);
        const halves = ["forward", "backward"].map((half, index) =>
          Object.entries(parametersOf(cell, index, units, use)).map(
            ([name, each]) => [`${half}.${name}`, each] as const,
          ),
        );
        return Object.fromEntries(halves.flat());
      },
    });
    return reader.apply(layer, value);
  };
  const all = needsAll ? made(true) : undefined;
  const isWhole = all && !value.lengths && directions.length === 1;
  const last = needsLast ? (isWhole ? lastStep(all, direction, reader) : made(false)) : undefined;
  return { ...(all && { all }), ...(last && { last }) };
}

/** Returns the state after the last step that a layer has read. */
function lastStep(all: Value, direction: string, { apply, move }: Reader): Value {
  const [steps, units] = all.shape;
  const step = direction === "reverse" ? 0 : steps - 1;
  const taken = steps === 1 ? all : apply(slice(0, step, step + 1) as CallableLayer, all);
  return reshaped(taken, [units], move);
}
