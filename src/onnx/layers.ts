/** The nodes of each kind of layer. */

import type { Activation, LayerDescription, Value } from "../index.ts";
import { stridesOf } from "./constants.ts";
import type { GraphWriter, Order } from "./graph.ts";
import { type Numbers, typeCodes } from "./tensors.ts";

/** A use of a layer. */
export interface Use<Description = LayerDescription> {
  readonly name: string;
  readonly description: Description;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Returns the numbers of a parameter or statistic; undefined if the layer has none of this name. */
  readonly values: (name: string) => Numbers | undefined;
  /** True if the layer reads tokens that are real numbers in the graph. */
  readonly areTokensReal: boolean;
  /** The tensor of the numbers of steps of each example, if the first input has sequences of different lengths. */
  readonly lengths: string | undefined;
}

/** The descriptions of some kinds. A description may have several. */
type OfKind<Kind, Description = LayerDescription> = Description extends { readonly kind: infer Own }
  ? Kind extends Own
    ? Description
    : never
  : never;
type Write<Kind> = (use: Use<OfKind<Kind>>, graph: GraphWriter) => void;

const axisLast = (order: Order) => (order === "first" ? 1 : -1);

/** Returns the order in which layers take several values that they treat number by number. */
function commonOrder(values: readonly Value[], graph: GraphWriter): Order {
  const orders = values.map((value) => graph.orderOf(value));
  const [first] = orders;
  if (orders.every((order) => order === first) && first !== "row") return first;
  const images = values.map((value) => (graph.has(value, "row") ? graph.imageOf(value).join() : ""));
  if (images.every((image) => image !== "" && image === images[0])) return "row";
  return orders.includes("first") ? "first" : "last";
}

/** Passes the image of a row on. */
function made(graph: GraphWriter, from: Value, to: Value, order: Order, name: string): void {
  graph.set(to, order, name, order === "row" ? graph.imageOf(from) : undefined);
}

/** Returns a tensor's numbers with the sides in another order; side i is `order[i]` of those given. */
function turned(values: Numbers, dims: readonly number[], order: readonly number[]): Numbers {
  const strides = stridesOf(dims);
  const shape = order.map((side) => dims[side]);
  const counts = stridesOf(shape);
  const result = values.slice();
  for (let index = 0; index < result.length; index++) {
    let [rest, place] = [index, 0];
    for (let side = 0; side < shape.length; side++) {
      const at = Math.floor(rest / counts[side]);
      rest -= at * counts[side];
      place += at * strides[order[side]];
    }
    result[index] = values[place];
  }
  return result;
}

