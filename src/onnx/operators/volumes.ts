/**
 * Convolutions of values of three spatial sides, as sums of convolutions of images: one for each place of the kernel's depth. The image of a
 * part has the lines of all its slices below each other.
 */

import { add, crop2d, slice, type Value, zeroPad2d } from "../../index.ts";
import { type Constant, stridesOf } from "../constants.ts";
import { type Data, product, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import type { CallableLayer, Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { affine } from "./affine.ts";
import { type ConvolutionUse, convolve } from "./convolve.ts";
import { fromImage, type Pair, paddingOf, type Windows } from "./windows.ts";

interface VolumeUse {
  readonly node: Operator;
  /** [depth, height, width, channels] */
  readonly value: Value;
  readonly filters: number;
  readonly groups: number;
  /** ONNX's: two sides of channels, then depth, height and width. */
  readonly weight: Constant;
  readonly bias: Constant | undefined;
}

/** Adds zeros around the first two sides of a value. */
function padded(value: Value, around: readonly [Pair, Pair], { apply, move }: Reader): Value {
  if (around.flat().every((count) => count === 0)) return value;
  const [first, second, ...rest] = value.shape;
  const image = reshaped(value, [first, second, product(rest)], move);
  const made = apply(zeroPad2d(around) as CallableLayer, image);
  return reshaped(made, [made.shape[0], made.shape[1], ...rest], move);
}

/** Returns some neighbouring places of a side. */
const cut = (value: Value, side: number, start: number, count: number, { apply }: Reader): Value =>
  count === value.shape[side] ? value : apply(slice(side, start, start + count) as CallableLayer, value);

const sum = (parts: readonly Value[], { apply }: Reader): Value =>
  parts.length === 1 ? parts[0] : apply(add as CallableLayer, ...parts);

/** Returns the convolution of an image with the weight at each place of the kernel's depth. */
function parts(
  use: VolumeUse,
  kind: "conv2d" | "convTranspose2d",
  options: Readonly<Record<string, unknown>>,
  inputOf: (place: number) => Value,
  reader: Reader,
): readonly Value[] {
  const { node, weight, filters, groups } = use;
  const [first, second, depth, height, width] = weight.dims;
  reader.budget.take(weight.size);
  return Array.from({ length: depth }, (_, place) => {
    const part = weight.strided(
      [first, second, height, width],
      stridesOf(weight.dims).filter((_stride, side) => side !== 2),
      place * height * width,
    );
    const own: ConvolutionUse = {
      ...{ node, kind, weight: part, key: [weight, `${place}`], finish: fromImage },
      input: inputOf(place),
      options: { filters, groups, size: [height, width], ...options },
      bias: kind === "conv2d" && place === 0 ? use.bias : undefined,
    };
    return convolve(own, reader).value;
  });
}

/** Returns the convolution of a value of three spatial sides. */
export function convolvedVolume(use: VolumeUse, { size, stride, dilation, padding }: Windows, reader: Reader): Data {
  const { value, filters } = use;
  const lengths = value.shape.slice(0, 3).map((length, side) => length + padding[side][0] + padding[side][1]);
  const counts = lengths.map((length, side) => {
    const count = Math.floor((length - dilation[side] * (size[side] - 1) - 1) / stride[side]) + 1;
    return count >= 1 ? count : refuse(`windows of [${size.join(", ")}] places`, "smaller ones");
  });
  // Windows of a slice begin at its own first line, and slices that are passed over are those behind others.
  const lines = Math.ceil(lengths[1] / stride[1]) * stride[1];
  const around: readonly [Pair, Pair] = [
    [padding[0][0], padding[0][1] + stride[0] - 1],
    [padding[1][0], padding[1][1] + lines - lengths[1]],
  ];
  const whole = padded(value, around, reader);
  const [, , width, channels] = whole.shape;
  const inputOf = (place: number) => {
    const run = cut(whole, 0, place * dilation[0], counts[0] * stride[0], reader);
    const grouped = reshaped(run, [counts[0], stride[0], lines * width * channels], reader.move);
    const own = cut(grouped, 1, 0, 1, reader);
    return reshaped(own, [counts[0] * lines, width, channels], reader.move);
  };
  const missing = Math.max(dilation[1] * (size[1] - 1) + 1 - stride[1], 0);
  const options = {
    stride: stride.slice(1),
    dilation: dilation.slice(1),
    padding: paddingOf([[0, missing], padding[2]]),
  };
  const made = sum(parts(use, "conv2d", options, inputOf, reader), reader);
  const slices = reshaped(made, [counts[0], lines / stride[1], made.shape[1] * filters], reader.move);
  return fromImage(reshaped(cut(slices, 1, 0, counts[1], reader), [...counts, filters], reader.move));
}

/**
 * Returns the transposed convolution of a value of three spatial sides.
 *
 * @param cuts of each side: what is cut off before and after, and what is added at its end
 */
export function transposedVolume(
  use: VolumeUse,
  { stride, dilation, cuts }: Pick<Windows, "stride" | "dilation"> & { readonly cuts: readonly (readonly number[])[] },
  reader: Reader,
): Data {
  const { value, weight, bias, filters, node } = use;
  const [depth, height, width, channels] = value.shape;
  const extents = weight.dims.slice(2).map((size, side) => dilation[side] * (size - 1) + 1);
  const full = [depth, height, width].map(
    (length, side) => (length - 1) * stride[side] + extents[side] + cuts[side][2],
  );
  const counts = full.map((length, side) => length - cuts[side][0] - cuts[side][1]);
  if (counts.some((count) => count < 1)) refuse("pads that cut everything off", "smaller ones");
  // Lines of zeros behind each slice take what reaches beyond it.
  const lines = Math.ceil(full[1] / stride[1]);
  const tall = reshaped(
    padded(
      value,
      [
        [0, 0],
        [0, Math.max(lines - height, 0)],
      ],
      reader,
    ),
    [depth * Math.max(lines, height), width, channels],
    reader.move,
  );
  const tallLines = Math.max(lines, height) * stride[1];
  const excess = extents[1] - stride[1];
  const options = {
    stride: stride.slice(1),
    dilation: dilation.slice(1),
    padding: paddingOf([
      [0, Math.max(excess, 0)],
      [cuts[2][0], cuts[2][1]],
    ]),
    outputPadding: [Math.max(-excess, 0), cuts[2][2]],
  };
  const slices = Math.max(depth * stride[0] + extents[0] - 1, full[0]);
  const spread = parts(use, "convTranspose2d", options, () => tall, reader).map((part, place) => {
    const numbers = tallLines * counts[2] * filters;
    const apart = reshaped(part, [depth, 1, numbers], reader.move);
    const spaced = reshaped(
      padded(
        apart,
        [
          [0, 0],
          [0, stride[0] - 1],
        ],
        reader,
      ),
      [depth * stride[0], 1, numbers],
      reader.move,
    );
    const before = place * dilation[0];
    return padded(
      spaced,
      [
        [before, slices - depth * stride[0] - before],
        [0, 0],
      ],
      reader,
    );
  });
  const made = reshaped(sum(spread, reader), [slices, tallLines, counts[2] * filters], reader.move);
  const margins = [0, 1].map((side): Pair => {
    const [before] = cuts[side];
    return [before, made.shape[side] - before - counts[side]];
  });
  const isWhole = margins.flat().every((count) => count === 0);
  const inner = isWhole ? made : reader.apply(crop2d([margins[0], margins[1]]) as CallableLayer, made);
  const data = fromImage(reshaped(inner, [...counts, filters], reader.move));
  return bias ? affine(node, data, { bias: bias.reshaped([filters, 1, 1, 1]) }, reader) : data;
}
