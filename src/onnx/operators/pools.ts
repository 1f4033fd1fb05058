/** Pooling of windows and of whole values. */

import {
  averagePool1d,
  averagePool2d,
  globalAveragePool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  zeroPad2d,
} from "../../index.ts";
import { type Data, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, dataAt, type Handler, type Reader } from "../reader.ts";
import { picked } from "./moves.ts";
import { asLine, fromImage, imageOf, type Pair, paddingOf, type Windows, windowsOf } from "./windows.ts";

/** Returns the padding with which ⌈…⌉ windows fit, the last of which begins within the side or the padding before it. */
function ceiled(node: Operator, sides: readonly number[], { size, stride, padding }: Windows): readonly Pair[] {
  if (!node.int("ceil_mode", 0)) return padding;
  return padding.map(([before, after], side): Pair => {
    const whole = sides[side] + before + after - size[side];
    const count = Math.ceil(whole / stride[side]) + 1;
    const isWithin = (count - 1) * stride[side] < sides[side] + before;
    const needed = ((isWithin ? count : count - 1) - 1) * stride[side] + size[side] - sides[side] - before;
    return [before, Math.max(after, needed)];
  });
}

/**
 * Max pooling of windows with gaps: their places are put side by side. A place in the padding is replaced by one of the window within the
 * side, which changes no maximum.
 */
function dilated(node: Operator, data: Data, windows: Windows, sides: readonly number[], reader: Reader): Data {
  const { size, stride, dilation } = windows;
  const extents = size.map((length, side) => (length - 1) * dilation[side] + 1);
  const padding = ceiled(node, sides, { ...windows, size: extents });
  const spread = sides.reduce((made: Data, length, side) => {
    const [before, after] = padding[side];
    const count = Math.floor((length + before + after - extents[side]) / stride[side]) + 1;
    if (count * size[side] > 2 ** 16) node.refuse(`${count} windows with gaps`, "fewer");
    const places = Array.from({ length: Math.max(count, 0) }, (_, window) => {
      const own = Array.from(
        { length: size[side] },
        (__, index) => window * stride[side] + index * dilation[side] - before,
      );
      const within = own.find((place) => place >= 0 && place < length);
      if (within === undefined) return node.refuse("windows of padding only", "windows with some of the value");
      return own.map((place) => (place >= 0 && place < length ? place : within));
    });
    return picked(node, made, side + 2, places.flat(), reader);
  }, data);
  const { value } = imageOf(node, spread, reader);
  const layer = sides.length === 1 ? maxPool1d(size[0]) : maxPool2d(size as Pair);
  return fromImage(reader.apply(layer as CallableLayer, value), data.isInteger);
}

const pool =
  (isMax: boolean): Handler =>
  (node, inputs, reader) => {
    const data = dataAt(node, inputs, 0);
    const image = imageOf(node, data, reader);
    const { sides } = image;
    const windows = windowsOf(node, sides);
    if (windows.dilation.some((dilation) => dilation > 1)) {
      return isMax ? [dilated(node, data, windows, sides, reader), undefined] : node.refuse("dilations", "none");
    }
    const { size, stride } = windows;
    const countsPadding = !isMax && node.int("count_include_pad", 0) === 1;
    let { value } = image;
    let padding = ceiled(node, sides, windows);
    if (countsPadding && paddingOf(windows.padding) !== "valid") {
      if (padding.join() !== windows.padding.join()) node.refuse("count_include_pad with ceil_mode", "one of them");
      const line = sides.length === 1 ? asLine(image, reader) : value;
      const pairs = [...(sides.length === 1 ? [[0, 0] as const] : []), ...windows.padding] as unknown as [Pair, Pair];
      const padded = reader.apply(zeroPad2d(pairs) as CallableLayer, line);
      value = sides.length === 1 ? reshaped(padded, padded.shape.slice(1), reader.move) : padded;
      padding = padding.map(() => [0, 0]);
    }
    const around = paddingOf(padding);
    const layer =
      sides.length === 1
        ? (isMax ? maxPool1d : averagePool1d)(size[0], {
            stride: stride[0],
            padding: around === "valid" ? around : around[0],
          })
        : (isMax ? maxPool2d : averagePool2d)(size as Pair, { stride: stride as Pair, padding: around as "valid" });
    return [fromImage(reader.apply(layer as CallableLayer, value), isMax && data.isInteger), undefined];
  };

const globalPool =
  (isMax: boolean): Handler =>
  (node, inputs, reader) => {
    const data = dataAt(node, inputs, 0);
    const rank = data.axes.length;
    const { value } = imageOf(node, data, reader);
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
