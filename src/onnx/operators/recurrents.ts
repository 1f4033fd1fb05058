/** Recurrent nodes: their weights, states and outputs. ONNX has the steps first and the batch second. */

import { slice, split, type Value } from "../../index.ts";
import type { Constant } from "../constants.ts";
import { arranged, batch, type Data, isBatch, reshaped } from "../layout.ts";
import { Directions } from "../lengths.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, isData, type Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";
import type { AttributeProto } from "../schema.ts";
import { type Activation, type CellUse, unrolled } from "./cells.ts";
import { type Cell, cells, layered } from "./recurrentLayers.ts";

/** Returns the activations of each direction, f g h, and true if they are those of our cells. */
function activationsOf(node: Operator, { activations }: Cell, directions: number) {
  const usual = Array.from({ length: directions }, () => activations).flat();
  // Texts are in a list, whose items only ONNX's own names fill.
  const names = node.has("activations") ? node.texts("activations") : usual;
  if (names.length !== usual.length) refuse(`${names.length} activations`, `${usual.length}`);
  const lists = ["alpha", "beta"].map((name) => ({ name, values: [...(node.floats(`activation_${name}`) ?? [])] }));
  // Each takes the next of the numbers, if activations of its kind have such an attribute.
  const all = names.map((name): Activation => {
    const attributes = lists.flatMap(({ name: attribute, values }): AttributeProto[] => {
      const value = takers[attribute].includes(name) ? values.shift() : undefined;
      return value === undefined ? [] : [{ name: attribute, type: 1, float: value }];
    });
    return { name, attributes };
  });
  return {
    isUsual: names.join() === usual.join(),
    list: Array.from({ length: directions }, (_, direction) =>
      all.slice(direction * activations.length, (direction + 1) * activations.length),
    ),
  };
}

/** The activations with an attribute. */
const takers: Readonly<Record<string, readonly string[]>> = {
  alpha: ["LeakyRelu", "Elu", "HardSigmoid"],
  beta: ["HardSigmoid"],
};

/** Returns true for an input that has numbers other than zeros. */
const isSome = (item: Item | undefined): boolean => item !== undefined && (isData(item) || item.uniform !== 0);

/** Returns a state before the first step, of one direction. */
function stateOf(item: Item, direction: number, units: number, isBatchFirst: boolean, reader: Reader) {
  const axes = isBatchFirst ? [1, 0, 2] : [0, 1, 2];
  if (!isData(item)) {
    if (item.dims.length !== 3) return refuse(`a state of ${item.dims.length} sides`, "3");
    const ordered = item.transposed(axes);
    const [, rows, columns] = ordered.dims;
    const own = ordered.moved([rows, columns], (place) => direction * rows * columns + place);
    if (columns !== units) refuse(`states of ${columns} units`, `${units}`);
    if (own.values.some((value, place) => value !== own.values[place % columns])) {
      refuseMixed("states that differ between examples", "the same for each");
    }
    return own.moved([units], (place) => place);
  }
  if (item.axes.length !== 3) return refuse(`a state of ${item.axes.length} sides`, "3");
  const [way, examples, own] = axes.map((axis) => item.axes[axis]);
  if (!isBatch(examples) || [way, own].some((axis) => axis.includes(batch))) {
    refuseMixed("states whose examples are along another axis", "them there");
  }
  const value = arranged(item.value, [way, own], reader.move);
  const [directions, columns] = value.shape;
  if (columns !== units || direction >= directions) refuse(`states [${value.shape.join(", ")}]`, `${units} units`);
  return directions === 1 ? value : reader.apply(slice(0, direction, direction + 1) as CallableLayer, value);
}

/** Returns the peepholes of an LSTM. */
function peepholesAt(node: Operator, inputs: readonly (Item | undefined)[], size: number): Constant {
  const peepholes = constantAt(node, inputs, 7)!;
  return peepholes.size === size ? peepholes : refuse(`${peepholes.size} peepholes`, `${size}`);
}

