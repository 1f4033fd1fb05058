/** Operators that change each number of a value by itself, and softmax. */

import {
  type Activation,
  type ActivationName,
  activation,
  add,
  elu,
  leakyRelu,
  multiply,
  subtract,
  type Value,
} from "../../index.ts";
import { exp } from "../../scalar.ts";
import { type Data, reshaped, sidesOf, toLast } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, type Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { affine, along, scaled } from "./affine.ts";

type Kind = ActivationName | Activation;

/** Applies an activation: as part of the layer before it if that is linear, else as a layer of its own. */
export function activate(data: Data, kind: Kind, { apply }: Reader): Data {
  const made = data.again?.activated?.(kind as never);
  if (made) return made;
  return { ...data, value: apply(activation(kind) as (value: Value) => Value, data.value), again: undefined };
}

const one =
  (kindOf: (node: Operator) => Kind): Handler =>
  (node, inputs, reader) => [activate(floating(dataAt(inputs, 0)), kindOf(node), reader)];

const named = (name: ActivationName): Handler => one(() => name);

/** Refuses whole numbers, which ONNX computes otherwise than real ones. */
export function floating(data: Data): Data {
  return data.isInteger ? refuse("whole numbers", "real ones: a Cast") : data;
}

/** Attributes are float32. */
const isAbout = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.abs(b);

/** clip(alpha · x + beta, 0, 1). Here alpha is 1/6 and beta 1/2. */
const hardSigmoid: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const [alpha, beta] = [node.float("alpha", 0.2), node.float("beta", 0.5)];
  if (isAbout(alpha, 1 / 6) && beta === 0.5) return [activate(data, "hardSigmoid", reader)];
  return [activate(scaled(node, data, 6 * alpha, 6 * beta - 3, reader), "hardSigmoid", reader)];
};

const selu: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const [alpha, gamma] = [node.float("alpha", 1.6732632423543772), node.float("gamma", 1.0507009873554805)];
  if (isAbout(alpha, 1.6732632423543772) && isAbout(gamma, 1.0507009873554805)) {
    return [activate(data, "selu", reader)];
  }
  return [scaled(node, activate(data, elu({ alpha }), reader), gamma, 0, reader)];
};

/**
 * exp(x) = exp(x / 2ᵏ) to the power of 2ᵏ, by k squares; exp(y) = e^c · (elu(y − c) + 1) for y ≤ c. The power multiplies the rounding of the
 * first factor, to 2·10⁻⁵ of the result. Beyond 2ᵏ · c the result is infinite, as it should be.
 */
const exponential: Handler = (node, inputs, reader) => {
  const data = { ...floating(dataAt(inputs, 0)), again: undefined };
  const [squares, parts] = reader.dtype === "float64" ? [10, 2 ** 10] : [7, 2 ** 7];
  const bound = 0.7;
  const small = activate(scaled(node, data, 1 / parts, -bound, reader), elu(), reader);
  const factor = exp(bound);
  const root = scaled(node, small, factor, factor, reader);
  const power = Array.from({ length: squares }).reduce<Value>(
    (value) => reader.apply(multiply as CallableLayer, value, value),
    root.value,
  );
  return [{ ...root, value: power }];
};

/** Returns a bound of Clip; undefined if there is none. */
function boundOf(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  name: string,
  index: number,
): number | undefined {
  const bound =
    node.version < 11 ? (node.has(name) ? node.float(name, 0) : undefined) : constantAt(node, inputs, index)?.uniform;
  // Exporters write the greatest float32 for none.
  return bound === undefined || Math.abs(bound) > 3e38 ? undefined : bound;
}

/** The largest constant that is added and taken away again. Larger ones would round away digits of small numbers. */
export const mostShift = 16;

/**
 * min(max(x, least), most). Between wide bounds it is x − relu(x − most) + relu(least − x), which is x itself there and rounds as x does
 * beyond them; between narrow ones relu or hardSigmoid.
 */
const clip: Handler = (node, inputs, reader) => {
  const data = floating(dataAt(inputs, 0));
  const [least, most] = [boundOf(node, inputs, "min", 1), boundOf(node, inputs, "max", 2)];
  if (least === undefined && most === undefined) return [data];
  const bounds = [least ?? 0, most ?? 0];
  if (bounds[0] >= bounds[1] && least !== undefined && most !== undefined)
    return refuse(`min ${least} and max ${most}`, "a min below the max");
  if (bounds.some((bound) => Math.abs(bound) > mostShift)) {
    const own = { ...data, again: undefined };
    const beyond = (factor: number, bound: number) =>
      activate(scaled(node, own, factor, -factor * bound, reader), "relu", reader).value;
    const below = most === undefined ? own.value : reader.apply(subtract, own.value, beyond(1, most));
    return [{ ...own, value: least === undefined ? below : reader.apply(add, below, beyond(-1, least)) }];
  }
  if (most === undefined) {
    const above = activate(scaled(node, data, 1, -least!, reader), "relu", reader);
    return [scaled(node, above, 1, least!, reader)];
  }
  if (least === undefined) {
    const below = activate(scaled(node, data, -1, most, reader), "relu", reader);
    return [scaled(node, below, -1, most, reader)];
  }
  // hardSigmoid(x) is clip(x / 6 + 1 / 2, 0, 1).
  const width = most - least;
  const within = activate(scaled(node, data, 6 / width, (-6 * least) / width - 3, reader), "hardSigmoid", reader);
  return [scaled(node, within, width, least, reader)];
};

