/**
 * Attention. Exporters write it as a product of two values, which are queries and keys, a factor, a mask, softmax, and a product with a third
 * value. So the product of two values is remembered until the third one makes a layer of it.
 */

import { attention, concatenate, type Value } from "../../index.ts";
import { Constant, combine } from "../constants.ts";
import { arranged, batch, type Data, isBatch, lengthOf, reshaped, reshapedTo, sidesOf, toLast } from "../layout.ts";
import { maskKind } from "../masks.ts";
import type { Operator } from "../nodes.ts";
import {
  type CallableLayer,
  constantAt,
  dataAt,
  type Entry,
  type Handler,
  isData,
  type Reader,
  Scores,
} from "../reader.ts";
import { named, refuse, refuseMixed } from "../refusals.ts";
import { activate } from "./activations.ts";
import { affine, scaled } from "./affine.ts";
import { multiplied } from "./products.ts";

/** Returns [steps, features] of a value [batch, steps, features]. */
function sequenceOf(data: Data, { move }: Reader) {
  if (data.axes.length !== 3) refuse(`a value of ${data.axes.length} sides`, "[batch, steps, features]");
  if (!isBatch(data.axes[0])) refuseMixed("examples along another axis than the first", "them there");
  return arranged(data.value, data.axes.slice(1), move);
}

const names = ["query", "key", "value", "output"];

