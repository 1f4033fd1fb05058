/**
 * Values of a network as ONNX's graph sees them. ONNX has the batch among the axes of a tensor, and images with their channels first; here
 * the channels are last. So a value remembers where each axis is, and a Transpose, Reshape or Flatten only changes that. Layers that move
 * numbers are made where an operator needs its sides in another order.
 */

import { flatten, permute, reshape, type Value } from "../index.ts";
import { refuse, refuseMixed } from "./refusals.ts";

/** Stands for the examples of a batch among the sides of an axis. */
export const batch = -1;

/**
 * The sides of a value that an axis runs over, the slowest first: [] is an axis of one place, [batch] the examples of a batch, [2, 0, 1] the
 * joined channels, lines and columns of an image [lines, columns, channels].
 */
export type Axis = readonly number[];

/** A value of a network, and its axes in ONNX. */
export interface Data {
  readonly value: Value;
  /** Each side of the value is in one of them, unless its length is 1. */
  readonly axes: readonly Axis[];
  /** True for an image or sequence whose channels are first in ONNX and last here. */
  readonly isImage?: boolean | undefined;
  /** True for what was such an image before its sides were joined: weights follow the order of its numbers. */
  readonly isRow?: boolean | undefined;
  readonly isInteger?: boolean | undefined;
  /** The number behind the ends of sequences that differ in length, if a mask has put one there. */
  readonly filled?: number | undefined;
  /** Makes the same layer with other options, so that an activation or a bias after it becomes part of it. */
  readonly again?: Again | undefined;
}

/** A layer that may be made again. */
export interface Again {
  /** The layer's activation is linear, so another may follow it. */
  readonly activated?: ((activation: never) => Data) | undefined;
  /** The layer has no bias. Its features are on the last side. */
  readonly biased?: ((bias: never) => Data) | undefined;
}

/** Applies a layer to a value. */
export type Apply = (layer: (value: Value) => Value, value: Value) => Value;

/** Tells whether an axis is that of the examples alone. */
export const isBatch = (axis: Axis): boolean => axis.length === 1 && axis[0] === batch;

/** Returns the number of places of an axis for one example. */
export const lengthOf = ({ value }: Data, axis: Axis): number =>
  axis.reduce((length, side) => (side === batch ? length : length * value.shape[side]), 1);

/** Returns the axis's sides without the batch. @throws {MixedBatch} if the batch is among them */
export function sidesOf(axis: Axis): readonly number[] {
  if (!axis.includes(batch)) return axis;
  refuseMixed("an operation along the examples of a batch");
}

/** The index of an axis; negative ones count from the end. @throws {RangeError} if there is no such axis */
export function axisAt(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(index) && index >= 0 && index < rank) return index;
  refuse(`axis ${axis} of a tensor of ${rank} sides`, "one of them");
}

const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((each, index) => each === b[index]);

export const product = (numbers: readonly number[]) => numbers.reduce((result, each) => result * each, 1);

/** Returns the value with another shape. Reshapes of reshapes become one. */
export function reshaped(value: Value, shape: readonly number[], apply: Apply): Value {
  const { source } = value;
  const isReshape = source?.layer.kind === "reshape" || source?.layer.kind === "flatten";
  const from = isReshape ? source.inputs[0] : value;
  if (isSame(from.shape, shape)) return from;
  if (isSame(value.shape, shape)) return value;
  return apply(shape.length === 1 ? flatten() : reshape([...shape]), from);
}

/**
 * Returns the value with a side for each group of its sides, in their order. It moves numbers only if it must.
 *
 * @param groups each side is in one group, unless its length is 1
 */
export function arranged(value: Value, groups: readonly (readonly number[])[], apply: Apply): Value {
  const { shape } = value;
  const order = groups.flat();
  // The order of sides of length 1 does not matter.
  const moving = order.filter((side) => shape[side] > 1);
  const target = groups.map((group) => product(group.map((side) => shape[side])));
  const wanted = target.length > 0 ? target : [1];
  if (moving.every((side, index) => index === 0 || side > moving[index - 1])) return reshaped(value, wanted, apply);
  const missing = shape.flatMap((_, side) => (order.includes(side) ? [] : [side]));
  const permuted = apply(permute([...order, ...missing]), value);
  return reshaped(permuted, wanted, apply);
}

/** Returns the data with its axes as sides of their own, in ONNX's order; an axis of the batch alone has none. */
export function inOrder(data: Data, apply: Apply): Data {
  const groups = data.axes.filter((axis) => !isBatch(axis)).map((axis) => sidesOf(axis));
  return withSides(data, groups, apply);
}

/** Returns the data with a side for each group of sides; each axis must be one or several groups. */
export function withSides(data: Data, groups: readonly (readonly number[])[], apply: Apply): Data {
  const value = arranged(data.value, groups, apply);
  const places = new Map<number, number>();
  groups.forEach((group, index) => {
    if (group.length > 0) places.set(group[0], index);
  });
  const renamed = (axis: Axis) =>
    axis.flatMap((side) => {
      if (side === batch) return [batch];
      const place = places.get(side);
      return place === undefined ? [] : [place];
    });
  return { ...data, value, axes: data.axes.map(renamed), again: undefined };
}

/** A value whose last side is an axis, or several axes together. */
export interface LastSide extends Data {
  /** For each place of the last side, the place on the axis; undefined if they are the same. */
  readonly order?: Int32Array | undefined;
}

