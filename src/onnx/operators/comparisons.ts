/** Comparisons of two values along an axis: what ONNX has as several nodes (patterns.ts). */

import { distance, dot } from "../../index.ts";
import { axisAt, type Data, sidesOf, toLast } from "../layout.ts";
import { type CallableLayer, dataAt, type Handler } from "../reader.ts";
import { together } from "./arithmetic.ts";

const comparison =
  (layer: () => unknown): Handler =>
  (node, inputs, reader) => {
    const [a, b] = [dataAt(inputs, 0), dataAt(inputs, 1)];
    const [left, right] = together(a, b, reader);
    const axis = axisAt(node.int("axis", -1), left.axes.length);
    const sides = sidesOf(left.axes[axis]);
    const [first, second] = [left, { ...left, value: right }].map((data) => toLast(data, sides, reader.move));
    const value = reader.apply(layer() as CallableLayer, first.value, second.value);
    const made: Data = { ...first, value, isImage: false, again: undefined };
    return [node.int("keepdims", 1) ? made : { ...made, axes: made.axes.filter((_, index) => index !== axis) }];
  };

export const comparisonHandlers: Readonly<Record<string, Handler>> = {
  "simdnet.Distance": comparison(distance),
  "simdnet.Dot": comparison(dot),
  "simdnet.Cosine": comparison(() => dot({ normalize: true })),
};