/** Attention with its projections, as one node (patterns.ts). */
const projected: Handler = (node, inputs, reader) => {
  const [query, value] = [0, 1].map((index) => sequenceOf(dataAt(inputs, index), reader));
  const [steps, features] = query.shape;
  const weights = [2, 3, 4, 5].map((index) => constantAt(node, inputs, index) ?? refuse("no weight", "one"));
  const biases = [6, 7, 8, 9].map((index) => constantAt(node, inputs, index));
  const heads = node.int("heads", 1);
  // A mask that is added, and one that chooses. The lengths of the keys, which the layer knows itself, are no input here.
  const seen = constantAt(node, inputs, 11);
  const kinds = [constantAt(node, inputs, 10), seen && added(seen, reader)].map((mask) => maskKind(mask, steps));
  if (kinds.includes("other")) refuse("a computed mask that is not causal", "a constant of the graph");
  const [rows, columns = 0] = weights[0].dims;
  const keyUnits = columns / heads;
  const isWhole =
    Number.isInteger(keyUnits) && rows === features && weights[3].dims.join() === [columns, features].join();
  if (!isWhole) refuse(`weights for ${heads} heads that do not fit`, "columns for each head");
  const hasBias = biases[0] !== undefined;
  const layer = reader.weighted({
    node,
    key: ["attention", ...weights, ...biases],
    options: {
      ...{ heads, causal: kinds.includes("causal"), bias: hasBias },
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

/** The sides of an operand of a product: the heads among the first axes, its rows, its columns. Undefined if it has no batch there. */
function operandOf({ axes, value }: Data) {
  const first = axes.slice(0, -2);
  if (!first.some((axis) => axis.includes(batch))) return undefined;
  const heads = first.flat().filter((side) => side !== batch);
  const [rows, columns] = axes.slice(-2).map((axis) => sidesOf(axis));
  const places = (sides: readonly number[]) => sides.reduce((product, side) => product * value.shape[side], 1);
  return { first, heads, rows, columns, counts: [heads, rows, columns].map(places) };
}

/** Returns an identity matrix [rows, columns] from a row on, times a factor. */
function identity(rows: number, columns: number, from: number, factor = 1): Constant {
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) values[(from + column) * columns + column] = factor;
  return new Constant([rows, columns], { values });
}

/**
 * Returns the sums of values with the softmax of scores: attention whose projections change nothing and are not trained. Undefined if the
 * layer does not compute it.
 */
function attended(node: Operator, { content }: Scores, value: Data, reader: Reader): Data | undefined {
  const { query, key, scale, mask } = content;
  if (key.value.lengths && !content.isHidden) {
    refuse("keys of sequences that differ in length without a mask", "a Where that hides what is behind their ends");
  }
  const [own, other, last] = [query, key, value].map((data) => operandOf(data));
  if (!own || !other || !last) return undefined;
  const [heads, steps, units] = own.counts;
  const keySteps = other.counts[2];
  const fits = [
    [other.counts, [heads, units, keySteps]],
    [last.counts, [heads, keySteps, units]],
  ].every(([got, wanted]) => got.join() === wanted.join());
  const causal = maskKind(mask, steps);
  if (!fits || causal === "other") return undefined;
  const columns = heads * units;
  const queries = arranged(query.value, [own.rows, [...own.heads, ...own.columns]], reader.move);
  const keys = arranged(key.value, [other.columns, [...other.heads, ...other.rows]], reader.move);
  const values = arranged(value.value, [last.rows, [...last.heads, ...last.columns]], reader.move);
  const isOne = keys === values;
  const both = isOne ? keys : reader.apply(concatenate as CallableLayer, keys, values);
  const rows = isOne ? columns : 2 * columns;
  const factor = scale * Math.sqrt(units);
  reader.budget.take(2 * (rows + columns) * columns);
  const layer = reader.weighted({
    node,
    key: ["scores", String(rows), String(columns), String(factor)],
    options: { heads, causal: causal === "causal", bias: false, trainable: false },
    make: (options) => attention(options) as CallableLayer,
    parameters: () => ({
      queryWeight: identity(columns, columns, 0, factor),
      keyWeight: identity(rows, columns, 0),
      valueWeight: identity(rows, columns, rows - columns),
      outputWeight: identity(columns, columns, 0),
    }),
  });
  const made = reader.apply(layer, queries, both);
  const divided: Value = reshaped(made, [steps, heads, units], reader.move);
  // Heads keep their place among the first axes.
  const first = own.first.map((axis) => axis.map((side) => (side === batch ? batch : 1)));
  return { value: divided, axes: [...first, [0], [2]] };
}

/** Returns the scores, or the weights, as a value. Their own node is named if this fails, not the one that reads them. */
const materialized = ({ content }: Scores, reader: Reader): Data =>
  named(content.node.who, () => scoresOf(content, reader));

function scoresOf({ node, query, key, scale, mask, isSoftmax }: Scores["content"], reader: Reader): Data {
  const factored = scaled(node, multiplied(query, key, reader), scale, 0, reader);
  if (mask) reader.budget.take(mask.size);
  // A parameter is finite.
  const bias = mask && new Constant(mask.dims, { values: mask.values.map((value) => Math.max(value, -1e9)) });
  const masked = bias ? affine(node, factored, { bias }, reader) : factored;
  if (!isSoftmax) return masked;
  const last = toLast(masked, sidesOf(masked.axes.at(-1)!), reader.move);
  return activate({ ...last, again: undefined }, "softmax", reader);
}

/** Returns a value in place of a product that is not on its way to attention. */
export const settled = <Other>(item: Other | Scores, reader: Reader): Other | Data =>
  item instanceof Scores ? materialized(item, reader) : item;

/** Handles a node that makes or reads scores on their way to attention; undefined if it does something else. */
export function withScores(
  node: Operator,
  inputs: readonly (Entry | undefined)[],
  reader: Reader,
): readonly (Entry | undefined)[] | undefined {
  const { name } = node;
  const [first, second] = inputs;
  if (name === "MatMul" && isData(first) && isData(second)) {
    return [new Scores({ node, query: first, key: second, scale: 1, isSoftmax: false })];
  }
  const scores = inputs.find((input): input is Scores => input instanceof Scores);
  if (!scores) return undefined;
  const { content } = scores;
  if (name === "Identity" || name === "Dropout" || name === "Cast") return [scores, undefined];
  if (name === "MatMul" && first === scores && isData(second) && content.isSoftmax) {
    const made = attended(node, scores, second, reader);
    return made && [made];
  }
  if (content.isSoftmax) return undefined;
  const changed = (change: Partial<Scores["content"]>) => [new Scores({ ...content, ...change })];
  const other = inputs.find((input): input is Constant => input instanceof Constant);
  const number = other?.uniform;
  const last = content.query.axes.length - 1;
  // Before version 13, all axes from one on are one.
  const isLast = node.version < 13 ? node.int("axis", 1) === last : [-1, last].includes(node.int("axis", -1));
  if (name === "Softmax" && isLast) return changed({ isSoftmax: true });
  if (content.mask) return undefined;
  if (name === "Mul" && number !== undefined) return changed({ scale: content.scale * number });
  if (name === "Div" && number !== undefined && first === scores) return changed({ scale: content.scale / number });
  if (name === "Add" && other) return changed({ mask: other });
  const mask = name === "Where" && second === scores ? maskOf(inputs, reader) : undefined;
  return mask && changed({ mask });
}

/** Returns the mask that is added, for one that chooses between scores and a number; undefined if it does not hide. */
function maskOf(inputs: readonly (Entry | undefined)[], reader: Reader): Constant | undefined {
  const [seen, , least] = inputs;
  const hides = least instanceof Constant && least.uniform !== undefined && least.uniform <= -1e4;
  return seen instanceof Constant && hides ? added(seen, reader) : undefined;
}

/** The constants that are added to scores, by the masks that they have been made of. */
const madeOf = new WeakMap<Constant, Constant>();

/** Returns what is added to scores for a mask that is true where they count. */
function added(seen: Constant, { budget }: Reader): Constant {
  const known = madeOf.get(seen);
  if (known) return known;
  budget.take(seen.size);
  const values = Float64Array.from(seen.values, (value) => (value === 0 ? Number.NEGATIVE_INFINITY : 0));
  const made = new Constant(seen.dims, { values });
  madeOf.set(seen, made);
  return made;
}

/** Returns queries, keys or values as [batch, heads, steps, units]. */
function withHeads(data: Data, heads: number, reader: Reader): Data {
  if (data.axes.length === 4) return data;
  if (data.axes.length !== 3) return refuse(`a value of ${data.axes.length} sides`, "3 or 4");
  const [, steps, columns] = data.axes.map((axis) => lengthOf(data, axis));
  if (!(heads >= 1) || columns % heads !== 0) refuse(`${heads} heads for ${columns} columns`, "a divisor");
  const target = (places: number, hasBatch = false) => ({ places, hasBatch });
  const sides = [target(1, true), target(steps), target(heads), target(columns / heads)];
  const divided = reshapedTo(data, sides, reader.move);
  const [examples, own, head, units] = divided.axes;
  return { ...divided, axes: [examples, head, own, units] };
}

/** Attention of version 23. */
const attentionHandler: Handler = (node, inputs, reader) => {
  for (const name of ["softcap", "qk_matmul_output_mode"]) {
    if (node.has(name) && (name === "softcap" ? node.float(name, 0) : node.int(name, 0)) !== 0) refuse(name, "none");
  }
  if (inputs.slice(4).some(Boolean)) refuse("past keys or lengths", "whole sequences");
  const given = dataAt(inputs, 0);
  const headCounts = [node.int("q_num_heads", 0), node.int("kv_num_heads", 0)];
  const [query, keys, values] = [0, 1, 2].map((index) =>
    withHeads(dataAt(inputs, index), headCounts[Math.min(index, 1)], reader),
  );
  const [heads, steps, units] = query.axes.slice(1).map((axis) => lengthOf(query, axis));
  const keyHeads = lengthOf(keys, keys.axes[1]);
  if (keyHeads !== heads) refuse(`${keyHeads} heads of keys for ${heads} of queries`, "as many");
  const keySteps = lengthOf(keys, keys.axes[2]);
  const own = constantAt(node, inputs, 3);
  // A mask of truth values says what counts.
  const mask = own && (own.isInteger ? added(own, reader) : own);
  const isCausal = node.int("is_causal", 0) === 1;
  reader.budget.take(isCausal ? 3 * steps * keySteps : 0);
  const later = new Constant([steps, keySteps], {
    values: Float64Array.from({ length: isCausal ? steps * keySteps : 0 }, (_, index) =>
      index % keySteps > Math.floor(index / keySteps) ? Number.NEGATIVE_INFINITY : 0,
    ),
  });
  const sum = mask && isCausal ? combine("Add", (a, b) => a + b, mask, later, reader.budget) : mask;
  const [examples, head, places, unit] = keys.axes;
  const scores = new Scores({
    node,
    query,
    key: { ...keys, axes: [examples, head, unit, places] },
    scale: node.float("scale", 1 / Math.sqrt(units)),
    mask: sum ?? (isCausal ? later : undefined),
    isSoftmax: true,
  });
  const made = attended(node, scores, values, reader) ?? multiplied(materialized(scores, reader), values, reader);
  if (given.axes.length === 4) return [made];
  const [first, ...rest] = made.axes;
  return [{ ...made, axes: [first, rest[1], [...rest[0], ...rest[2]]] }];
};

export const attentionHandlers: Readonly<Record<string, Handler>> = {
  Attention: attentionHandler,
  "simdnet.Attention": projected,
};
