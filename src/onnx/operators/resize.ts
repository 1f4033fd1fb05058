/** Resizing along the axes of a value: repeated places, or products with a fixed matrix for each axis. */

import { dense, upsample2d } from "../../index.ts";
import { Constant } from "../constants.ts";
import { type Data, lengthOf, sidesOf, toLast } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, type Item, type Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";
import { picked } from "./moves.ts";

/** The new length of an axis, and the factor that places are computed with. */
interface Sizing {
  readonly length: number;
  readonly scale: number;
}

/** The computation of places and numbers. */
interface Mode {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludes: boolean;
}

function modeOf(node: Operator): Mode {
  const isOld = node.version < 11;
  const mode = node.text("mode", "nearest");
  const made = {
    mode: mode === "bilinear" ? "linear" : mode,
    coordinates: isOld ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel"),
    nearest: isOld ? "floor" : node.text("nearest_mode", "round_prefer_floor"),
    cubic: node.float("cubic_coeff_a", -0.75),
    excludes: node.int("exclude_outside", 0) === 1,
  };
  if (!["nearest", "linear", "cubic"].includes(made.mode))
    refuse(`mode ${JSON.stringify(mode)}`, "nearest, linear or cubic");
  if (node.int("antialias", 0)) refuse("antialias", "none");
  if (node.text("keep_aspect_ratio_policy", "stretch") !== "stretch") refuse("keep_aspect_ratio_policy", "stretch");
  return made;
}

/** Returns the place in a side of `length` places that place `index` of the new side comes from. */
function placeOf(coordinates: string, index: number, length: number, { length: made, scale }: Sizing): number {
  // Runtimes divide in float32, in which 3.5 / 0.7 is 5.
  const quotient = Math.fround((index + 0.5) / scale);
  if (coordinates === "half_pixel") return quotient - 0.5;
  if (coordinates === "pytorch_half_pixel") return made > 1 ? quotient - 0.5 : 0;
  if (coordinates === "align_corners") return made === 1 ? 0 : (index * (length - 1)) / (made - 1);
  if (coordinates === "asymmetric") return Math.fround(index / scale);
  if (coordinates === "tf_half_pixel_for_nn") return quotient;
  if (coordinates === "half_pixel_symmetric") {
    return Math.fround((length / 2) * (1 - made / (scale * length)) + quotient) - 0.5;
  }
  return refuse(`coordinate_transformation_mode ${JSON.stringify(coordinates)}`, "one without a region of interest");
}

function nearestOf(nearest: string, place: number): number {
  if (nearest === "floor") return Math.floor(place);
  if (nearest === "ceil") return Math.ceil(place);
  if (nearest === "round_prefer_ceil") return Math.floor(place + 0.5);
  if (nearest === "round_prefer_floor") return Math.ceil(place - 0.5);
  return refuse(`nearest_mode ${JSON.stringify(nearest)}`, "floor, ceil, round_prefer_floor or round_prefer_ceil");
}

/** Returns the weights of the neighbours of a place, by their distance to the one below it. */
function weightsOf({ mode, cubic: a }: Mode, ratio: number): readonly (readonly [offset: number, weight: number])[] {
  if (mode === "linear") {
    return [
      [0, 1 - ratio],
      [1, ratio],
    ];
  }
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [
    [-1, far(1 + ratio)],
    [0, near(ratio)],
    [1, near(1 - ratio)],
    [2, far(2 - ratio)],
  ];
}

/** Returns the matrix [length, new length] of a resized axis. */
function matrixOf(mode: Mode, length: number, sizing: Sizing): Float64Array {
  const matrix = new Float64Array(length * sizing.length);
  for (let index = 0; index < sizing.length; index++) {
    const place = placeOf(mode.coordinates, index, length, sizing);
    const below = Math.floor(place);
    const all = weightsOf(mode, place - below).map(([offset, weight]) => [below + offset, weight] as const);
    const isWithin = (at: number) => at >= 0 && at < length;
    const kept = mode.excludes ? all.filter(([at]) => isWithin(at)) : all;
    const sum = mode.excludes ? kept.reduce((total, [, weight]) => total + weight, 0) : 1;
    for (const [at, weight] of kept) {
      matrix[Math.min(Math.max(at, 0), length - 1) * sizing.length + index] += weight / sum;
    }
  }
  return matrix;
}

