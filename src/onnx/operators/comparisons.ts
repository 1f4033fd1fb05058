/** Comparisons of two values along an axis, and attention: what ONNX has as several nodes (patterns.ts). */

import { attention, distance, dot } from "../../index.ts";
import type { Constant } from "../constants.ts";
import { arranged, axisAt, type Data, isBatch, MixedBatch, sidesOf, toLast } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Reader } from "../reader.ts";
import { together } from "./arithmetic.ts";

const comparison =
  (layer: () => unknown): Handler =>
  (node, inputs, reader) => {
    const [a, b] = [dataAt(node, inputs, 0), dataAt(node, inputs, 1)];
    const [left, right] = together(node, a, b, reader);
    const axis = axisAt(node.who, node.int("axis", -1), left.axes.length);
    const sides = sidesOf(node.who, left.axes[axis]);
    const [first, second] = [left, { ...left, value: right }].map((data) => toLast(data, sides, reader.move));
    const value = reader.apply(layer() as CallableLayer, first.value, second.value);
    const made: Data = { ...first, value, isImage: false, again: undefined };
    return [node.int("keepdims", 1) ? made : { ...made, axes: made.axes.filter((_, index) => index !== axis) }];
  };

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

const attentionHandler: Handler = (node, inputs, reader) => {
  const [query, value] = [0, 1].map((index) => sequenceOf(node, dataAt(node, inputs, index), reader));
  const [steps, features] = query.shape;
  const weights = [2, 3, 4, 5].map((index) => constantAt(node, inputs, index) ?? node.refuse("no weight", "one"));
  const biases = [6, 7, 8, 9].map((index) => constantAt(node, inputs, index));
  const mask = constantAt(node, inputs, 10);
  const heads = node.int("heads", 1);
  const [rows, columns = 0] = weights[0].dims;
  const keyUnits = columns / heads;
  const isWhole =
    Number.isInteger(keyUnits) && rows === features && weights[3].dims.join() === [columns, features].join();
  if (!isWhole) node.refuse(`weights for ${heads} heads that do not fit`, "columns for each head");
  const scale = node.float("scale", 1);
  if (Math.abs(scale * Math.sqrt(keyUnits) - 1) > 1e-3) node.refuse(`scale ${scale}`, `1 / √${keyUnits}`);
  const names = ["query", "key", "value", "output"];
  const hasBias = biases[0] !== undefined;
  const layer = reader.weighted({
    node,
    key: ["attention", ...weights, ...biases],
    options: {
      ...{ heads, causal: isCausal(node, mask, steps), bias: hasBias },
      ...(keyUnits * heads !== features && { keyUnits }),
    },
    make: (options) => attention(options) as CallableLayer,
    parameters: () =>
      Object.fromEntries([
        ...names.map((name, index) => [`${name}Weight`, weights[index]] as const),
        ...(hasBias ? names.map((name, index) => [`${name}Bias`, biases[index]!] as const) : []),
      ]),
  });
  const made =
    inputs[0] === inputs[1] || query === value ? reader.apply(layer, query) : reader.apply(layer, query, value);
  return [{ value: made, axes: [[-1], [0], [1]] }];
};

export const comparisonHandlers: Readonly<Record<string, Handler>> = {
  "simdnet.Distance": comparison(distance),
  "simdnet.Dot": comparison(dot),
  "simdnet.Cosine": comparison(() => dot({ normalize: true })),
  "simdnet.Attention": attentionHandler,
};
