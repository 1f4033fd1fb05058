/** Products and sums of a value with constants: x · weight + bias, as convolutions of one place, or as tables of positions. */

import { conv1d, depthwiseConv2d, type Layer, positionalEncoding, positionEmbedding, type Value } from "../../index.ts";
import { Constant, commonDims } from "../constants.ts";
import { type Data, lengthOf, reshaped, withSides } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { sinusoid } from "../positions.ts";
import type { CallableLayer, Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";

/** The sides of a value that constants of some shape differ along. */
export interface Along {
  /** The value with these sides as its last ones. */
  readonly data: Data;
  /** Their lengths. */
  readonly lengths: readonly number[];
  /** Returns the numbers of a constant in the order of these sides. */
  readonly vector: (constant: Constant) => Constant;
}

/**
 * Returns a value with the sides last that constants of the shape `dims`, broadcast to it, differ along.
 *
 * @throws {RangeError} if they differ along the examples of a batch, or the value would have to be repeated
 */
export function along(data: Data, dims: readonly number[], { move }: Reader): Along {
  const rank = data.axes.length;
  if (dims.length > rank) refuse(`a constant of ${dims.length} sides for a value of ${rank}`, "at most as many");
  const full = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const varying = full.flatMap((side, axis) => (side > 1 ? [axis] : []));
  for (const axis of varying) {
    if (data.axes[axis].some((side) => side < 0)) {
      refuseMixed("a constant that differs between examples", "the same for each");
    }
    const length = lengthOf(data, data.axes[axis]);
    if (length !== full[axis]) {
      refuse(`a constant of the shape [${dims.join(", ")}] for ${length} places along axis ${axis}`, "as many, or 1");
    }
  }
  const { shape } = data.value;
  const sides = varying.flatMap((axis) => data.axes[axis]);
  const others = shape.flatMap((_, side) => (sides.includes(side) ? [] : [side]));
  const ascending = [...sides].sort((a, b) => a - b);
  const made = withSides(
    data,
    [...others, ...ascending].map((side) => [side]),
    move,
  );
  const order = ascending.map((side) => sides.indexOf(side));
  return {
    data: made,
    lengths: ascending.map((side) => shape[side]),
    vector: (constant) =>
      constant
        .broadcast(varying.length > 0 ? full : [])
        .reshaped(sides.map((side) => shape[side]))
        .transposed(order),
  };
}

/** Applies x · weight + bias to the last side of a value. */
export function affineLast(
  node: Operator,
  value: Value,
  vectors: { readonly weight?: Constant | undefined; readonly bias?: Constant | undefined },
  reader: Reader,
  trainable = true,
): Value {
  const { move } = reader;
  const features = value.shape.at(-1)!;
  const { bias } = vectors;
  reader.budget.take(2 * features);
  const weight = vectors.weight ?? new Constant([features], { fill: 1 });
  const isImage = value.shape.length === 3;
  const options = { features, bias: bias !== undefined, isImage, trainable };
  const layer = reader.weighted({
    node,
    // Constants that are not trained may be shared by all that have the same ones.
    key: [
      trainable ? "affine" : "scaled",
      ...[vectors.weight, bias].map((each) => (trainable || each?.fill === undefined ? each : `${each.fill}`)),
    ],
    options,
    make: ({ features: filters, isImage: isDepthwise, ...rest }) => {
      const given = { ...rest, ...(trainable ? { trainable: undefined } : {}) };
      if (isDepthwise) return depthwiseConv2d(1, given) as CallableLayer;
      return conv1d(filters, 1, { ...given, groups: filters }) as CallableLayer;
    },
    parameters: () => ({
      weight: weight.reshaped(isImage ? [1, 1, features, 1] : [1, 1, features]),
      ...(bias && { bias }),
    }),
  });
  const positions = value.shape.slice(0, -1).reduce((product, side) => product * side, 1);
  const input = isImage ? value : reshaped(value, [positions, features], move);
  return reshaped(reader.apply(layer, input), value.shape, move);
}

/** Returns factor · x + shift, with constants that training keeps. */
export function scaled(node: Operator, data: Data, factor: number, shift: number, reader: Reader): Data {
  if (factor === 1 && shift === 0) return data;
  const features = data.value.shape.at(-1)!;
  const weight = factor === 1 ? undefined : new Constant([features], { fill: factor });
  const bias = shift === 0 ? undefined : new Constant([features], { fill: shift });
  const value = affineLast(node, data.value, { weight, bias }, reader, false);
  return { ...data, value, again: undefined };
}

/** Returns x · weight + bias with constants that are broadcast to the value. */
export function affine(
  node: Operator,
  data: Data,
  { weight, bias }: { readonly weight?: Constant | undefined; readonly bias?: Constant | undefined },
  reader: Reader,
  trainable = true,
): Data {
  const [factor, shift] = [weight ? weight.uniform : 1, bias ? bias.uniform : 0];
  if (factor !== undefined && shift !== undefined) return scaled(node, data, factor, shift, reader);
  const dims = commonDims(weight?.dims ?? [], bias?.dims ?? []);
  const { data: last, lengths, vector } = along(data, dims, reader);
  const { value } = last;
  const { shape } = value;
  if (!weight && trainable && lengths.length === 2 && shape.length === 2) {
    return { ...last, value: reader.apply(tableOf(node, vector(bias!), reader), value) };
  }
  const features = lengths.reduce((product, side) => product * side, 1);
  const joined = reshaped(value, [...shape.slice(0, shape.length - lengths.length), features], reader.move);
  const row = (constant: Constant | undefined) => constant && vector(constant).reshaped([features]);
  const made = affineLast(node, joined, { weight: row(weight), bias: row(bias) }, reader, trainable);
  return { ...last, value: reshaped(made, shape, reader.move) };
}

/** Returns the layer that adds a table [steps, features]. */
function tableOf(node: Operator, table: Constant, reader: Reader): CallableLayer {
  if (isSinusoids(table)) return positionalEncoding() as Layer<never>;
  return reader.weighted({
    node,
    key: ["positions", table],
    options: {},
    make: (options) => positionEmbedding(options) as CallableLayer,
    parameters: () => ({ weight: table }),
  });
}

/** Tells whether a table is that of positionalEncoding, to a rounding of float32. */
function isSinusoids({ dims: [steps, features], values }: Constant): boolean {
  for (let index = 0; index < steps * features; index++) {
    const wanted = sinusoid(Math.floor(index / features), index % features, features);
    if (Math.abs(wanted - values[index]) > 1e-6) return false;
  }
  return true;
}
