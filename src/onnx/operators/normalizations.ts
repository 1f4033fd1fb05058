/** Normalizations of channels, of groups of channels, and of last sides. */

import { batchNorm, groupNorm, layerNorm, rmsNorm, unitNorm, type Value } from "../../index.ts";
import { Constant } from "../constants.ts";
import { axisAt, type Data, lengthOf, reshaped, sidesOf, toLast } from "../layout.ts";
import { type Operator, shortest } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, type Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { floating } from "./activations.ts";
import { along } from "./affine.ts";
import { imageOf } from "./windows.ts";

/** Returns the data [batch, channels, …] with its channels on the last side. */
function channelsLast(data: Data, reader: Reader): Data {
  if (data.axes.length < 2) refuse(`a value of ${data.axes.length} sides`, "[batch, channels, …]");
  return toLast(floating(data), sidesOf(data.axes[1]), reader.move);
}

/** Returns a row of numbers, one for each channel. */
function rowAt(node: Operator, inputs: readonly (Item | undefined)[], index: number, channels: number): Constant {
  const row = constantAt(node, inputs, index);
  if (row?.size === channels) return row.reshaped([channels]);
  return refuse(`${row?.size ?? "no"} numbers as input ${index}`, `${channels}, one for each channel`);
}

const batchNormHandler: Handler = (node, inputs, reader) => {
  if (node.int("training_mode", 0) !== 0) refuse("training_mode", "a graph for prediction");
  if (node.int("spatial", 1) !== 1) refuse("spatial 0", "1: statistics for each channel");
  const data = channelsLast(dataAt(inputs, 0), reader);
  const channels = data.value.shape.at(-1)!;
  const rows = [1, 2, 3, 4].map((index) => rowAt(node, inputs, index, channels));
  const [weight, bias, runningMean, runningVariance] = rows;
  const layer = reader.weighted({
    node,
    key: ["batchNorm", ...rows],
    options: { epsilon: node.float("epsilon", 1e-5), momentum: momentumOf(node) },
    make: (options) => batchNorm(options) as CallableLayer,
    parameters: () => ({ weight, bias, runningMean, runningVariance }),
  });
  return [{ ...data, value: reader.apply(layer, data.value), again: undefined }];
};

/** ONNX's momentum is the share of the old statistics, here it is that of the new ones. */
const momentumOf = (node: Operator) => Math.min(1, Math.max(0, shortest(Math.fround(1 - node.float("momentum", 0.9)))));

/** Normalizes the sides of some axes together: of all from one on, or of a list (patterns.ts). */
const lastAxes =
  (isRms: boolean): Handler =>
  (node, inputs, reader) => {
    const data = floating(dataAt(inputs, 0));
    const rank = data.axes.length;
    const first = axisAt(node.int("axis", -1), rank);
    const axes = node.ints("axes")?.map((axis) => axisAt(axis, rank));
    const isNormalized = (axis: number) => (axes ? axes.includes(axis) : axis >= first);
    const dims = data.axes.map((each, axis) => (isNormalized(axis) ? lengthOf(data, sidesOf(each)) : 1));
    const { data: last, lengths, vector } = along(data, dims, reader);
    const { shape } = last.value;
    const features = lengths.reduce((product, side) => product * side, 1);
    reader.budget.take(2 * features);
    const row = (index: number, usual: number) => {
      const given = constantAt(node, inputs, index);
      return given ? vector(given.broadcast(dims)).reshaped([features]) : new Constant([features], { fill: usual });
    };
    const given = [constantAt(node, inputs, 1), isRms ? undefined : constantAt(node, inputs, 2)];
    const layer = reader.weighted({
      node,
      key: [isRms ? "rmsNorm" : "layerNorm", ...given, dims.join()],
      options: { epsilon: node.float("epsilon", 1e-5) },
      make: (options) => (isRms ? rmsNorm(options) : layerNorm(options)) as CallableLayer,
      parameters: () => ({ weight: row(1, 1), ...(!isRms && { bias: row(2, 0) }) }),
    });
    const joined = reshaped(last.value, [...shape.slice(0, shape.length - lengths.length), features], reader.move);
    const value = reshaped(reader.apply(layer, joined), shape, reader.move);
    return [{ ...last, value, again: undefined }, undefined, undefined];
  };

/** Normalizes groups of channels over all places of an example. */
function groups(node: Operator, inputs: readonly (Item | undefined)[], count: number, reader: Reader): Data {
  const data = channelsLast(dataAt(inputs, 0), reader);
  const channels = data.value.shape.at(-1)!;
  const rows = [1, 2].map((index) => {
    const row = constantAt(node, inputs, index);
    const isPerGroup = row?.size === count && channels !== count;
    // Before version 21 there was a number for each group.
    if (isPerGroup) return row.moved([channels], (channel) => Math.floor((channel * count) / channels));
    return rowAt(node, inputs, index, channels);
  });
  const [weight, bias] = rows;
  const layer = reader.weighted({
    node,
    key: ["groupNorm", constantAt(node, inputs, 1), constantAt(node, inputs, 2)],
    options: { groups: count, epsilon: node.float("epsilon", 1e-5) },
    make: ({ groups: given, ...options }) => groupNorm(given, options) as CallableLayer,
    parameters: () => ({ weight, bias }),
  });
  return { ...data, value: reader.apply(layer, data.value), again: undefined };
}

const instanceNorm: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const { channels, value } = imageOf(data, reader);
  return [groups(node, [{ ...data, value, axes: axesOfImage(value) }, ...inputs.slice(1)], channels, reader)];
};

const axesOfImage = (value: Value) => {
  const last = value.shape.length - 1;
  return [[-1], [last], ...Array.from({ length: last }, (_, side) => [side])];
};

/** x / ‖x‖ along an axis. */
const lpNorm: Handler = (node, inputs, reader) => {
  const data = floating(dataAt(inputs, 0));
  if (node.int("p", 2) !== 2) refuse(`p ${node.int("p", 2)}`, "2");
  const axis = axisAt(node.int("axis", -1), data.axes.length);
  const last = toLast(data, sidesOf(data.axes[axis]), reader.move);
  return [{ ...last, value: reader.apply(unitNorm() as CallableLayer, last.value), again: undefined }];
};

const groupNormHandler: Handler = (node, inputs, reader) => [groups(node, inputs, node.int("num_groups", 1), reader)];

/** The same for [batch, steps, channels] (patterns.ts). */
const onLast: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const turned = { ...data, axes: [data.axes[0], data.axes[2], data.axes[1]] };
  const made = groups(node, [turned, ...inputs.slice(1)], node.int("num_groups", 1), reader);
  return [{ ...made, axes: [made.axes[0], made.axes[2], made.axes[1]] }];
};

export const normalizationHandlers: Readonly<Record<string, Handler>> = {
  BatchNormalization: batchNormHandler,
  LayerNormalization: lastAxes(false),
  RMSNormalization: lastAxes(true),
  "simdnet.LayerNormalization": lastAxes(false),
  "simdnet.RMSNormalization": lastAxes(true),
  GroupNormalization: groupNormHandler,
  "simdnet.GroupNormalization": onLast,
  InstanceNormalization: instanceNorm,
  LpNormalization: lpNorm,
};
