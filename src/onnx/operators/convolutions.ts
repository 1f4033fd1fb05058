/** Convolutions and transposed convolutions of images and sequences. */

import {
  type Activation,
  type ActivationName,
  conv1d,
  conv2d,
  convTranspose2d,
  depthwiseConv2d,
  type Value,
} from "../../index.ts";
import type { Constant } from "../constants.ts";
import { type Data, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Reader } from "../reader.ts";
import { asLine, fromImage, imageOf, type Pair, paddingOf, windowsOf } from "./windows.ts";

/** A convolution with its options as layers have them. */
interface ConvolutionUse {
  readonly node: Operator;
  readonly kind: keyof typeof makers;
  readonly input: Value;
  /** The options besides activation and bias. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly weight: Constant;
  readonly bias?: Constant | undefined;
  readonly activation?: ActivationName | Activation;
  /** Returns the output's data. */
  readonly finish: (value: Value) => Data;
}

interface Given {
  readonly filters: number;
  readonly size: never;
  /** The other options of the layer. */
  readonly stride: never;
}

/** Each makes a layer of its options. */
const makers = {
  conv1d: ({ filters, size, ...options }: Given) => conv1d(filters, size, options),
  conv2d: ({ filters, size, ...options }: Given) => conv2d(filters, size, options),
  depthwiseConv2d: ({ filters: _, size, ...options }: Given) => depthwiseConv2d(size, options),
  convTranspose2d: ({ filters, size, ...options }: Given) => convTranspose2d(filters, size, options),
};

/** Applies a convolution. An activation or a bias behind it makes it anew. */
function convolve(use: ConvolutionUse, reader: Reader): Data {
  const { node, kind, input, options, weight, bias, activation = "linear", finish } = use;
  const sequence = kind === "conv1d";
  // Ours: [height, width, channels, filters].
  const order = sequence ? [2, 1, 0] : [2, 3, 1, 0];
  const [first, second, height, width = 1] = weight.dims;
  const layer = reader.weighted({
    node,
    key: [kind, weight, bias],
    options: { ...options, bias: bias !== undefined, activation },
    make: (given) => makers[kind](given as unknown as Given) as CallableLayer,
    parameters: () => ({
      weight:
        kind === "depthwiseConv2d"
          ? weight.reshaped([first * second, height, width]).transposed([1, 2, 0])
          : weight.transposed(order),
      ...(bias && { bias }),
    }),
  });
  const made = finish(reader.apply(layer, input));
  const isLinear = activation === "linear";
  return {
    ...made,
    again: {
      activated: isLinear ? (other: never) => convolve({ ...use, activation: other }, reader) : undefined,
      biased: isLinear && !bias ? (row: never) => convolve({ ...use, bias: row }, reader) : undefined,
    },
  };
}

const pairs = (padding: readonly Pair[]) => padding.map((pair) => [...pair]);

const conv: Handler = (node, inputs, reader) => {
  const data = dataAt(node, inputs, 0);
  const image = imageOf(node, data, reader);
  const { value, sides, channels } = image;
  const weight = constantAt(node, inputs, 1);
  if (weight?.dims.length !== sides.length + 2) return node.refuse("no weight", "one as [filters, channels, size]");
  const [filters, perGroup, ...size] = weight.dims;
  const groups = node.int("group", 1);
  if (perGroup * groups !== channels)
    node.refuse(`a weight for ${perGroup} channels`, `one for ${channels} in ${groups} groups`);
  const { stride, dilation, padding } = windowsOf(node, sides, size);
  const around = paddingOf(padding);
  const isDepthwise = sides.length === 2 && groups > 1 && groups === channels && filters % groups === 0;
  const common = { filters, size, stride, dilation };
  const bias = constantAt(node, inputs, 2);
  if (sides.length === 1) {
    const options = {
      ...{ filters, size: size[0], stride: stride[0], dilation: dilation[0], groups },
      padding: around === "valid" ? around : around[0],
    };
    return [convolve({ node, kind: "conv1d", input: value, options, weight, bias, finish: fromImage }, reader)];
  }
  const own = isDepthwise ? { multiplier: filters / groups } : { groups };
  const options = { ...common, ...own, padding: around === "valid" ? around : pairs(around) };
  const kind = isDepthwise ? "depthwiseConv2d" : "conv2d";
  return [convolve({ node, kind, input: value, options, weight, bias, finish: fromImage }, reader)];
};

/** Returns what is cut off the output of a transposed convolution, and what is added at its end. */
function cutsOf(node: Operator, sides: readonly number[], size: readonly number[]) {
  const { stride, dilation, padding } = windowsOf(node, sides, size);
  const added = node.ints("output_padding") ?? sides.map(() => 0);
  const asked = node.ints("output_shape");
  const automatic = node.text("auto_pad", "NOTSET");
  const wanted = asked
    ? asked.slice(-sides.length)
    : automatic.startsWith("SAME")
      ? sides.map((n, side) => n * stride[side])
      : undefined;
  const cuts = sides.map((length, side): readonly [number, number, number] => {
    const extra = added[side] ?? 0;
    const whole = (length - 1) * stride[side] + dilation[side] * (size[side] - 1) + 1 + extra;
    if (!wanted) return [...padding[side], extra];
    const total = whole - wanted[side];
    // What is missing is added at the end.
    if (total < 0) return [0, 0, extra - total];
    const half = Math.floor(total / 2);
    return automatic === "SAME_UPPER" ? [half, total - half, extra] : [total - half, half, extra];
  });
  return { stride, dilation, cuts };
}

const convTranspose: Handler = (node, inputs, reader) => {
  const image = imageOf(node, dataAt(node, inputs, 0), reader);
  const { value, sides, channels } = image;
  const weight = constantAt(node, inputs, 1);
  if (weight?.dims.length !== sides.length + 2) return node.refuse("no weight", "one as [channels, filters, size]");
  const [first, perGroup, ...size] = weight.dims;
  const groups = node.int("group", 1);
  if (first !== channels) node.refuse(`a weight for ${first} channels`, `one for ${channels}`);
  const { stride, dilation, cuts } = cutsOf(node, sides, size);
  const isSequence = sides.length === 1;
  const line = (list: readonly number[], one: number) => (isSequence ? [one, ...list] : [...list]);
  const lined = isSequence ? weight.reshaped([first, perGroup, 1, ...size]) : weight;
  const options = {
    ...{
      filters: perGroup * groups,
      size: line(size, 1),
      stride: line(stride, 1),
      dilation: line(dilation, 1),
      groups,
    },
    padding: [...(isSequence ? [[0, 0]] : []), ...cuts.map(([before, after]) => [before, after])],
    outputPadding: line(
      cuts.map(([, , extra]) => extra),
      0,
    ),
  };
  const none = options.padding.every(([before, after]) => before === 0 && after === 0);
  const finish = (made: Value) => fromImage(isSequence ? reshaped(made, made.shape.slice(1), reader.move) : made);
  const use = {
    node,
    kind: "convTranspose2d" as const,
    input: isSequence ? asLine(image, reader) : value,
    weight: lined,
    finish,
  };
  const bias = constantAt(node, inputs, 2);
  return [convolve({ ...use, options: { ...options, padding: none ? "valid" : options.padding }, bias }, reader)];
};

export const convolutionHandlers: Readonly<Record<string, Handler>> = { Conv: conv, ConvTranspose: convTranspose };