/**
 * Returns the data with some sides joined as the last one, for a layer that acts on the last side.
 *
 * @param sides in ONNX's order
 * @param mayReorder whether the places of the last side may be in another order, so that weights can follow it
 */
export function toLast(data: Data, sides: readonly number[], apply: Apply, mayReorder = false): LastSide {
  const { shape } = data.value;
  const others = shape.flatMap((_, side) => (sides.includes(side) ? [] : [[side]]));
  const ascending = [...sides].sort((a, b) => a - b);
  const isAscending = isSame(ascending, sides);
  const isTrailing = ascending.every((side, index) => side === shape.length - sides.length + index);
  if (!isTrailing || isAscending || !mayReorder) return withSides(data, [...others, sides], apply);
  const made = withSides(data, [...others, ascending], apply);
  const last = made.value.shape.length - 1;
  const axes = data.axes.map((axis, index) => (axis.some((side) => sides.includes(side)) ? [last] : made.axes[index]));
  return { ...made, axes, order: orderOf(shape, sides, ascending) };
}

/** Returns the place among sides in one order for each place among the same sides in ascending order. */
function orderOf(shape: readonly number[], sides: readonly number[], ascending: readonly number[]): Int32Array {
  const strides = new Map<number, number>();
  let stride = 1;
  for (const side of [...sides].reverse()) {
    strides.set(side, stride);
    stride *= shape[side];
  }
  const order = new Int32Array(stride);
  for (let index = 0; index < order.length; index++) {
    let [rest, place] = [index, 0];
    for (const side of [...ascending].reverse()) {
      place += (rest % shape[side]) * strides.get(side)!;
      rest = Math.floor(rest / shape[side]);
    }
    order[index] = place;
  }
  return order;
}

/** A side of a shape to be reached: a number of places, times the examples of a batch. */
export interface Target {
  readonly places: number;
  readonly hasBatch: boolean;
}

/** Returns the data reshaped as ONNX does, row-major with the batch among its axes. Sides are divided, or the numbers are moved. */
export function reshapedTo(data: Data, targets: readonly Target[], apply: Apply): Data {
  const parts = partsOf(data, targets);
  if (parts) return divided(data, parts, apply);
  // The sides do not divide one another: in order they do, if the batch stays apart.
  const apart = targets.findIndex(({ hasBatch }) => hasBatch);
  const own = data.axes.findIndex((axis) => axis.includes(batch));
  const isApart = apart < 0 || (apart === 0 && targets[0].places === 1 && own === 0 && data.axes[0].length === 1);
  if (!isApart) refuseMixed("a shape that mixes the examples of a batch");
  const groups = data.axes.filter((axis) => !axis.includes(batch));
  const ordered = arranged(data.value, [groups.flat()], apply);
  const rest = targets.filter(({ hasBatch }) => !hasBatch);
  const value = reshaped(ordered, rest.length > 0 ? rest.map(({ places }) => places) : [1], apply);
  let side = 0;
  const axes = targets.map(({ hasBatch }) => (hasBatch ? [batch] : [side++]));
  return { value, axes, isInteger: data.isInteger };
}

/** A part of a side: its length, and the side's place. */
interface Part {
  readonly side: number;
  readonly length: number;
}

/** Returns the parts of sides that each axis of the target consists of; undefined if the sides do not divide so. */
function partsOf(data: Data, targets: readonly Target[]): Part[][] | undefined {
  const waiting: Part[] = data.axes
    .flat()
    .map((side) => ({ side, length: side === batch ? 1 : data.value.shape[side] }));
  const made = targets.map(() => [] as Part[]);
  for (const [index, { places, hasBatch }] of targets.entries()) {
    let [left, isMissing] = [places, hasBatch];
    while (left > 1 || isMissing) {
      const part = waiting.shift();
      if (!part) return undefined;
      if (part.side === batch) {
        if (!isMissing) return undefined;
        isMissing = false;
        made[index].push(part);
      } else if (left % part.length === 0) {
        left /= part.length;
        made[index].push(part);
      } else if (part.length % left === 0 && left > 1) {
        made[index].push({ ...part, length: left });
        waiting.unshift({ ...part, length: part.length / left });
        left = 1;
      } else return undefined;
    }
  }
  // Only sides of length 1 may be left.
  return waiting.every(({ side, length }) => side !== batch && length === 1) ? made : undefined;
}

/** Returns the data whose sides are divided into parts; each axis has some of them. */
function divided(data: Data, parts: readonly (readonly Part[])[], apply: Apply): Data {
  const { shape } = data.value;
  const all = parts.flat();
  const ofSide = shape.map((length, side) => {
    const own = all.filter((part) => part.side === side);
    return own.length > 0 ? own : [{ side, length }];
  });
  const value = reshaped(
    data.value,
    ofSide.flat().map(({ length }) => length),
    apply,
  );
  const places = new Map(ofSide.flat().map((part, place) => [part, place]));
  const axes = parts.map((axis) => axis.map((part) => (part.side === batch ? batch : places.get(part)!)));
  const isKept = value === data.value;
  const isRow = data.isImage || data.isRow;
  return {
    ...data,
    value,
    axes,
    isImage: false,
    isRow,
    again: isKept && data.again ? againAfter(data.again, axes) : undefined,
  };
}

/** The same layer made again, with other axes. */
function againAfter({ activated, biased }: Again, axes: readonly Axis[]): Again {
  const after =
    (make: ((change: never) => Data) | undefined) =>
    (change: never): Data => ({ ...make!(change), axes });
  return { activated: activated && after(activated), biased: biased && after(biased) };
}
