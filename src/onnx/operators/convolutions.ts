/** Convolutions and transposed convolutions of sequences, images and values of three spatial sides. */

import type { Value } from "../../index.ts";
import { reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { constantAt, dataAt, type Handler } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { convolve } from "./convolve.ts";
import { convolvedVolume, transposedVolume } from "./volumes.ts";
import { asLine, fromImage, imageOf, type Pair, paddingOf, windowsOf } from "./windows.ts";

const pairs = (padding: readonly Pair[]) => padding.map((pair) => [...pair]);

const tooManySides = (sides: readonly number[]) => refuse(`a value of ${sides.length} spatial sides`, "1 to 3");

const conv: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const image = imageOf(data, reader);
  const { value, sides, channels } = image;
  const weight = constantAt(node, inputs, 1);
  if (weight?.dims.length !== sides.length + 2) return refuse("no weight", "one as [filters, channels, size]");
  const [filters, perGroup, ...size] = weight.dims;
  const groups = node.int("group", 1);
  if (perGroup * groups !== channels)
    refuse(`a weight for ${perGroup} channels`, `one for ${channels} in ${groups} groups`);
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
  if (sides.length === 3) {
    return [
      convolvedVolume({ node, value, filters, groups, weight, bias }, { size, stride, dilation, padding }, reader),
    ];
  }
  if (sides.length > 3) return tooManySides(sides);
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
  const image = imageOf(dataAt(inputs, 0), reader);
  const { value, sides, channels } = image;
  const weight = constantAt(node, inputs, 1);
  if (weight?.dims.length !== sides.length + 2) return refuse("no weight", "one as [channels, filters, size]");
  const [first, perGroup, ...size] = weight.dims;
  const groups = node.int("group", 1);
  if (first !== channels) refuse(`a weight for ${first} channels`, `one for ${channels}`);
  const { stride, dilation, cuts } = cutsOf(node, sides, size);
  const filters = perGroup * groups;
  const bias = constantAt(node, inputs, 2);
  if (sides.length === 3) {
    return [transposedVolume({ node, value, filters, groups, weight, bias }, { stride, dilation, cuts }, reader)];
  }
  if (sides.length > 3) return tooManySides(sides);
  const isSequence = sides.length === 1;
  const line = (list: readonly number[], one: number) => (isSequence ? [one, ...list] : [...list]);
  const lined = isSequence ? weight.reshaped([first, perGroup, 1, ...size]) : weight;
  const options = {
    ...{
      filters,
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
  return [convolve({ ...use, options: { ...options, padding: none ? "valid" : options.padding }, bias }, reader)];
};

export const convolutionHandlers: Readonly<Record<string, Handler>> = { Conv: conv, ConvTranspose: convTranspose };
