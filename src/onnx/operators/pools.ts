/** Pooling of windows and of whole values. */

import {
  averagePool1d,
  averagePool2d,
  globalAveragePool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  slice,
  type Value,
  zeroPad2d,
} from "../../index.ts";
import { type Data, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, dataAt, type Handler, type Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { joinedRuns, mostSlices, type Run } from "./moves.ts";
import { fromImage, imageOf, type Pair, paddingOf, sidesAround, type Windows, windowsOf } from "./windows.ts";

/** Returns the padding with which ⌈…⌉ windows fit, the last of which begins within the side or the padding before it. */
function ceiled(
  node: Operator,
  sides: readonly number[],
  { size, stride, dilation, padding }: Windows,
): readonly Pair[] {
  if (!node.int("ceil_mode", 0)) return padding;
  return padding.map(([before, after], side): Pair => {
    const extent = (size[side] - 1) * dilation[side] + 1;
    const count = Math.ceil((sides[side] + before + after - extent) / stride[side]) + 1;
    const isWithin = (count - 1) * stride[side] < sides[side] + before;
    const needed = ((isWithin ? count : count - 1) - 1) * stride[side] + extent - sides[side] - before;
    return [before, Math.max(after, needed)];
  });
}

/** The windows along one side. */
interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Pair;
}

/** Returns the number of windows along a side. */
const countOf = (length: number, { size, stride, dilation, padding: [before, after] }: Window) =>
  Math.floor((length + before + after - dilation * (size - 1) - 1) / stride) + 1;

/** Applies a layer to the value with one side as the columns of an image; sides before it are lines, sides behind it channels. */
function alongSide(value: Value, side: number, layer: unknown, { apply, move }: Reader): Value {
  const [before, length, after] = sidesAround(value.shape, side);
  const made = apply(layer as CallableLayer, reshaped(value, [before, length, after], move));
  return reshaped(made, value.shape.with(side, made.shape[1]), move);
}

/**
 * Returns the value that windows with gaps along one side pool. Its lines are the places of one remainder by the dilation, which are
 * neighbours then. A place in the padding is replaced by one of its window within the side, which changes no maximum.
 */
function spread(data: Data, side: number, window: Window, reader: Reader): Value {
  const { size, dilation, padding } = window;
  const length = data.value.shape[side];
  const count = countOf(length, window);
  // One window has no next one.
  const stride = count === 1 ? 1 : window.stride;
  if (count < 1) return refuse(`windows of ${size} places for a side of ${length}`, "smaller ones");
  for (let index = 0; index < count; index++) {
    const start = index * stride - padding[0];
    const first = start + dilation * Math.max(0, Math.ceil(-start / dilation));
    if (first >= length || first > start + dilation * (size - 1)) {
      refuse("windows of padding only", "windows with some of the value");
    }
  }
  const lines = Math.ceil((count * stride) / dilation) + size - 1;
  const runs: Run[] = [];
  // Places outside are those of the side with the same remainder that are nearest, or any if there is none.
  for (let at = -padding[0], end = lines * dilation + at; at < end; ) {
    const outside = at < 0 ? at : Math.max(0, at - length + 1);
    const from = at - dilation * Math.sign(outside) * Math.ceil(Math.abs(outside) / dilation);
    const most = Math.min(end - at, at < 0 ? dilation - from : from < 0 ? -from : length - from);
    const start = from < 0 || from >= length ? 0 : from;
    const run: Run = [start, Math.min(start + most, length)];
    if (runs.length === mostSlices) refuse("places that are not neighbours", `at most ${mostSlices}`);
    runs.push(run);
    at += run[1] - run[0];
  }
  const whole = joinedRuns(data, side + 2, runs, reader);
  const image = imageOf(whole, reader).value;
  const [before, , after] = sidesAround(image.shape, side);
  const lined = reshaped(image, [before, lines, dilation * after], reader.move);
  const pooled = reader.apply(maxPool2d([1, size], { stride: 1 }) as CallableLayer, lined);
  // Only every stride-th window is needed.
  const places = pooled.shape[1] * dilation;
  const all = reshaped(pooled, [before, places, after], reader.move);
  const some = places === count * stride ? all : reader.apply(slice(1, 0, count * stride) as CallableLayer, all);
  const parted = reshaped(some, [before * count, stride, after], reader.move);
  const taken = stride === 1 ? parted : reader.apply(slice(1, 0, 1) as CallableLayer, parted);
  return reshaped(taken, image.shape.with(side, count), reader.move);
}

const pool =
  (isMax: boolean): Handler =>
  (node, inputs, reader) => {
    const data = dataAt(inputs, 0);
    const { sides, value } = imageOf(data, reader);
    const windows = windowsOf(node, sides);
    const { size, stride, dilation } = windows;
    const padding = ceiled(node, sides, windows);
    const finish = (made: Value) => [fromImage(made, isMax && data.isInteger), undefined];
    const countsPadding = !isMax && node.int("count_include_pad", 0) === 1;
    const isPlain = dilation.every((each) => each === 1) && !(countsPadding && paddingOf(padding) !== "valid");
    const around = paddingOf(padding);
    if (isPlain && sides.length === 1) {
      const options = { stride: stride[0], padding: (around === "valid" ? around : around[0]) as "valid" };
      const layer = (isMax ? maxPool1d : averagePool1d)(size[0], options);
      return finish(reader.apply(layer as CallableLayer, value));
    }
    if (isPlain && sides.length === 2) {
      const options = { stride: stride as Pair, padding: around as "valid" };
      const layer = (isMax ? maxPool2d : averagePool2d)(size as Pair, options);
      return finish(reader.apply(layer as CallableLayer, value));
    }
    // A maximum of maxima, or a mean of means, is that of all: the windows of one side after the other.
    const made = sides.reduce((pooled, length, side) => {
      const window: Window = {
        size: size[side],
        stride: stride[side],
        dilation: dilation[side],
        padding: padding[side],
      };
      if (window.dilation > 1 && window.size > 1) {
        if (isMax) return spread(fromImage(pooled), side, window, reader);
        refuse("dilations", "none");
      }
      // Zeros that count are there before the layer, the others are its own.
      const zeros = countsPadding ? windows.padding[side] : ([0, 0] as const);
      const isPadded = zeros[0] + zeros[1] > 0;
      const padded = isPadded ? alongSide(pooled, side, zeroPad2d([[0, 0], zeros]), reader) : pooled;
      if (countOf(length, window) < 1) refuse(`windows of ${window.size} places for a side of ${length}`, "smaller");
      const rest: Pair = [window.padding[0] - zeros[0], window.padding[1] - zeros[1]];
      const options = { stride: [1, window.stride] as const, padding: [[0, 0], rest] as const };
      return alongSide(padded, side, (isMax ? maxPool2d : averagePool2d)([1, window.size], options), reader);
    }, value);
    return finish(made);
  };

const globalPool =
  (isMax: boolean): Handler =>
  (_, inputs, reader) => {
    const data = dataAt(inputs, 0);
    const rank = data.axes.length;
    const { value } = imageOf(data, reader);
    const layer = (isMax ? globalMaxPool() : globalAveragePool()) as CallableLayer;
    const axes = [[-1], [0], ...new Array<readonly number[]>(rank - 2).fill([])];
    return [{ value: reader.apply(layer, value), axes }];
  };

export const poolHandlers: Readonly<Record<string, Handler>> = {
  MaxPool: pool(true),
  AveragePool: pool(false),
  GlobalMaxPool: globalPool(true),
  GlobalAveragePool: globalPool(false),
};
