/** Matrix products with weights: dense layers; and tables of rows: embeddings. */

import { plural } from "../../errors.ts";
import { type Activation, type ActivationName, dense, dot, embedding } from "../../index.ts";
import type { Constant } from "../constants.ts";
import { type Data, type LastSide, lengthOf, sidesOf, toLast } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, isData, type Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { scaled } from "./affine.ts";
import { arithmeticHandlers, padded, together, withBias } from "./arithmetic.ts";

/** A dense layer on the last side of a value. */
interface DenseUse {
  readonly node: Operator;
  readonly last: LastSide;
  /** The axis that becomes the units. */
  readonly axis: number;
  /** [features, units] */
  readonly weight: Constant;
  readonly bias?: Constant | undefined;
  readonly key: readonly (string | Constant | undefined)[];
  readonly activation?: ActivationName | Activation;
}

/** Returns a weight whose rows follow the order of a value's last side. */
function orderedRows(weight: Constant, order: Int32Array | undefined): Constant {
  if (!order) return weight;
  const [, units] = weight.dims;
  return weight.moved(weight.dims, (index) => order[Math.floor(index / units)] * units + (index % units));
}

/** Applies a dense layer. An activation or a bias behind it makes it anew. */
function applyDense(use: DenseUse, reader: Reader): Data {
  const { node, last, axis, weight, bias, key, activation = "linear" } = use;
  const units = weight.dims[1];
  const layer = reader.weighted({
    node,
    key: ["dense", ...key, bias, last.order?.join()],
    options: { units, bias: bias !== undefined, activation },
    make: ({ units, ...options }) => dense(units, options) as CallableLayer,
    parameters: () => ({ weight: orderedRows(weight, last.order), ...(bias && { bias }) }),
  });
  const value = reader.apply(layer, last.value);
  const side = value.shape.length - 1;
  return {
    value,
    axes: last.axes.map((each, index) => (index === axis ? [side] : each)),
    again: {
      activated:
        activation === "linear" ? (kind: never) => applyDense({ ...use, activation: kind }, reader) : undefined,
      biased: bias || activation !== "linear" ? undefined : (row: never) => applyDense({ ...use, bias: row }, reader),
    },
  };
}

/** alpha · A · B + beta · C, with A or B transposed. */
const gemm: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const weight = constantAt(node, inputs, 1);
  if (weight?.dims.length !== 2 || data.axes.length !== 2)
    return refuse("no two matrices", "a value and a weight of 2 sides");
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const axes = node.int("transA", 0) ? [data.axes[1], data.axes[0]] : data.axes;
  const matrix = node.int("transB", 0) ? weight.transposed([1, 0]) : weight;
  const times = (constant: Constant, factor: number) =>
    factor === 1 ? constant : constant.mapped((value) => factor * value, reader.budget);
  checkRows(matrix, data, axes[1]);
  const last = toLast({ ...data, axes }, sidesOf(axes[1]), reader.move, data.isRow);
  const added = inputs[2];
  const given = isData(added) ? undefined : constantAt(node, inputs, 2);
  const bias = given && beta !== 0 ? times(given, beta) : undefined;
  const units = matrix.dims[1];
  const isRow = bias !== undefined && (bias.size === 1 || (bias.size === units && bias.dims.at(-1) === units));
  const key = ["Gemm", weight, String(alpha), String(node.int("transB", 0)), given, String(beta)];
  const row = isRow ? bias.reshaped(bias.size === 1 ? [] : [units]).broadcast([units]) : undefined;
  const made = applyDense({ node, last, axis: 1, weight: times(matrix, alpha), bias: row, key }, reader);
  if (isData(added)) return arithmeticHandlers.Add(node, [made, scaled(node, added, beta, 0, reader)], reader);
  return [bias && !isRow ? withBias(node, { ...made, again: undefined }, bias, reader) : made];
};

