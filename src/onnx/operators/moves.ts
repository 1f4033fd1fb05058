/** Operators that move numbers or give them other sides. Most of them only change where the axes of a value are. */

import { concatenate, dropout, slice, split, type Value } from "../../index.ts";
import { axesOf, orderOf, type Range, rangesOf, unsqueezed } from "../folds.ts";
import { axisAt, batch, type Data, isBatch, lengthOf, reshapedTo, type Target, withSides } from "../layout.ts";
import { type Operator, shortest } from "../nodes.ts";
import {
  type CallableLayer,
  constantAt,
  dataAt,
  type Handler,
  type Item,
  integersAt,
  isData,
  type Reader,
} from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";
import { elementTypeOf } from "../tensors.ts";
import { repeated } from "./arithmetic.ts";
import { embed } from "./products.ts";

/** The most slices that one operator becomes. */
export const mostSlices = 1024;
/** The most places that an operator may take one by one. */
export const mostPlaces = 2 ** 16;

const targetsOf = (data: Data): Target[] =>
  data.axes.map((axis) => ({ places: lengthOf(data, axis), hasBatch: axis.includes(batch) }));

/** Returns the target sides of a Reshape. */
function targetOf(node: Operator, data: Data, inputs: readonly (Item | undefined)[], { examples }: Reader): Target[] {
  const own = targetsOf(data);
  const shape = node.version < 5 ? undefined : constantAt(node, inputs, 1);
  const given = shape ? Array.from(shape.values) : (node.ints("shape") ?? []);
  const factors = shape?.batch ?? [];
  const keepsZero = node.int("allowzero", 0) === 1;
  const places = own.reduce((product, target) => product * target.places, 1);
  const isBatched = own.some(({ hasBatch }) => hasBatch);
  const fail = () => refuse(`the shape [${given.join(", ")}] for ${places} numbers of an example`, "one that fits");
  const sides = given.map((side, index): Target | undefined => {
    if (factors[index]) return side === 0 ? { places: factors[index], hasBatch: true } : fail();
    if (side === 0 && !keepsZero) return own[index] ?? fail();
    if (side === -1) return undefined;
    return side >= 1 ? { places: side, hasBatch: false } : fail();
  });
  if (sides.filter((side) => !side).length > 1) return fail();
  const hasOpen = sides.includes(undefined);
  const completed = (list: readonly (Target | undefined)[]): Target[] | undefined => {
    const known = list.reduce((product, side) => product * (side?.places ?? 1), 1);
    const hasBatch = list.some((side) => side?.hasBatch);
    const open = { places: places / known, hasBatch: isBatched && !hasBatch };
    const all = list.map((side) => side ?? open);
    const isWhole = Number.isInteger(open.places) && (hasOpen || known === places);
    return isWhole && all.filter((side) => side.hasBatch).length === Number(isBatched) ? all : undefined;
  };
  const first = own.findIndex(({ hasBatch }) => hasBatch);
  // A graph for some number of examples has it as a plain side, unless what is left is where the examples were.
  const isOpen = first in sides && !sides[first] && completed(sides);
  if (isOpen) return isOpen;
  if (isBatched && examples !== undefined && !sides.some((side) => side?.hasBatch)) {
    const order = [first, ...sides.keys()].filter((index) => sides[index]);
    for (const index of order) {
      const count = sides[index]!.places / examples;
      if (!Number.isInteger(count)) continue;
      const made = completed(sides.with(index, { places: count, hasBatch: true }));
      if (made) return made;
    }
  }
  const made = completed(sides);
  if (made) return made;
  if (!isBatched) return fail();
  refuseMixed(`the shape [${given.join(", ")}]`, "one that keeps the examples apart");
}

const reshapeHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  return [reshapedTo(data, targetOf(node, data, inputs, reader), reader.move)];
};

/** Joins the axes before one and those from it on. */
const flattenHandler: Handler = (node, inputs, { move }) => {
  const data = dataAt(inputs, 0);
  const rank = data.axes.length;
  const given = node.int("axis", 1);
  const axis = given === rank ? rank : axisAt(given, Math.max(rank, 1));
  const own = targetsOf(data);
  const joined = (targets: readonly Target[]): Target => ({
    places: targets.reduce((product, { places }) => product * places, 1),
    hasBatch: targets.some(({ hasBatch }) => hasBatch),
  });
  return [reshapedTo(data, [joined(own.slice(0, axis)), joined(own.slice(axis))], move)];
};