/** Returns the new size of each axis. */
function sizingsOf(
  node: Operator,
  data: Data,
  inputs: readonly (Item | undefined)[],
  { coordinates }: Mode,
): readonly Sizing[] {
  const { version, name } = node;
  const place = name === "Upsample" || version < 11 ? 1 : 2;
  const constant = constantAt(node, inputs, place);
  const scales = name === "Upsample" && version < 9 ? node.floats("scales") : constant && Array.from(constant.values);
  // The number of examples may be among the sizes.
  const asked = version < 11 ? undefined : constantAt(node, inputs, 3);
  const sizes = asked && Array.from(asked.values);
  const rank = data.axes.length;
  const axes = node.ints("axes") ?? [...data.axes.keys()];
  const given = sizes?.length ? sizes : (scales ?? []);
  if (given.length !== axes.length) refuse(`${given.length} sizes for ${axes.length} axes`, "one for each");
  return data.axes.map((axis, index): Sizing => {
    const length = lengthOf(data, axis);
    const at = axes.findIndex((each) => (each < 0 ? each + rank : each) === index);
    if (at < 0) return { length, scale: 1 };
    if (axis.some((side) => side < 0)) {
      const isKept = sizes?.length ? (asked?.batch?.[at] ?? 1) === 1 : given[at] === 1;
      if (!isKept) refuseMixed("another number of examples", "the same");
      return { length, scale: 1 };
    }
    const made = sizes?.length ? given[at] : Math.floor(length * given[at]);
    if (!sizes?.length && made !== length * given[at] && coordinates === "align_corners") {
      refuse(`align_corners with ${given[at]} times ${length} places`, "a scale that makes a whole number");
    }
    if (!(made >= 1 && made <= 2 ** 20)) refuse(`a side of ${made} places`, "1 to 2²⁰");
    return { length: made, scale: sizes?.length ? made / length : given[at] };
  });
}

/** Returns the whole factors of an image that upsample2d enlarges in the same way; undefined if it does not. */
function factorsOf(data: Data, sizings: readonly Sizing[], mode: Mode): readonly number[] | undefined {
  const { axes, value } = data;
  const isImage =
    axes.length === 4 &&
    value.shape.length === 3 &&
    [axes[2], axes[3], axes[1]].every((axis, side) => axis.join() === String(side));
  const own = sizings.slice(2);
  const factors = own.map(({ length }, side) => length / value.shape[side]);
  if (!isImage || sizings[1].length !== value.shape[2] || !factors.every(Number.isInteger)) return undefined;
  if (mode.mode === "linear")
    return ["half_pixel", "pytorch_half_pixel"].includes(mode.coordinates) ? factors : undefined;
  if (mode.mode !== "nearest") return undefined;
  const isRepeated = own.every((sizing, side) => {
    const length = value.shape[side];
    const places = Array.from({ length: Math.min(sizing.length, 4096) }, (_, index) =>
      nearestOf(mode.nearest, placeOf(mode.coordinates, index, length, sizing)),
    );
    return places.every(
      (place, index) => Math.min(Math.max(place, 0), length - 1) === Math.floor(index / factors[side]),
    );
  });
  return isRepeated ? factors : undefined;
}

const resize: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const mode = modeOf(node);
  const sizings = sizingsOf(node, data, inputs, mode);
  const factors = factorsOf(data, sizings, mode);
  if (factors) {
    const interpolation = mode.mode === "linear" ? "bilinear" : "nearest";
    const layer = upsample2d(factors as [number, number], { interpolation }) as CallableLayer;
    return [{ ...data, value: reader.apply(layer, data.value), again: undefined }];
  }
  return [sizings.reduce((made: Data, sizing, axis) => resized(node, made, axis, sizing, mode, reader), data)];
};

/** Resizes one axis. */
function resized(node: Operator, data: Data, axis: number, sizing: Sizing, mode: Mode, reader: Reader): Data {
  const length = lengthOf(data, data.axes[axis]);
  if (sizing.length === length && sizing.scale === 1) return data;
  if (mode.mode === "nearest") {
    const places = Array.from({ length: sizing.length }, (_, index) => {
      const place = nearestOf(mode.nearest, placeOf(mode.coordinates, index, length, sizing));
      return Math.min(Math.max(place, 0), length - 1);
    });
    return picked(data, axis, places, reader);
  }
  reader.budget.take(length * sizing.length);
  const weight = new Constant([length, sizing.length], { values: matrixOf(mode, length, sizing) });
  const last = toLast(data, sidesOf(data.axes[axis]), reader.move);
  const layer = reader.weighted({
    node,
    key: ["resize", weight],
    options: { units: sizing.length, bias: false, trainable: false },
    make: ({ units, ...options }) => dense(units, options) as CallableLayer,
    parameters: () => ({ weight }),
  });
  const value = reader.apply(layer, last.value);
  const side = value.shape.length - 1;
  return { ...last, value, axes: last.axes.map((each, index) => (index === axis ? [side] : each)), again: undefined };
}

export const resizeHandlers: Readonly<Record<string, Handler>> = { Resize: resize, Upsample: resize };