/** Adds the nodes of an activation. @returns the name of the tensor behind them */
function activate(
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

/** Adds a parameter as a tensor. @returns its name; undefined if there is none */
const parameter = (
  use: Use<unknown>,
  graph: GraphWriter,
  name: string,
  dims: readonly number[],
): string | undefined => {
  const values = use.values(name);
  return values && graph.tensor(`${use.name}.${name}`, dims, values);
};

/** Returns the inputs without the absent ones at their end. */
const given = (...names: readonly (string | undefined)[]): string[] => names.filter((name) => name !== undefined);

const denseLayer: Write<"dense"> = (use, graph) => {
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

/** Zeros before and after each spatial side, as PyTorch and Keras count them. */
export function padsOf(
  use: Use<unknown>,
  {
    size,
    stride,
    dilation,
    padding,
  }: {
    readonly size: readonly number[];
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly padding: string | readonly (readonly [number, number])[];
  },
): number[] {
  const sides = use.inputs[0].shape.slice(0, size.length);
  const pairs = size.map((length, side) => {
    const extent = dilation[side] * (length - 1) + 1;
    if (padding === "valid") return [0, 0];
    if (padding === "causal") return [extent - 1, 0];
    if (typeof padding !== "string") return padding[side];
    const total = Math.max((Math.ceil(sides[side] / stride[side]) - 1) * stride[side] + extent - sides[side], 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
}

type Convolution = OfKind<"conv1d"> | OfKind<"conv2d"> | OfKind<"depthwiseConv2d">;

function convolutionLayer(use: Use<Convolution>, graph: GraphWriter): void {
  const { name, description, inputs, outputs } = use;
  const { kind, kernelSize: size, stride, dilation, padding, activation } = description;
  const [input] = inputs;
  const channels = input.shape.at(-1)!;
  const groups = kind === "depthwiseConv2d" ? channels : description.groups;
  const filters = kind === "depthwiseConv2d" ? channels * description.multiplier : description.filters;
  // A filter of a depthwise convolution is a column like the others.
  const dims = [...size, channels / groups, filters];
  const last = dims.length - 1;
  const order = [last, last - 1, ...size.keys()];
  const values = turned(use.values("weight")!, dims, order);
  const weight = graph.tensor(
    `${name}.weight`,
    order.map((side) => dims[side]),
    values,
  );
  const bias = parameter(use, graph, "bias", [filters]);
  const pads = padsOf(use, { size, stride, dilation, padding });
  const attributes = { kernel_shape: size, strides: stride, dilations: dilation, pads, group: groups };
  const product = graph.one("Conv", given(graph.get(input, "first"), weight, bias), attributes, name);
  graph.set(outputs[0], "first", activate(activation, product, "first", graph));
}

const transposedLayer: Write<"convTranspose2d"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const { kernelSize: size, stride, dilation, padding, activation, filters, groups, outputPadding } = description;
  const [input] = inputs;
  const channels = input.shape.at(-1)!;
  const dims = [...size, filters / groups, channels];
  const values = turned(use.values("weight")!, dims, [3, 2, 0, 1]);
  const weight = graph.tensor(`${name}.weight`, [channels, filters / groups, ...size], values);
  const bias = parameter(use, graph, "bias", [filters]);
  const extents = size.map((length, side) => dilation[side] * (length - 1) + 1);
  const isSame = padding === "same";
  const cuts = extents.map((extent, side) => {
    if (!isSame) return typeof padding === "string" ? [0, 0] : padding[side];
    const total = Math.max(extent - stride[side], 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  // Where windows leave gaps, zeros are at the end.
  const added = extents.map((extent, side) => (isSame ? Math.max(stride[side] - extent, 0) : outputPadding[side]));
  const attributes = {
    ...{ kernel_shape: size, strides: stride, dilations: dilation, group: groups, output_padding: added },
    pads: [...cuts.map(([before]) => before), ...cuts.map(([, after]) => after)],
  };
  const product = graph.one("ConvTranspose", given(graph.get(input, "first"), weight, bias), attributes, name);
  graph.set(outputs[0], "first", activate(activation, product, "first", graph));
};

type Pool = OfKind<"maxPool1d" | "maxPool2d" | "averagePool1d" | "averagePool2d">;

function poolLayer(use: Use<Pool>, graph: GraphWriter): void {
  const { name, description, inputs, outputs } = use;
  const { kind, size, stride, padding } = description;
  const pads = padsOf(use, { size, stride, padding, dilation: size.map(() => 1) });
  const operator = kind.startsWith("max") ? "MaxPool" : "AveragePool";
  const attributes = { kernel_shape: size, strides: stride, pads };
  graph.set(outputs[0], "first", graph.one(operator, [graph.get(inputs[0], "first")], attributes, name));
}

/** Adds a reduction of axes, which are an input since version 18, or since 13 for sums. */
function reduce(
  graph: GraphWriter,
  operator: string,
  input: string,
  axes: readonly number[],
  keepdims: 0 | 1,
  name = operator,
): string {
  const isInput = graph.opset >= (operator === "ReduceSum" ? 13 : 18);
  if (isInput) return graph.one(operator, [input, graph.integers(axes)], { keepdims }, name);
  return graph.one(operator, [input], { axes, keepdims }, name);
}

const globalPool =
  (operator: "GlobalAveragePool" | "GlobalMaxPool"): Write<"globalAveragePool" | "globalMaxPool"> =>
  ({ name, inputs: [input], outputs: [output] }, graph) => {
    const order = graph.orderOf(input);
    if (order === "first") {
      const pooled = graph.one(operator, [graph.get(input, "first")], {}, name);
      graph.set(output, "last", graph.one("Flatten", [pooled]));
      return;
    }
    const axes = input.shape.slice(1).map((_, side) => graph.axisOf(input, side, order));
    const reduction = operator === "GlobalMaxPool" ? "ReduceMax" : "ReduceMean";
    graph.set(output, "last", reduce(graph, reduction, graph.get(input, order), axes, 0, name));
  };

const batchNormLayer: Write<"batchNorm"> = (use, graph) => {
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

/** Returns the shape of a row of numbers that is broadcast along the channels. */
const rowShape = (value: Value, order: Order): readonly number[] => {
  const channels = value.shape.at(-1)!;
  return order === "first" ? [channels, ...value.shape.slice(1).map(() => 1)] : [channels];
};

/** Normalizations of the last side take a value with its channels first, too, but then ONNX has no operator of its own. */
const innerOrder = (value: Value, graph: GraphWriter): Order => {
  const order = graph.orderOf(value);
  return order === "row" ? "last" : order;
};

const layerNormLayer: Write<"layerNorm"> = (use, graph) => {
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

const rmsNormLayer: Write<"rmsNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const order = innerOrder(input, graph);
  const weight = parameter(use, graph, "weight", rowShape(input, order))!;
  const from = graph.get(input, order);
  const square = reduce(graph, "ReduceMean", graph.one("Mul", [from, from]), [axisLast(order)], 1);
  const root = graph.one("Sqrt", [graph.one("Add", [square, graph.number(description.epsilon)])]);
  graph.set(outputs[0], order, graph.one("Mul", [graph.one("Div", [from, root]), weight], {}, name));
};

const groupNormLayer: Write<"groupNorm"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const { groups, epsilon } = description;
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

const unitNormLayer: Write<"unitNorm"> = ({ name, inputs: [input], outputs: [output] }, graph) => {
  const order = innerOrder(input, graph);
  const from = graph.get(input, order);
  const length = reduce(graph, "ReduceL2", from, [axisLast(order)], 1);
  const bounded = graph.one("Max", [length, graph.number(1e-12)]);
  graph.set(output, order, graph.one("Div", [from, bounded], {}, name));
};

const combination =
  (operator: "Add" | "Sub" | "Mul"): Write<"add" | "subtract" | "multiply" | "concatenate"> =>
  ({ name, inputs, outputs: [output] }, graph) => {
    const order = commonOrder(inputs, graph);
    const [first, ...others] = inputs.map((value) => graph.get(value, order));
    const result = others.reduce((sum, each) => graph.one(operator, [sum, each], {}, name), first);
    made(graph, inputs[0], output, order, result);
  };

const concatenateLayer: Write<"concatenate"> = ({ name, inputs, outputs: [output] }, graph) => {
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

const distanceLayer = comparison((graph, a, b, axis, name) =>
  reduce(graph, "ReduceL2", graph.one("Sub", [a, b]), [axis], 1, name),
);

const product = (graph: GraphWriter, a: string, b: string, axis: number, name: string) =>
  reduce(graph, "ReduceSum", graph.one("Mul", [a, b]), [axis], 1, name);

const dotLayer: Write<"dot"> = (use, graph) => {
  if (!use.description.normalize) return comparison(product)(use as never, graph);
  return comparison((_, a, b, axis, name) => {
    const [first, second] = [a, b].map((each) =>
      graph.one("Max", [reduce(graph, "ReduceL2", each, [axis], 1), graph.number(1e-8)]),
    );
    return graph.one("Div", [product(graph, a, b, axis, "ReduceSum"), graph.one("Mul", [first, second])], {}, name);
  })(use as never, graph);
};

const flattenLayer: Write<"flatten"> = ({ name, inputs: [input], outputs: [output] }, graph) => {
  const order = graph.orderOf(input);
  // The channels of an image come first in its row.
  if (order === "first" && input.shape.length === 3) {
    graph.set(output, "row", graph.one("Flatten", [graph.get(input, "first")], {}, name), input.shape);
    return;
  }
  if (input.shape.length === 1) return made(graph, input, output, order, graph.get(input, order));
  graph.set(output, "last", graph.one("Flatten", [graph.get(input, "last")], {}, name));
};

const reshapeLayer: Write<"reshape"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const shape = graph.integers([0, ...description.shape]);
  graph.set(output, "last", graph.one("Reshape", [graph.get(input, "last"), shape], {}, name));
};

const permuteLayer: Write<"permute"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const perm = [0, ...description.sides.map((side) => side + 1)];
  graph.set(output, "last", graph.one("Transpose", [graph.get(input, "last")], { perm }, name));
};

const sliceLayer: Write<"slice"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const { side, start, end } = description;
  const order = innerOrder(input, graph);
  const range = [[start], [end], [graph.axisOf(input, side, order)]].map((list) => graph.integers(list));
  graph.set(output, order, graph.one("Slice", [graph.get(input, order), ...range], {}, name));
};

const splitLayer: Write<"split"> = ({ name, description, inputs: [input], outputs }, graph) => {
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

const padLayer: Write<"zeroPad2d"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = innerOrder(input, graph);
  const pads = graph.integers(aroundAxes(input, order, description.padding, graph));
  graph.set(output, order, graph.one("Pad", [graph.get(input, order), pads], {}, name));
};

const cropLayer: Write<"crop2d"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
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

const upsampleLayer: Write<"upsample2d"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const { factor, interpolation } = description;
  const scales = graph.floats([1, 1, ...factor]);
  const isNearest = interpolation === "nearest";
  const attributes: Record<string, string> = isNearest
    ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
    : { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  graph.set(output, "first", graph.one("Resize", [graph.get(input, "first"), "", scales], attributes, name));
};

const embeddingLayer: Write<"embedding"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const table = parameter(use, graph, "weight", [description.count, description.units])!;
  const tokens = graph.get(input, "last");
  const whole = use.areTokensReal ? graph.one("Cast", [tokens], { to: typeCodes.int64 }) : tokens;
  graph.set(outputs[0], "last", graph.one("Gather", [table, whole], {}, name));
};

/** Adds a table [steps, features]. */
function addTable(use: Use<unknown>, graph: GraphWriter, table: Numbers): void {
  const [input] = use.inputs;
  const tensor = graph.tensor(`${use.name}.weight`, input.shape, table);
  graph.set(use.outputs[0], "last", graph.one("Add", [graph.get(input, "last"), tensor], {}, use.name));
}

/** Adds a value's numbers, at each step those of a table. */
const positionEmbeddingLayer: Write<"positionEmbedding"> = (use, graph) => addTable(use, graph, use.values("weight")!);

const positionalEncodingLayer: Write<"positionalEncoding"> = (use, graph) => addTable(use, graph, use.values("table")!);

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
    ...(lengths === undefined ? [] : [lengths]),
  ];
  const attributes = { hidden_size: units, direction, ...(kind === "gru" && { linear_before_reset: 1 }) };
  // An output that nobody needs has no name.
  const names = graph.node(gates.operator, from, attributes, { name, outputs: 2 });
  const index = returnSequences ? 0 : 1;
  const { outputs = [], ...node } = graph.nodes.pop()!;
  graph.nodes.push({ ...node, outputs: returnSequences ? [outputs[0]] : ["", outputs[1]] });
  return names[index];
}

const recurrentLayer: Write<"lstm" | "gru" | "simpleRnn"> = (use, graph) => {
  const { description, outputs } = use;
  const { returnSequences, reverse } = description;
  const all = recurrence(use, description, reverse ? "reverse" : "forward", graph);
  const [axis, order] = returnSequences ? ([1, "steps"] as const) : ([0, "last"] as const);
  graph.set(outputs[0], order, graph.one("Squeeze", [all, graph.integers([axis])]));
};

const bidirectionalLayer: Write<"bidirectional"> = (use, graph) => {
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

/** What is added to scores that softmax makes 0. */
const hidden = -1e9;

const attentionLayer: Write<"attention"> = (use, graph) => {
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

const activationLayer: Write<"activation"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = graph.orderOf(input);
  made(graph, input, output, order, activate(description.activation, graph.get(input, order), order, graph, name));
};

const dropoutLayer: Write<"dropout"> = ({ name, description, inputs: [input], outputs: [output] }, graph) => {
  const order = graph.orderOf(input);
  const ratio = graph.floats([description.rate], true);
  made(graph, input, output, order, graph.one("Dropout", [graph.get(input, order), ratio], {}, name));
};

/** Each kind of layer. */
export const layerWriters: { readonly [Kind in LayerDescription["kind"]]: Write<Kind> } = {
  dense: denseLayer,
  dropout: dropoutLayer,
  activation: activationLayer,
  batchNorm: batchNormLayer,
  layerNorm: layerNormLayer,
  groupNorm: groupNormLayer,
  rmsNorm: rmsNormLayer,
  add: combination("Add"),
  subtract: combination("Sub"),
  multiply: combination("Mul"),
  concatenate: concatenateLayer,
  flatten: flattenLayer,
  reshape: reshapeLayer,
  permute: permuteLayer,
  slice: sliceLayer,
  split: splitLayer,
  conv1d: convolutionLayer,
  conv2d: convolutionLayer,
  depthwiseConv2d: convolutionLayer,
  convTranspose2d: transposedLayer,
  maxPool2d: poolLayer,
  maxPool1d: poolLayer,
  averagePool2d: poolLayer,
  averagePool1d: poolLayer,
  globalAveragePool: globalPool("GlobalAveragePool"),
  globalMaxPool: globalPool("GlobalMaxPool"),
  upsample2d: upsampleLayer,
  zeroPad2d: padLayer,
  crop2d: cropLayer,
  embedding: embeddingLayer,
  positionalEncoding: positionalEncodingLayer,
  positionEmbedding: positionEmbeddingLayer,
  simpleRnn: recurrentLayer,
  lstm: recurrentLayer,
  gru: recurrentLayer,
  distance: distanceLayer,
  dot: dotLayer,
  unitNorm: unitNormLayer,
  attention: attentionLayer,
  bidirectional: bidirectionalLayer,
};