const transposeHandler: Handler = (node, inputs) => {
  const data = dataAt(inputs, 0);
  const order = orderOf(node, data.axes.length);
  const isSame = order.every((axis, index) => axis === index);
  const axes = order.map((axis) => data.axes[axis]);
  return [isSame ? data : { ...data, axes, isImage: false, isRow: false, again: undefined }];
};

const squeezeHandler: Handler = (node, inputs) => {
  const data = dataAt(inputs, 0);
  const rank = data.axes.length;
  const axes = axesOf(node, inputs, 13)?.map((axis) => axisAt(axis, rank));
  const isOne = (axis: number) => lengthOf(data, data.axes[axis]) === 1 && !data.axes[axis].includes(batch);
  const dropped = axes ?? [...data.axes.keys()].filter(isOne);
  for (const axis of dropped) {
    if (data.axes[axis].includes(batch)) refuseMixed("the batch", "a side of one place");
    if (!isOne(axis)) refuse(`axis ${axis} of ${lengthOf(data, data.axes[axis])} places`, "one of 1");
  }
  return [{ ...data, axes: data.axes.filter((_, axis) => !dropped.includes(axis)), isImage: false, again: undefined }];
};

const unsqueezeHandler: Handler = (node, inputs) => {
  const data = dataAt(inputs, 0);
  const axes = unsqueezed(node, inputs, data.axes, []);
  return [{ ...data, axes, isImage: false, again: undefined }];
};

/** Returns the data with a side for each axis in ONNX's order, but one as the last. */
function withLast(data: Data, axis: number, { move }: Reader): Data {
  if (data.axes[axis].includes(batch)) {
    refuseMixed("an operation along the examples of a batch");
  }
  const others = data.axes.filter((each, index) => index !== axis && !isBatch(each));
  const groups = [...others, data.axes[axis]].map((each) => each.filter((side) => side !== batch));
  // An axis of one place needs a side as soon as others have more.
  const made = withSides(data, groups, move);
  const last = made.value.shape.length - 1;
  return { ...made, axes: made.axes.map((each, index) => (index === axis ? [last] : each)) };
}

const concatHandler: Handler = (node, inputs, reader) => {
  if (!inputs.every(isData)) return refuse("a constant beside values of the network", "values");
  const [first] = inputs;
  const rank = first.axes.length;
  const axis = axisAt(node.int("axis", 1), rank);
  if (inputs.length === 1) return [first];
  const whole = inputs.map((data) => {
    const made = data.axes.length === rank ? withLast(data, axis, reader) : undefined;
    return made ?? refuse("values of other numbers of sides", "the same");
  });
  const batchOf = (data: Data) => data.axes.findIndex((each) => each.includes(batch));
  if (whole.some((data) => batchOf(data) !== batchOf(whole[0]))) {
    refuseMixed("values whose examples are along different axes", "one");
  }
  const value = reader.apply(concatenate as CallableLayer, ...whole.map((data) => data.value));
  const isImage = inputs.every((data) => data.isImage) && axis === 1;
  return [{ value, axes: whole[0].axes, isImage, isInteger: first.isInteger }];
};

const splitHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const axis = axisAt(node.int("axis", 0), data.axes.length);
  if (data.axes[axis].includes(batch)) refuseMixed("parts of a batch");
  const length = lengthOf(data, data.axes[axis]);
  const given = node.version < 13 ? node.ints("split") : integersAt(node, inputs, 1);
  const parts = node.int("num_outputs", node.outputs.length);
  const each = Math.ceil(length / parts);
  const sizes = given ?? Array.from({ length: parts }, (_, part) => Math.min(each, length - part * each));
  if (sizes.length < node.outputs.length || sizes.some((size) => !(size >= 1)) || sizes.length > mostSlices) {
    refuse(`parts of [${sizes.slice(0, 40).join(", ")}]`, "a part of at least 1 for each output");
  }
  const last = withLast(data, axis, reader);
  const isImage = data.isImage && axis === 1;
  return split(sizes)(last.value).map((value) => ({
    ...last,
    value: reader.counted(value),
    isImage,
    again: undefined,
  }));
};