/** x where x > 0, else slope · x; the slope may differ between channels. */
const prelu: Handler = (node, inputs, reader) => {
  const data = floating(dataAt(inputs, 0));
  const slope = constantAt(node, inputs, 1) ?? refuse("no slope", "a constant");
  if (slope.uniform !== undefined) return [activate(data, leakyRelu({ slope: slope.uniform }), reader)];
  const rank = data.axes.length;
  // Before version 7, a slope with one side is that of the channels.
  const ofChannels = slope.dims.length === 1 && rank > 2 && node.version < 7;
  const negated = ofChannels ? slope.reshaped([slope.size, ...new Array<number>(rank - 2).fill(1)]) : slope;
  const { data: last } = along(data, negated.dims, reader);
  const positive = activate(last, "relu", reader);
  const below = activate(scaled(node, last, -1, 0, reader), "relu", reader);
  const minus = affine(node, below, { weight: negated }, reader);
  return [{ ...minus, value: reader.apply(subtract, positive.value, minus.value) }];
};

/** softmax or logSoftmax along an axis. Before version 13 the axis and all later ones are one. */
const softmax =
  (name: "softmax" | "logSoftmax"): Handler =>
  (node, inputs, reader) => {
    const data = floating(dataAt(inputs, 0));
    const rank = data.axes.length;
    const isOld = node.version < 13;
    const given = node.int("axis", isOld ? 1 : -1);
    const axis = given < 0 ? given + rank : given;
    const own = data.axes.slice(axis, isOld ? rank : axis + 1);
    if (own.length === 0) refuse(`axis ${given}`, `one of ${rank} sides`);
    const sides = own.flatMap((each) => sidesOf(each));
    const { shape } = data.value;
    const long = sides.filter((side) => shape[side] > 1);
    const end = shape.length - 1;
    // Numbers along a side of one place are each alone.
    if (shape[end] > 1 ? long.join() === `${end}` : long.length === 0) return [activate(data, name, reader)];
    const last = toLast(data, sides, reader.move);
    const made = activate({ ...last, again: undefined }, name, reader);
    if (own.length === 1) return [made];
    return [
      splitLast(
        made,
        own.map((each) => each.map((side) => shape[side])),
        axis,
        reader,
      ),
    ];
  };

/** Divides the last side, which some axes have been joined to, into these axes again. @param lengths of the sides of each axis */
export function splitLast(data: Data, lengths: readonly (readonly number[])[], axis: number, { move }: Reader): Data {
  const { shape } = data.value;
  const value = reshaped(data.value, [...shape.slice(0, -1), ...lengths.flat()], move);
  let side = shape.length - 1;
  const own = lengths.map((each) => each.map(() => side++));
  return { ...data, value, axes: data.axes.map((each, index) => own[index - axis] ?? each), again: undefined };
}

export const activationHandlers: Readonly<Record<string, Handler>> = {
  Relu: named("relu"),
  Sigmoid: named("sigmoid"),
  Tanh: named("tanh"),
  Softplus: named("softplus"),
  Softsign: named("softsign"),
  HardSwish: named("hardSwish"),
  Mish: named("mish"),
  LeakyRelu: one((node) => leakyRelu({ slope: node.float("alpha", 0.01) })),
  Elu: one((node) => elu({ alpha: node.float("alpha", 1) })),
  Gelu: one((node) => (node.text("approximate", "none") === "tanh" ? "geluTanh" : "gelu")),
  Swish(node, inputs, reader) {
    const alpha = node.float("alpha", 1);
    const data = floating(dataAt(inputs, 0));
    if (alpha === 1) return [activate(data, "silu", reader)];
    const gate = activate(scaled(node, { ...data, again: undefined }, alpha, 0, reader), "sigmoid", reader);
    return [{ ...data, value: reader.apply(multiply, data.value, gate.value), again: undefined }];
  },
  Celu(node, inputs, reader) {
    const alpha = node.float("alpha", 1);
    const data = dataAt(inputs, 0);
    if (alpha === 1) return [activate(data, elu(), reader)];
    return [scaled(node, activate(scaled(node, data, 1 / alpha, 0, reader), elu(), reader), alpha, 0, reader)];
  },
  Exp: exponential,
  Selu: selu,
  HardSigmoid: hardSigmoid,
  Clip: clip,
  PRelu: prelu,
  Softmax: softmax("softmax"),
  LogSoftmax: softmax("logSoftmax"),
};
