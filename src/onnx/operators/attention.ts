/**
 * Attention. Exporters write it as a product of two values, which are queries and keys, a factor, a mask, softmax, and a product with a third
 * value. So the product of two values is remembered until the third one makes a layer of it.
 */

import { attention, concatenate, type Value } from "../../index.ts";
import { Constant } from "../constants.ts";
import { arranged, batch, type Data, isBatch, MixedBatch, reshaped, sidesOf } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import {
  type CallableLayer,
  constantAt,
  dataAt,
  type Handler,
  type Item,
  isData,
  type Reader,
  Scores,
} from "../reader.ts";

/** Returns [steps, features] of a value [batch, steps, features]. */
function sequenceOf(node: Operator, data: Data, { move }: Reader) {
  if (data.axes.length !== 3) node.refuse(`a value of ${data.axes.length} sides`, "[batch, steps, features]");
  if (!isBatch(data.axes[0])) throw new MixedBatch(`${node.who}: got examples along another axis than the first`);
  return arranged(data.value, data.axes.slice(1), move);
}

/** Tells whether a mask hides all later steps from each step. @throws {RangeError} if it hides others */
function isCausal(node: Operator, mask: Constant | undefined, steps: number): boolean {
  if (!mask || mask.uniform === 0) return false;
  const side = mask.dims.at(-1);
  const isSquare = side === steps && mask.size === steps * steps;
  const isLater = (index: number) => index % steps > Math.floor(index / steps);
  const fits = isSquare && mask.values.every((value, index) => (isLater(index) ? value <= -1e4 : value === 0));
  return fits || node.refuse("a mask of its own", "none, or one of all later steps");
}

const names = ["query", "key", "value", "output"];

/** Attention with its projections, as one node (patterns.ts). */
const projected: Handler = (node, inputs, reader) => {
  const [query, value] = [0, 1].map((index) => sequenceOf(node, dataAt(node, inputs, index), reader));
  const [steps, features] = query.shape;
  const weights = [2, 3, 4, 5].map((index) => constantAt(node, inputs, index) ?? node.refuse("no weight", "one"));
  const biases = [6, 7, 8, 9].map((index) => constantAt(node, inputs, index));
  const heads = node.int("heads", 1);
  const [rows, columns = 0] = weights[0].dims;
  const keyUnits = columns / heads;
  const isWhole =
    Number.isInteger(keyUnits) && rows === features && weights[3].dims.join() === [columns, features].join();
  if (!isWhole) node.refuse(`weights for ${heads} heads that do not fit`, "columns for each head");
  const scale = node.float("scale", 1);
  if (Math.abs(scale * Math.sqrt(keyUnits) - 1) > 1e-3) node.refuse(`scale ${scale}`, `1 / √${keyUnits}`);
  const hasBias = biases[0] !== undefined;
  const layer = reader.weighted({
    node,
    key: ["attention", ...weights, ...biases],
    options: {
      ...{ heads, causal: isCausal(node, constantAt(node, inputs, 10), steps), bias: hasBias },
      ...(keyUnits * heads !== features && { keyUnits }),
    },
    make: (options) => attention(options) as CallableLayer,
    parameters: () =>
      Object.fromEntries([
        ...names.map((name, index) => [`${name}Weight`, weights[index]] as const),
        ...(hasBias ? names.map((name, index) => [`${name}Bias`, biases[index]!] as const) : []),
      ]),
  });
  const made = query === value ? reader.apply(layer, query) : reader.apply(layer, query, value);
  return [{ value: made, axes: [[-1], [0], [1]] }];
};

/** The sides of an operand of a product: the heads among the first axes, its rows, its columns. */
function operandOf(node: Operator, { axes }: Data) {
  const first = axes.slice(0, -2);
  if (axes.length < 3 || !first.some((axis) => axis.includes(batch))) {
    return node.refuse("two values of the network", "a value and a weight, or queries and keys");
  }
  const heads = first.flat().filter((side) => side !== batch);
  const [rows, columns] = axes.slice(-2).map((axis) => sidesOf(node.who, axis));
  return { first, heads, rows, columns };
}

/** Returns the product of queries and turned keys. */
export function scoresOf(node: Operator, query: Data, key: Data, { move }: Reader): Scores {
  const [own, other] = [operandOf(node, query), operandOf(node, key)];
  const lengthOf = ({ value }: Data, sides: readonly number[]) =>
    sides.reduce((product, side) => product * value.shape[side], 1);
  const heads = lengthOf(query, own.heads);
  const units = lengthOf(query, own.columns);
  if (heads !== lengthOf(key, other.heads) || units !== lengthOf(key, other.rows)) {
    return node.refuse("two values that do not fit as queries and keys", "the same heads and units");
  }
  return new Scores({
    node,
    query: arranged(query.value, [own.rows, [...own.heads, ...own.columns]], move),
    key: arranged(key.value, [other.columns, [...other.heads, ...other.rows]], move),
    // Where the heads are among the first axes.
    axes: own.first.map((axis) => axis.map((side) => (side === batch ? batch : 1))),
    heads,
    scale: 1,
    isSoftmax: false,
  });
}