/** Returns the data with some places of an axis, in an order. */
export function picked(data: Data, axis: number, places: readonly number[], reader: Reader): Data {
  const own = data.axes[axis];
  const length = lengthOf(data, own);
  if (own.includes(batch)) refuseMixed("some examples of a batch", "all");
  if (places.length === 0) refuse("no places", "at least one");
  if (places.length === length && places.every((place, index) => place === index)) return data;
  // Neighbours are one slice.
  const runs: Run[] = [];
  for (const place of places) {
    const run = runs.at(-1);
    if (run?.[1] === place) run[1]++;
    else runs.push([place, place + 1]);
  }
  return joinedRuns(data, axis, runs, reader);
}

/** Neighbouring places of an axis, from one up to another. */
export type Run = [start: number, end: number];

/** Returns the data with some runs of places of an axis, in an order. */
export function joinedRuns(data: Data, axis: number, runs: readonly Run[], reader: Reader): Data {
  const own = data.axes[axis];
  const length = lengthOf(data, own);
  if (runs.length > mostSlices) refuse(`${runs.length} places that are not neighbours`, `at most ${mostSlices}`);
  const { apply } = reader;
  const take = (value: Value, side: number, [start, end]: Readonly<Run>) =>
    end - start === length ? value : apply(slice(side, start, end) as CallableLayer, value);
  if (runs.length === 1 && own.length === 1)
    return { ...data, value: take(data.value, own[0], runs[0]), again: undefined };
  const last = withLast(data, axis, reader);
  const side = last.value.shape.length - 1;
  const pieces = runs.map((run) => take(last.value, side, run));
  const value = pieces.length === 1 ? pieces[0] : apply(concatenate as CallableLayer, ...pieces);
  return { ...last, value, isImage: data.isImage && axis === 1, again: undefined };
}

/** Returns the data with a range of an axis: one slice, if its places are neighbours. */
function ranged(data: Data, axis: number, { start, step, count }: Range, reader: Reader): Data {
  const own = data.axes[axis];
  if (Number.isNaN(count)) refuseMixed("some examples of a batch", "all");
  if (step === 1 && count === lengthOf(data, own)) return data;
  if (step === 1 && count > 0 && own.length === 1) {
    const layer = slice(own[0], start, start + count) as CallableLayer;
    return { ...data, value: reader.apply(layer, data.value), again: undefined };
  }
  if (count > mostPlaces) refuse(`${count} places`, `at most ${mostPlaces}`);
  const places = Array.from({ length: count }, (_, index) => start + index * step);
  return picked(data, axis, places, reader);
}

const sliceHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const dims = data.axes.map((axis) => (axis.includes(batch) ? undefined : lengthOf(data, axis)));
  let made = data;
  for (const [axis, range] of rangesOf(node, inputs, dims).entries()) {
    if (range) made = ranged(made, axis, range, reader);
  }
  return [made];
};

const gatherHandler: Handler = (node, inputs, reader) => {
  const axis = node.int("axis", 0);
  if (isData(inputs[1])) {
    if (axis !== 0 || isData(inputs[0])) refuse("places that are computed", "constants, or rows of a constant table");
    return embed(node, inputs, reader);
  }
  const data = dataAt(inputs, 0);
  const index = axisAt(axis, data.axes.length);
  const indices = constantAt(node, inputs, 1) ?? refuse("no places", "some");
  const length = lengthOf(data, data.axes[index]);
  if (data.axes[index].includes(batch)) refuseMixed("some examples of a batch", "all");
  if (indices.size > mostPlaces) refuse(`${indices.size} places`, `at most ${mostPlaces}`);
  const places = Array.from(indices.values, (place) => axisAt(place, length));
  const taken = picked(data, index, places, reader);
  if (indices.dims.length === 1) return [taken];
  const all = targetsOf(taken);
  const own = indices.dims.map((side): Target => ({ places: side, hasBatch: false }));
  return [reshapedTo(taken, [...all.slice(0, index), ...own, ...all.slice(index + 1)], reader.move)];
};

const castHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const { isInteger, name } = elementTypeOf(node.int("to", 1));
  if (name === "bfloat16") refuse("a Cast of computed numbers to bfloat16, which rounds them", "float or float16");
  // An embedding refuses tokens that are not whole.
  const isCut = isInteger && !data.isInteger && !reader.isOnlyFor(node.outputs[0], "Gather");
  if (isCut) refuse(`a Cast of computed numbers to ${name}`, "real numbers");
  return [{ ...data, isInteger }];
};

const dropoutHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const rate = node.version < 12 ? node.float("ratio", 0.5) : shortest(constantAt(node, inputs, 1)?.uniform ?? 0.5);
  if (rate === 0) return [data, undefined];
  if (constantAt(node, inputs, 2)?.uniform) refuse("training_mode", "a graph for prediction");
  if (!(rate > 0 && rate < 1)) refuse(`ratio ${rate}`, "one from 0 to below 1");
  return [{ ...data, value: reader.apply(dropout(rate) as CallableLayer, data.value), again: undefined }, undefined];
};

const sides = (...places: number[]): Target[] => places.map((each) => ({ places: each, hasBatch: false }));

/** Exchanges blocks of pixels and channels. */
const blocks =
  (isToSpace: boolean): Handler =>
  (node, inputs, { move }) => {
    const data = dataAt(inputs, 0);
    if (data.axes.length !== 4) refuse(`a value of ${data.axes.length} sides`, "[batch, channels, height, width]");
    const [examples, ...own] = targetsOf(data);
    const [channels, height, width] = own.map(({ places }) => places);
    const size = node.int("blocksize", 1);
    const isDepthFirst = node.text("mode", "DCR") === "DCR";
    const few = channels / (size * size);
    if (isToSpace ? !Number.isInteger(few) : height % size !== 0 || width % size !== 0) {
      refuse(`blocks of ${size} for [${channels}, ${height}, ${width}]`, "blocks that divide it");
    }
    const divided = isToSpace
      ? isDepthFirst
        ? sides(size, size, few, height, width)
        : sides(few, size, size, height, width)
      : sides(channels, height / size, size, width / size, size);
    const order = isToSpace ? (isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]) : [0, 3, 5, 1, 2, 4];
    const parts = reshapedTo(data, [examples, ...divided], move);
    const moved = { ...parts, axes: order.map((axis) => parts.axes[axis]) };
    const joined = isToSpace
      ? sides(few, height * size, width * size)
      : sides(channels * size * size, height / size, width / size);
    return [{ ...reshapedTo(moved, [examples, ...joined], move), isImage: data.isImage }];
  };

/** Repeats the places of each axis, all of them one time after the other. */
const tileHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const repeats = integersAt(node, inputs, 1) ?? [];
  const rank = data.axes.length;
  if (repeats.length !== rank) refuse(`${repeats.length} repeats for ${rank} axes`, "one for each");
  const made = repeats.reduce((whole: Data, count, axis) => {
    if (count === 1) return whole;
    if (whole.axes[axis].includes(batch)) refuseMixed("the batch repeated");
    if (!(count >= 1 && count <= mostSlices)) refuse(`${count} repeats`, `1 to ${mostSlices}`);
    const length = lengthOf(whole, whole.axes[axis]);
    const runs = Array.from({ length: count }, (): Run => [0, length]);
    return joinedRuns(whole, axis, runs, reader);
  }, data);
  return [made];
};

/** Repeats axes of one place. */
const expandHandler: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const shape = constantAt(node, inputs, 1) ?? refuse("no shape", "one");
  const own = targetsOf(data);
  const rank = Math.max(own.length, shape.size);
  const axes = [...new Array<readonly number[]>(rank - own.length).fill([]), ...data.axes];
  const wanted = Array.from({ length: rank }, (_, axis) => {
    const index = axis - (rank - shape.size);
    const side = index < 0 || shape.batch?.[index] ? 1 : shape.values[index];
    if (!axes[axis].includes(batch)) return side;
    if (side === 1 || side === reader.examples) return 1;
    return refuseMixed("the batch repeated");
  });
  const isKept = axes.every(
    (axis, index) => axis.includes(batch) || wanted[index] === 1 || lengthOf(data, axis) === wanted[index],
  );
  const whole = { ...data, axes, again: undefined };
  return [isKept ? whole : repeated(whole, wanted, reader)];
};

export const moveHandlers: Readonly<Record<string, Handler>> = {
  Identity: (_, inputs) => [dataAt(inputs, 0)],
  Reshape: reshapeHandler,
  Flatten: flattenHandler,
  Transpose: transposeHandler,
  Squeeze: squeezeHandler,
  Unsqueeze: unsqueezeHandler,
  Concat: concatHandler,
  Split: splitHandler,
  Slice: sliceHandler,
  Gather: gatherHandler,
  Cast: castHandler,
  Dropout: dropoutHandler,
  Expand: expandHandler,
  Tile: tileHandler,
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
};