/** Refuses a weight that does not fit, before anything as long as an axis is made. */
function checkRows({ dims }: Constant, data: Data, axis: readonly number[]): void {
  const features = lengthOf(data, sidesOf(axis));
  if (dims[0] !== features) refuse(`a weight of ${dims[0]} rows for ${features} features`, "a row for each");
}

/** Returns the product of two values: the dot products of all rows of one and all columns of the other. */
export function multiplied(a: Data, b: Data, reader: Reader): Data {
  const ranks = [a, b].map(({ axes }) => axes.length);
  if (Math.min(...ranks) < 2) refuse(`values of ${ranks.join(" and ")} sides`, "2 or more");
  const [rows, inner] = a.axes.slice(-2);
  const [terms, columns] = b.axes.slice(-2);
  const lengths = [lengthOf(a, inner), lengthOf(b, terms)];
  if (lengths[0] !== lengths[1]) refuse(`rows of ${lengths[0]} and columns of ${lengths[1]}`, "as many");
  const left = { ...a, axes: [...a.axes.slice(0, -2), rows, [], inner] };
  const right = { ...b, axes: [...b.axes.slice(0, -2), [], columns, terms] };
  const [one, other] = together(left, right, reader);
  const sides = sidesOf(one.axes.at(-1)!);
  const [first, second] = [one, { ...one, value: other }].map((data) => toLast(data, sides, reader.move));
  const value = reader.apply(dot() as CallableLayer, first.value, second.value);
  return { value, axes: first.axes.slice(0, -1) };
}

/** A value times a matrix, or a matrix times a value. A matrix with more sides must be the same for each example. */
const matmul: Handler = (node, inputs, reader) => {
  const [first, second] = inputs;
  if (isData(first) && isData(second)) return [multiplied(first, second, reader)];
  const isRight = isData(first);
  const given = dataAt(inputs, isRight ? 0 : 1);
  const weight = constantAt(node, inputs, isRight ? 1 : 0) ?? refuse("one input", "two");
  const isRow = weight.dims.length === 1;
  const dims = isRow ? (isRight ? [weight.size, 1] : [1, weight.size]) : weight.dims;
  if (dims.slice(0, -2).some((side) => side !== 1)) refuse("a weight with matrices for each place", "one matrix");
  const rank = given.axes.length;
  if (rank < (isRight ? 1 : 2)) refuse(`a value of ${plural(rank, "side")}`, "more");
  // A vector has no side for its row.
  const data = padded(given, rank === 1 ? dims.length - 1 : dims.length);
  const axis = data.axes.length - (isRight ? 1 : 2);
  const own = weight.reshaped(dims.slice(-2));
  const matrix = isRight ? own : own.transposed([1, 0]);
  checkRows(matrix, data, data.axes[axis]);
  const last = toLast(data, sidesOf(data.axes[axis]), reader.move, data.isRow);
  const made = applyDense({ node, last, axis, weight: matrix, key: ["MatMul", weight, String(isRight)] }, reader);
  return [isRow ? { ...made, axes: made.axes.toSpliced(axis, 1), again: undefined } : made];
};

/** Rows of a table by tokens. */
export const embed: Handler = (node, inputs, reader) => {
  const table = constantAt(node, inputs, 0);
  const tokens = dataAt(inputs, 1);
  if (table?.dims.length !== 2) return refuse(`a table of ${table?.dims.length ?? 0} sides`, "[count, features]");
  const [count, units] = table.dims;
  const layer = reader.weighted({
    node,
    key: ["embedding", table],
    options: { count, units },
    make: ({ count, units, ...options }) => embedding(count, units, options) as CallableLayer,
    parameters: () => ({ weight: table }),
  });
  // A batch of single tokens is a value of one place.
  const value = reader.apply(layer, tokens.value);
  return [{ value, axes: [...tokens.axes, [value.shape.length - 1]], isImage: false }];
};

export const productHandlers: Readonly<Record<string, Handler>> = { Gemm: gemm, MatMul: matmul };
