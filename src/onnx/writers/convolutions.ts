/** The nodes of convolutions and of pools. */

import { shown } from "../../errors.ts";
import type { GraphWriter } from "../graph.ts";
import { typeCodes } from "../schema.ts";
import { activate } from "./activations.ts";
import { given, type OfKind, parameter, reduce, turned, type Use, type Write } from "./use.ts";

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

/** Refuses windows whose padding depends on the length of a sequence, as ONNX's is a number. */
function checkSame({ name, description, inputs: [input] }: Use<Convolution | Pool>): void {
  if (!input.lengths || description.padding !== "same" || description.stride[0] === 1) return;
  const got = `sequences that differ in length for ${description.kind} with "same" and stride ${description.stride[0]}`;
  throw new RangeError(`toOnnx, ${shown(name)}: got ${got}, need another padding, or stride 1`);
}

type Convolution = OfKind<"conv1d"> | OfKind<"conv2d"> | OfKind<"depthwiseConv2d">;

export function convolutionLayer(use: Use<Convolution>, graph: GraphWriter): void {
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
  checkSame(use);
  const product = graph.one("Conv", given(use.lengths.filled(input, "first", 0), weight, bias), attributes, name);
  graph.set(outputs[0], "first", activate(activation, product, "first", graph));
}

export const transposedLayer: Write<"convTranspose2d"> = (use, graph) => {
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
  const wanted = extents.map((extent, side) => (isSame ? Math.max(stride[side] - extent, 0) : outputPadding[side]));
  // ONNX adds less than a stride. Zeros behind the input add whole strides, of which some are cut off.
  const more = wanted.map((count, side) => (count < stride[side] ? 0 : Math.ceil(count / stride[side])));
  const added = wanted.map((count, side) => (more[side] > 0 ? 0 : count));
  const after = cuts.map(([, count], side) => count + more[side] * stride[side] - (wanted[side] - added[side]));
  const attributes = {
    ...{ kernel_shape: size, strides: stride, dilations: dilation, group: groups, output_padding: added },
    pads: [...cuts.map(([before]) => before), ...after],
  };
  const from = graph.get(input, "first");
  const isWider = more.some((count) => count > 0);
  const wide = isWider ? graph.one("Pad", [from, graph.integers([0, 0, 0, 0, 0, 0, ...more])]) : from;
  const product = graph.one("ConvTranspose", given(wide, weight, bias), attributes, name);
  graph.set(outputs[0], "first", activate(activation, product, "first", graph));
};

type Pool = OfKind<"maxPool1d" | "maxPool2d" | "averagePool1d" | "averagePool2d">;

export function poolLayer(use: Use<Pool>, graph: GraphWriter): void {
  const { name, description, inputs, outputs, lengths } = use;
  const { kind, size, stride, padding } = description;
  const [input] = inputs;
  const pads = padsOf(use, { size, stride, padding, dilation: size.map(() => 1) });
  const attributes = { kernel_shape: size, strides: stride, pads };
  checkSame(use);
  const pool = (operator: string, tensor: string, more: object, title?: string) =>
    graph.one(operator, [tensor], { ...attributes, ...more }, title);
  const isMax = kind.startsWith("max");
  if (isMax || !input.lengths) {
    const from = lengths.filled(input, "first", Number.NEGATIVE_INFINITY);
    graph.set(outputs[0], "first", pool(isMax ? "MaxPool" : "AveragePool", from, {}, name));
    return;
  }
  // The mean of zeros behind the end as well, by the share of the steps that are within.
  const counts = { count_include_pad: 1 };
  const sums = pool("AveragePool", lengths.filled(input, "first", 0), counts);
  const within = graph.one("Cast", [lengths.mask(input, [1])], { to: typeCodes[graph.dtype] });
  const shares = graph.one("Max", [pool("AveragePool", within, counts), graph.number(leastShare)]);
  graph.set(outputs[0], "first", graph.one("Div", [sums, shares], {}, name));
}

/** Stands for the share of windows behind an end, which have none. */
const leastShare = 1e-6;

export const globalPool =
  (operator: "GlobalAveragePool" | "GlobalMaxPool"): Write<"globalAveragePool" | "globalMaxPool"> =>
  ({ name, inputs: [input], outputs: [output], lengths }, graph) => {
    const isMax = operator === "GlobalMaxPool";
    if (input.lengths) {
      const order = graph.orderOf(input) === "first" ? "first" : "last";
      const from = lengths.filled(input, order, isMax ? Number.NEGATIVE_INFINITY : 0);
      const axes = [graph.axisOf(input, 0, order)];
      const all = reduce(graph, isMax ? "ReduceMax" : "ReduceSum", from, axes, 0, isMax ? name : undefined);
      const mean = () => graph.one("Div", [all, lengths.asNumbers(input.lengths!)], {}, name);
      graph.set(output, "last", isMax ? all : mean());
      return;
    }
    const order = graph.orderOf(input);
    if (order === "first") {
      const pooled = graph.one(operator, [graph.get(input, "first")], {}, name);
      graph.set(output, "last", graph.one("Flatten", [pooled]));
      return;
    }
    const axes = input.shape.slice(1).map((_, side) => graph.axisOf(input, side, order));
    const reduction = isMax ? "ReduceMax" : "ReduceMean";
    graph.set(output, "last", reduce(graph, reduction, graph.get(input, order), axes, 0, name));
  };