/** Returns an identity matrix [rows, columns] from a row on, times a factor. */
function identity(rows: number, columns: number, from: number, factor = 1): Constant {
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) values[(from + column) * columns + column] = factor;
  return new Constant([rows, columns], { values });
}

/** Returns the sums of values with the softmax of scores: attention whose projections change nothing and are not trained. */
export function attended(node: Operator, scores: Scores, value: Data, reader: Reader): Data {
  const { query, key, axes, heads, scale, mask, isSoftmax } = scores.content;
  if (!isSoftmax) node.refuse("a product of three values without softmax", "attention");
  const own = operandOf(node, value);
  const values = arranged(value.value, [own.rows, [...own.heads, ...own.columns]], reader.move);
  const [steps, columns] = query.shape;
  const [keySteps] = key.shape;
  if (values.shape.join() !== [keySteps, columns].join()) {
    node.refuse(`values [${values.shape.join(", ")}] for keys [${key.shape.join(", ")}]`, "as many");
  }
  const isOne = key === values;
  const both = isOne ? key : reader.apply(concatenate as CallableLayer, key, values);
  const rows = isOne ? columns : 2 * columns;
  const causal = isCausal(node, mask, steps);
  const factor = scale * Math.sqrt(columns / heads);
  reader.budget.take(node.who, 2 * (rows + columns) * columns);
  const layer = reader.weighted({
    node,
    key: ["scores", String(rows), String(columns), String(factor)],
    options: { heads, causal, bias: false, trainable: false },
    make: (options) => attention(options) as CallableLayer,
    parameters: () => ({
      queryWeight: identity(columns, columns, 0, factor),
      keyWeight: identity(rows, columns, 0),
      valueWeight: identity(rows, columns, rows - columns),
      outputWeight: identity(columns, columns, 0),
    }),
  });
  const made = reader.apply(layer, query, both);
  const divided: Value = reshaped(made, [steps, heads, columns / heads], reader.move);
  return { value: divided, axes: [...axes, [0], [2]] };
}

function valueAt(node: Operator, item: Item | Scores | undefined): Data {
  return isData(item) ? item : node.refuse("weights of attention for something else", "values that are computed");
}

/** Changes scores that are not yet weights. */
const changed = (node: Operator, item: Scores, change: Partial<Scores["content"]>): Scores =>
  item.content.isSoftmax
    ? node.refuse("weights of attention", "scores before softmax")
    : new Scores({ ...item.content, ...change });

/** What may follow a product of two values. */
export const scoresNeed = "attention: a factor, a mask, softmax, and a product with a value";

/** Handles a node that makes or reads scores; undefined if it is another. */
export function withScores(
  node: Operator,
  inputs: readonly (Item | Scores | undefined)[],
  reader: Reader,
): readonly (Item | Scores | undefined)[] | undefined {
  const scores = inputs.find((input): input is Scores => input instanceof Scores);
  const { name } = node;
  const [first, second] = inputs;
  if (name === "MatMul" && isData(first) && isData(second)) return [scoresOf(node, first, second, reader)];
  if (!scores) return undefined;
  const other = inputs.find((input): input is Constant => input instanceof Constant);
  const number = other?.uniform;
  const { content } = scores;
  if (name === "Identity" || name === "Dropout" || name === "Cast") return [scores, undefined];
  if (name === "MatMul" && inputs[0] === scores) return [attended(node, scores, valueAt(node, inputs[1]), reader)];
  if (name === "Mul" && number !== undefined) return [changed(node, scores, { scale: content.scale * number })];
  if (name === "Div" && number !== undefined && inputs[0] === scores) {
    return [changed(node, scores, { scale: content.scale / number })];
  }
  const isLast = [-1, content.axes.length + 1].includes(node.int("axis", -1));
  if (name === "Softmax" && isLast && node.version >= 13) return [changed(node, scores, { isSoftmax: true })];
  if (name === "Softmax" && node.int("axis", 1) === content.axes.length + 1)
    return [changed(node, scores, { isSoftmax: true })];
  if (name === "Add" && other && !content.mask) return [changed(node, scores, { mask: other })];
  if (name === "Where" && inputs[1] === scores && other && !content.mask)
    return [changed(node, scores, { mask: maskOf(node, inputs) })];
  return node.refuse("the product of two values", scoresNeed);
}

/** Returns the mask that is added, for one that chooses between scores and a number. */
function maskOf(node: Operator, inputs: readonly (Item | Scores | undefined)[]): Constant {
  const [seen, , hidden] = inputs;
  const isHidden = hidden instanceof Constant && hidden.uniform !== undefined && hidden.uniform <= -1e4;
  if (!(seen instanceof Constant) || !isHidden) return node.refuse("a choice that is no mask", "constants");
  return new Constant(seen.dims, {
    values: Float64Array.from(seen.values, (value) => (value === 0 ? Number.NEGATIVE_INFINITY : 0)),
  });
}

export const attentionHandlers: Readonly<Record<string, Handler>> = { "simdnet.Attention": projected };
