/** Means, maxima and sums over some axes of a value. */

import { distance, globalAveragePool, globalMaxPool, multiply } from "../../index.ts";
import { axesOf } from "../folds.ts";
import { arranged, axisAt, batch, type Data, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, dataAt, type Handler, type Item, type Reader } from "../reader.ts";
import { refuseMixed } from "../refusals.ts";
import { floating } from "./activations.ts";
import { scaled } from "./affine.ts";
import { absolute } from "./arithmetic.ts";

/** Reduces axes by a global pool, whose positions they become; to a length by the distance from 0. */
function reduce(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  kind: "mean" | "max" | "sum" | "length",
  reader: Reader,
): Data {
  const data = floating(dataAt(inputs, 0));
  const rank = data.axes.length;
  const given = axesOf(node, inputs, node.name === "ReduceSum" ? 13 : 18)?.map((axis) => axisAt(axis, rank));
  const isAll = !given || given.length === 0;
  if (isAll && node.int("noop_with_empty_axes", 0)) return data;
  const axes = isAll ? [...data.axes.keys()] : given;
  if (axes.some((axis) => data.axes[axis].includes(batch))) {
    refuseMixed("the batch among its axes");
  }
  const { shape } = data.value;
  const reduced = axes.flatMap((axis) => data.axes[axis]);
  const kept = shape.flatMap((_, side) => (reduced.includes(side) ? [] : [side]));
  const keepsDims = node.int("keepdims", 1) === 1;
  const axesAfter = data.axes.flatMap((axis, index) => {
    if (axes.includes(index)) return keepsDims ? [[]] : [];
    return [axis.map((side) => (side === batch ? batch : kept.indexOf(side)))];
  });
  const count = reduced.reduce((product, side) => product * shape[side], 1);
  const rest = kept.map((side) => shape[side]);
  const pooled = () => {
    const positions = arranged(data.value, [reduced, kept], reader.move);
    return reader.apply((kind === "max" ? globalMaxPool() : globalAveragePool()) as CallableLayer, positions);
  };
  const length = () => {
    const rows = { ...data, value: arranged(data.value, [kept, reduced], reader.move) };
    return reader.apply(distance() as CallableLayer, rows.value, scaled(node, rows, 0, 0, reader).value);
  };
  const own = kind === "length" ? length() : pooled();
  const value = reshaped(own, rest.length > 0 ? rest : [1], reader.move);
  const made = { ...data, value, axes: axesAfter, again: undefined };
  return kind === "sum" ? scaled(node, made, count, 0, reader) : made;
}

/** Returns the value's square. */
function squared(data: Data, { apply }: Reader): Data {
  return { ...data, value: apply(multiply as CallableLayer, data.value, data.value), again: undefined };
}

export const reductionHandlers: Readonly<Record<string, Handler>> = {
  ReduceMean: (node, inputs, reader) => [reduce(node, inputs, "mean", reader)],
  ReduceMax: (node, inputs, reader) => [reduce(node, inputs, "max", reader)],
  ReduceMin(node, inputs, reader) {
    const negative = scaled(node, dataAt(inputs, 0), -1, 0, reader);
    return [scaled(node, reduce(node, [negative, ...inputs.slice(1)], "max", reader), -1, 0, reader)];
  },
  ReduceL1(node, inputs, reader) {
    return [reduce(node, [absolute(node, dataAt(inputs, 0), reader), ...inputs.slice(1)], "sum", reader)];
  },
  ReduceL2: (node, inputs, reader) => [reduce(node, inputs, "length", reader)],
  ReduceSumSquare(node, inputs, reader) {
    return [reduce(node, [squared(dataAt(inputs, 0), reader), ...inputs.slice(1)], "sum", reader)];
  },
  ReduceSum: (node, inputs, reader) => [reduce(node, inputs, "sum", reader)],
};
