/** Recurrent layers. ONNX has the steps first and the batch second, the gates of an LSTM in the order i o f c and those of a GRU in z r h. */

import { bidirectional, gru, lstm, simpleRnn, slice, type Value } from "../../index.ts";
import { Constant } from "../constants.ts";
import { arranged, batch, isBatch, MixedBatch, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, isData } from "../reader.ts";

interface Cell {
  readonly kind: "lstm" | "gru" | "simpleRnn";
  /** For each of our gates, the place of ONNX's. */
  readonly gates: readonly number[];
  readonly activations: readonly string[];
}

const cells: Readonly<Record<string, Cell>> = {
  LSTM: { kind: "lstm", gates: [0, 2, 3, 1], activations: ["Sigmoid", "Tanh", "Tanh"] },
  GRU: { kind: "gru", gates: [1, 0, 2], activations: ["Sigmoid", "Tanh"] },
  RNN: { kind: "simpleRnn", gates: [0], activations: ["Tanh"] },
};

const layers = { lstm, gru, simpleRnn };

/** Refuses what our cells do not have. */
function checkCell(node: Operator, cell: Cell, directions: number): void {
  const { activations } = cell;
  // Texts are in a list, whose items only ONNX's own names fill.
  if (node.has("activations")) {
    const given = node.texts("activations");
    const need = Array.from({ length: directions }, () => activations).flat();
    if (given.join() !== need.join()) node.refuse(`activations ${given.join(", ")}`, need.join(", "));
  }
  if (node.has("clip")) node.refuse("clip", "no limit of the cells");
  if (node.int("input_forget", 0)) node.refuse("input_forget", "a forget gate of its own");
}

/** Returns the initial states that are not zeros. */
function checkStates(node: Operator, inputs: readonly (Item | undefined)[]): void {
  for (const [index, name] of [
    [5, "initial_h"],
    [6, "initial_c"],
  ] as const) {
    if (isData(inputs[index]) || (inputs[index] && constantAt(node, inputs, index)?.uniform !== 0)) {
      node.refuse(`${name}`, "states that begin as zeros");
    }
  }
  if (isData(inputs[7]) || (inputs[7] && constantAt(node, inputs, 7)?.uniform !== 0)) {
    node.refuse("peepholes", "gates without them");
  }
}

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
  { weight, recurrentWeight, bias }: Record<"weight" | "recurrentWeight", Constant> & { bias: Constant | undefined },
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

const recurrent: Handler = (node, inputs, reader) => {
  const cell = cells[node.name];
  const data = dataAt(node, inputs, 0);
  const isBatchFirst = node.int("layout", 0) === 1;
  const direction = node.text("direction", "forward");
  const directions = direction === "bidirectional" ? 2 : 1;
  checkCell(node, cell, directions);
  checkStates(node, inputs);
  const [weight, recurrentWeight] = [1, 2].map((index) => constantAt(node, inputs, index));
  const bias = constantAt(node, inputs, 3);
  const units = node.int("hidden_size", 0);
  const columns = cell.gates.length * units;
  const isWeight = weight?.dims.length === 3 && weight.dims[0] === directions && weight.dims[1] === columns;
  const states = recurrentWeight?.dims.join();
  if (!isWeight || states !== [directions, columns, units].join() || (bias && bias.size !== 2 * directions * columns)) {
    return node.refuse(
      "weights of other shapes",
      `W [${directions}, ${columns}, features], R [${directions}, ${columns}, ${units}]`,
    );
  }
  const isZero = (constant: Constant | undefined) => !constant || constant.uniform === 0;
  if (cell.kind === "gru" && node.int("linear_before_reset", 0) === 0) {
    node.refuse("linear_before_reset 0", "1: the reset after the product, as PyTorch's and Keras's");
  }
  if (data.axes.length !== 3) node.refuse(`a value of ${data.axes.length} sides`, "[steps, batch, features]");
  const [steps, examples, features] = isBatchFirst ? [data.axes[1], data.axes[0], data.axes[2]] : data.axes;
  const isMixed = [steps, features].some((axis) => axis.includes(batch)) || !isBatch(examples);
  if (isMixed) throw new MixedBatch(`${node.who}: got examples along another axis than the second, need them there`);
  const lengths = inputs[4];
  if (lengths && !isData(lengths) && !isFull(lengths, data.value.shape[steps[0]] ?? 1)) {
    node.refuse("constant lengths that are not all steps", "lengths as an input of the network");
  }
  const value = arranged(data.value, [steps, features], reader.move);
  if (weight.dims[2] !== value.shape[1]) node.refuse(`W for ${weight.dims[2]} features`, `one for ${value.shape[1]}`);
  const needsAll = node.outputs[0] !== undefined && node.outputs[0] !== "" && reader.isUsed(node.outputs[0]);
  const needsLast = reader.isUsed(node.outputs[1] ?? "");
  const given = { weight, recurrentWeight: recurrentWeight!, bias: isZero(bias) ? undefined : bias };
  const use = (returnSequences: boolean) => {
    const options = { units, returnSequences };
    const layer = reader.weighted({
      node,
      key: [cell.kind, weight, recurrentWeight, bias, direction],
      options: { ...options, direction },
      make: ({ units: count, direction: way, returnSequences: all, ...rest }) => {
        const make = layers[cell.kind];
        if (way === "bidirectional") return bidirectional(make(count, { returnSequences: all }), rest) as CallableLayer;
        return make(count, { ...rest, returnSequences: all, reverse: way === "reverse" }) as CallableLayer;
      },
      parameters() {
        if (directions === 1) return parametersOf(cell, 0, units, given);
        const halves = ["forward", "backward"].map((half, index) =>
          Object.entries(parametersOf(cell, index, units, given)).map(
            ([name, each]) => [`${half}.${name}`, each] as const,
          ),
        );
        return Object.fromEntries(halves.flat());
      },
    });
    return reader.apply(layer, value);
  };
  const all = needsAll ? use(true) : undefined;
  const isWhole = all && !value.lengths && directions === 1;
  const last = !needsLast ? undefined : isWhole ? lastStep(all, direction, reader) : use(false);
  // Both directions are one side of the value.
  const sided = (made: Value, before: number) =>
    directions === 1 ? made : reshaped(made, [...made.shape.slice(0, before), 2, units], reader.move);
  const side = (index: number) => (directions === 1 ? [] : [index]);
  const unitsAt = (index: number) => [directions === 1 ? index : index + 1];
  const y = all && {
    value: sided(all, 1),
    axes: isBatchFirst ? [[batch], [0], side(1), unitsAt(1)] : [[0], side(1), [batch], unitsAt(1)],
  };
  const h = last && {
    value: sided(last, 0),
    axes: isBatchFirst ? [[batch], side(0), unitsAt(0)] : [side(0), [batch], unitsAt(0)],
  };
  return [y, h, undefined];
};

/** Returns the state after the last step that a layer has read. */
function lastStep(
  all: Value,
  direction: string,
  { apply, move }: { apply: (layer: CallableLayer, value: Value) => Value; move: Parameters<typeof reshaped>[2] },
): Value {
  const [steps, units] = all.shape;
  const step = direction === "reverse" ? 0 : steps - 1;
  const taken = steps === 1 ? all : apply(slice(0, step, step + 1) as CallableLayer, all);
  return reshaped(taken, [units], move);
}

const isFull = (lengths: Constant, steps: number) => lengths.values.every((length) => length === steps);

export const recurrentHandlers: Readonly<Record<string, Handler>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
