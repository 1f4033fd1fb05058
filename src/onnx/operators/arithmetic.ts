/** Sums, differences, products and quotients, of two values or of a value and a constant. */

import { activation, add, multiply, subtract, upsample2d, type Value } from "../../index.ts";
import { Constant, combine } from "../constants.ts";
import { alongAxis } from "../folds.ts";
import { arranged, axisAt, batch, type Data, inOrder, lengthOf, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, isData, type Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";
import { floating, mostShift } from "./activations.ts";
import { affine } from "./affine.ts";

/** Returns the data with axes of one place before its own. */
export function padded(data: Data, rank: number): Data {
  const missing = Math.max(rank - data.axes.length, 0);
  return { ...data, axes: [...new Array<readonly number[]>(missing).fill([]), ...data.axes], again: undefined };
}

/** Returns two values in the same arrangement, each repeated along the axes where it has one place and the other more. */
export function together(a: Data, b: Data, reader: Reader): readonly [Data, Value] {
  const rank = Math.max(a.axes.length, b.axes.length);
  let [left, right] = [padded(a, rank), padded(b, rank)];
  const mixed = left.axes.findIndex((axis, index) => axis.includes(batch) !== right.axes[index].includes(batch));
  if (mixed >= 0) refuseMixed("values whose examples are along different axes", "one");
  const lengths = left.axes.map((axis, index) => [lengthOf(left, axis), lengthOf(right, right.axes[index])]);
  if (lengths.some(([one, other]) => one !== other && one !== 1 && other !== 1)) {
    const shapes = [0, 1].map((index) => `[${lengths.map((pair) => pair[index]).join(", ")}]`);
    refuse(`values of the shapes ${shapes.join(" and ")}`, "values that fit each other");
  }
  left = repeated(
    left,
    lengths.map(([, other]) => other),
    reader,
  );
  right = repeated(
    right,
    lengths.map(([one]) => one),
    reader,
  );
  const isSplit = left.axes.some((axis) => axis.length > 1 && axis.some((side) => side !== batch));
  const isSame = left.axes.every((axis, index) => axis.join() === right.axes[index].join());
  if (isSame && left.value.shape.join() === right.value.shape.join()) return [left, right.value];
  if (isSplit) {
    left = inOrder(left, reader.move);
    right = inOrder(right, reader.move);
  }
  // The right value takes the sides of the left one, in their order.
  const groups = left.value.shape.map((_, side) => {
    const index = left.axes.findIndex((axis) => axis.includes(side));
    return index < 0 ? [] : right.axes[index].filter((other) => other !== batch);
  });
  const value = arranged(right.value, groups, reader.move);
  return [left, reshaped(value, left.value.shape, reader.move)];
}

/** Returns the data repeated to these lengths. The repeated sides are the lines of an image of one column, which becomes larger. */
export function repeated(data: Data, lengths: readonly number[], { apply, move }: Reader): Data {
  const growing = data.axes.flatMap((axis, index) => (lengthOf(data, axis) < lengths[index] ? [index] : []));
  if (growing.length === 0) return data;
  const ordered = inOrder(data, move);
  const { shape } = ordered.value;
  const own = ordered.axes.flatMap((axis, index) => (growing.includes(index) || axis.includes(batch) ? [] : [axis]));
  const rest = arranged(ordered.value, [own.flat()], move);
  const sizes = growing.map((axis) => lengths[axis]);
  const count = sizes.reduce((product, side) => product * side, 1);
  const line = reshaped(rest, [1, 1, rest.shape[0]], move);
  const large = apply(upsample2d([count, 1]) as CallableLayer, line);
  const sides = own.map((axis) => axis.reduce((product, side) => product * shape[side], 1));
  const value = reshaped(large, [...sizes, ...sides], move);
  let [grown, kept] = [0, growing.length];
  const axes = ordered.axes.map((axis, index) => {
    if (growing.includes(index)) return [grown++];
    return axis.includes(batch) ? axis : [kept++];
  });
  return { ...ordered, value, axes, isImage: false, isRow: false, again: undefined };
}

/** Whole numbers of 8 and 16 bits wrap around, and quotients are cut: real numbers do neither. */
function checkReal(items: readonly (Item | undefined)[]): void {
  if (items.some((item) => isData(item) && item.isInteger)) refuse("whole numbers", "real ones: a Cast");
}

const both =
  (layer: (...values: Value[]) => Value) =>
  (a: Data, b: Data, reader: Reader): Data => {
    const [left, right] = together(a, b, reader);
    // Two equal values are one for the network.
    return {
      ...left,
      value: reader.apply(layer as CallableLayer, left.value, right),
      isImage: a.isImage || b.isImage,
      again: undefined,
    };
  };

/** The most factors of a power. */
const mostFactors = 16;

const combining = { Add: both(add), Sub: both(subtract), Mul: both(multiply) };

/** Returns the data with a constant added: as the bias of the layer before it if that has none. */
export function withBias(node: Operator, data: Data, constant: Constant, reader: Reader): Data {
  const biased = data.again?.biased;
  const last = data.value.shape.length - 1;
  const rank = data.axes.length;
  const axis = data.axes.findIndex((each) => each.length === 1 && each[0] === last);
  const dims = [...new Array<number>(Math.max(rank - constant.dims.length, 0)).fill(1), ...constant.dims];
  const isRow =
    axis >= 0 &&
    dims.length === rank &&
    dims.every((side, index) => side === (index === axis ? data.value.shape[last] : 1));
  if (biased && isRow) return biased(constant.reshaped([constant.size]) as never);
  return affine(node, data, { bias: constant }, reader);
}

const negated = (constant: Constant, { budget }: Reader) => constant.mapped((value) => -value, budget);

/** Returns the only data and the only constant of two inputs. */
function pairOf(node: Operator, inputs: readonly (Item | undefined)[]) {
  const [a, b] = inputs;
  if (!a || !b) return refuse("one input", "two");
  checkReal(inputs);
  // Before version 7, the sides of a constant begin at an axis.
  if (node.version < 7 && node.has("axis") && isData(a) && !isData(b)) {
    const rank = a.axes.length;
    const behind = Math.max(rank - b.dims.length - axisAt(node.int("axis", 0), rank), 0);
    return { a, b: b.reshaped([...b.dims, ...new Array<number>(behind).fill(1)]) };
  }
  return { a, b };
}

const addition: Handler = (node, inputs, reader) => {
  const { a, b } = pairOf(node, inputs);
  if (isData(a) && isData(b)) return [combining.Add(a, b, reader)];
  const [data, constant] = isData(a) ? [a, b as Constant] : [b as Data, a];
  return [withBias(node, data, constant, reader)];
};

const product: Handler = (node, inputs, reader) => {
  const { a, b } = pairOf(node, inputs);
  if (isData(a) && isData(b)) return [combining.Mul(a, b, reader)];
  const [data, constant] = isData(a) ? [a, b as Constant] : [b as Data, a];
  return [affine(node, data, { weight: constant }, reader)];
};

const rectified = (data: Data, { apply }: Reader): Data => ({
  ...data,
  value: apply(activation("relu") as CallableLayer, data.value),
  again: undefined,
});

const minusOne = new Constant([], { fill: -1 });

/** max(a, b) = relu(a − b) + b, and min(a, b) = b − relu(b − a). */
function extreme(node: Operator, a: Item, b: Item, isMax: boolean, reader: Reader): Data {
  checkReal([a, b]);
  // The second is the constant, if there is one.
  if (!isData(a)) return isData(b) ? extreme(node, b, a, isMax, reader) : refuse("constants", "a value of the network");
  if (isData(b)) {
    const [left, right] = together(a, b, reader);
    const other = { ...left, value: right };
    const difference = isMax ? combining.Sub(left, other, reader) : combining.Sub(other, left, reader);
    const excess = rectified(difference, reader);
    return isMax ? combining.Add(excess, other, reader) : combining.Sub(other, excess, reader);
  }
  const own = { ...a, again: undefined };
  // Between wide bounds the value keeps its digits, as in Clip.
  if (Math.abs(b.uniform ?? 0) > mostShift) {
    const signs = { weight: isMax ? minusOne : undefined, bias: isMax ? b : negated(b, reader) };
    const beyond = rectified(affine(node, own, signs, reader), reader);
    return isMax ? combining.Add(own, beyond, reader) : combining.Sub(own, beyond, reader);
  }
  if (isMax) {
    const above = rectified(affine(node, own, { bias: negated(b, reader) }, reader), reader);
    return affine(node, above, { bias: b }, reader);
  }
  const below = rectified(affine(node, own, { weight: minusOne, bias: b }, reader), reader);
  return affine(node, below, { weight: minusOne, bias: b }, reader);
}

const extremes =
  (isMax: boolean): Handler =>
  (node, inputs, reader) => {
    const [first, ...others] = inputs.map((item) => item ?? refuse("an absent input", "values"));
    return [others.reduce((made: Item, each) => extreme(node, made, each, isMax, reader), first)];
  };

/** |x| = relu(x) + relu(−x). */
export function absolute(node: Operator, data: Data, reader: Reader): Data {
  checkReal([data]);
  const own = { ...data, again: undefined };
  const negative = rectified(affine(node, own, { weight: minusOne }, reader), reader);
  return combining.Add(rectified(own, reader), negative, reader);
}

export const arithmeticHandlers: Readonly<Record<string, Handler>> = {
  Add: addition,
  Mul: product,
  Sub(node, inputs, reader) {
    const { a, b } = pairOf(node, inputs);
    if (isData(a) && isData(b)) return [combining.Sub(a, b, reader)];
    if (isData(a)) return [withBias(node, a, negated(b as Constant, reader), reader)];
    return [affine(node, b as Data, { weight: new Constant([], { fill: -1 }), bias: a as Constant }, reader)];
  },
  Div(node, inputs, reader) {
    const { a, b } = pairOf(node, inputs);
    if (isData(a) && !isData(b))
      return [affine(node, a, { weight: b.mapped((value) => 1 / value, reader.budget) }, reader)];
    return refuse("a division by a value of the network", "one by a constant");
  },
  Pow(node, inputs, reader) {
    const base = { ...floating(dataAt(inputs, 0)), again: undefined };
    const exponent = constantAt(node, inputs, 1)?.uniform;
    if (exponent === undefined || !Number.isInteger(exponent) || exponent < 1 || exponent > mostFactors) {
      return refuse(`the exponent ${exponent ?? "of several numbers"}`, `a whole number from 1 to ${mostFactors}`);
    }
    return [Array.from({ length: exponent - 1 }).reduce((made: Data) => combining.Mul(made, base, reader), base)];
  },
  Max: extremes(true),
  Min: extremes(false),
  Abs: (node, inputs, reader) => [absolute(node, dataAt(inputs, 0), reader)],
  DequantizeLinear(node, inputs, reader) {
    const data = dataAt(inputs, 0);
    const [scale, zero = new Constant([], { fill: 0 })] = [1, 2].map((index) => constantAt(node, inputs, index));
    if (!scale) return refuse("no scale", "one");
    const rank = data.axes.length;
    const axis = scale.size === 1 ? 0 : axisAt(node.int("axis", 1), rank);
    const along = (each: Constant) => alongAxis(each, axis, rank);
    const shift = combine("Mul", (a, b) => -a * b, along(scale), along(zero), reader.budget);
    return [{ ...affine(node, data, { weight: along(scale), bias: shift }, reader), isInteger: false }];
  },
  Neg(node, inputs, reader) {
    return [affine(node, dataAt(inputs, 0), { weight: new Constant([], { fill: -1 }) }, reader)];
  },
  Sum(node, inputs, reader) {
    const [first, ...others] = inputs;
    return [others.reduce((sum, each) => addition(node, [sum, each], reader)[0] as Data, first)];
  },
  Mean(node, inputs, reader) {
    const [sum] = arithmeticHandlers.Sum(node, inputs, reader);
    if (!isData(sum)) return refuse("constants", "a value of the network");
    return [affine(node, sum, { weight: new Constant([], { fill: 1 / inputs.length }) }, reader)];
  },
};