const recurrent: Handler = (node, inputs, reader) => {
  const cell = cells[node.name];
  const data = dataAt(inputs, 0);
  const isBatchFirst = node.int("layout", 0) === 1;
  const direction = node.text("direction", "forward");
  const directions = direction === "bidirectional" ? 2 : 1;
  if (node.has("clip")) refuse("clip", "no limit of the cells");
  const activations = activationsOf(node, cell, directions);
  const [weight, recurrentWeight] = [1, 2].map((index) => constantAt(node, inputs, index));
  const bias = constantAt(node, inputs, 3);
  const units = node.int("hidden_size", 0);
  const columns = cell.gates.length * units;
  const isWeight = weight?.dims.length === 3 && weight.dims[0] === directions && weight.dims[1] === columns;
  const states = recurrentWeight?.dims.join();
  if (!isWeight || states !== [directions, columns, units].join() || (bias && bias.size !== 2 * directions * columns)) {
    return refuse(
      "weights of other shapes",
      `W [${directions}, ${columns}, features], R [${directions}, ${columns}, ${units}]`,
    );
  }
  if (data.axes.length !== 3) refuse(`a value of ${data.axes.length} sides`, "[steps, batch, features]");
  const [steps, examples, features] = isBatchFirst ? [data.axes[1], data.axes[0], data.axes[2]] : data.axes;
  const isMixed = [steps, features].some((axis) => axis.includes(batch)) || !isBatch(examples);
  if (isMixed) refuseMixed("examples along another axis than the second", "them there");
  if (isData(inputs[4])) {
    return refuse("lengths that other nodes read, too", "an input that only gives the lengths of sequences");
  }
  const lengths = inputs[4];
  if (lengths && !isFull(lengths, data.value.shape[steps[0]] ?? 1)) {
    refuse("constant lengths that are not all steps", "lengths as an input of the network");
  }
  const value = arranged(data.value, [steps, features], reader.move);
  if (weight.dims[2] !== value.shape[1]) refuse(`W for ${weight.dims[2]} features`, `one for ${value.shape[1]}`);
  const isNeeded = (output: number) => node.outputs[output] !== undefined && reader.isUsed(node.outputs[output]);
  const isOurs =
    activations.isUsual &&
    ![5, 6, 7].some((index) => isSome(inputs[index])) &&
    node.int("input_forget", 0) === 0 &&
    (cell.kind !== "gru" || node.int("linear_before_reset", 0) === 1) &&
    !isNeeded(2);
  if (!isOurs && value.lengths) {
    refuse("lengths for a cell that no layer computes", "the usual activations, states of zeros, no peepholes");
  }
  const use: CellUse = {
    ...{ node, value, units, weight, recurrentWeight: recurrentWeight! },
    bias: isSome(bias) ? bias : undefined,
    peepholes: isSome(inputs[7]) ? peepholesAt(node, inputs, directions * 3 * units) : undefined,
    directions: direction === "bidirectional" ? [false, true] : [direction === "reverse"],
    activations: activations.list,
    stateOf(name, way) {
      const item = inputs[name === "h" ? 5 : 6];
      return isSome(item) ? stateOf(item!, way, units, isBatchFirst, reader) : undefined;
    },
  };
  const made = isOurs ? layered(use, { all: isNeeded(0), last: isNeeded(1) }, reader) : unrolled(use, reader);
  // Both directions are one side of the value.
  const way = directions === 1 ? [] : [0];
  const sided = (value: Value, before: readonly number[]) =>
    directions === 1 ? value : reshaped(value, [...before, 2, units], reader.move);
  const afterSteps = (axis: readonly number[]) => axis.map((side) => side + 1);
  const state = (value: Value | undefined): Data | undefined => {
    const own = [way.length];
    return value && { value: sided(value, []), axes: isBatchFirst ? [[batch], way, own] : [way, [batch], own] };
  };
  const { all: joined } = made;
  if (joined?.lengths && directions === 2) {
    const halves = () => split([units, units])(joined).map((half) => reader.counted(half));
    return [new Directions(joined, halves), state(made.last), state(made.cell)];
  }
  const all = made.all && {
    value: sided(made.all, made.all.shape.slice(0, 1)),
    axes: isBatchFirst
      ? [[batch], [0], afterSteps(way), [way.length + 1]]
      : [[0], afterSteps(way), [batch], [way.length + 1]],
  };
  return [all, state(made.last), state(made.cell)];
};

const isFull = (lengths: Constant, steps: number) => lengths.values.every((length) => length === steps);

export const recurrentHandlers: Readonly<Record<string, Handler>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
