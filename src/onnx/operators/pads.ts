/** Padding: numbers or repeated places around the axes of a value. */

import { zeroPad2d } from "../../index.ts";
import { Constant, sizeOf, stridesOf } from "../constants.ts";
import { axisAt, batch, type Data, isBatch, lengthOf, reshaped, withSides } from "../layout.ts";
import { type CallableLayer, constantAt, dataAt, type Handler, integersAt, type Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";
import { checkDims } from "../tensors.ts";
import { affine } from "./affine.ts";
import { mostPlaces, picked } from "./moves.ts";

/** The places that an axis gets around its own. */
interface Growth {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** Returns the places of a padded axis for a mode that repeats numbers. */
function repeatedPlaces(mode: string, length: number, before: number, after: number): number[] {
  if (before + length + after > mostPlaces) refuse(`${before + length + after} places`, `at most ${mostPlaces}`);
  if (mode === "reflect" && (before >= length || after >= length)) refuse("pads as long as the side", "shorter ones");
  return Array.from({ length: before + length + after }, (_, index) => {
    const place = index - before;
    if (mode === "edge") return Math.min(Math.max(place, 0), length - 1);
    if (mode === "wrap") return ((place % length) + length) % length;
    return place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place;
  });
}

const pad: Handler = (node, inputs, reader) => {
  const data = dataAt(inputs, 0);
  const rank = data.axes.length;
  const mode = node.text("mode", "constant");
  const isOld = node.version < 11;
  const pads = (isOld ? node.ints("pads") : integersAt(node, inputs, 1)) ?? [];
  const axes = integersAt(node, inputs, 3)?.map((axis) => axisAt(axis, rank)) ?? [...data.axes.keys()];
  if (pads.length !== 2 * axes.length) refuse(`${pads.length} pads`, `two for each of ${axes.length} axes`);
  if (pads.some((pad) => !Number.isSafeInteger(pad) || Math.abs(pad) > 2 ** 20)) refuse("pads", "at most 2²⁰");
  const filler = isOld ? node.float("value", 0) : (constantAt(node, inputs, 2)?.uniform ?? 0);
  if (!["constant", "edge", "reflect", "wrap"].includes(mode))
    refuse(`mode ${JSON.stringify(mode)}`, "constant, edge or reflect");
  if (filler !== 0 && data.isInteger) refuse("whole numbers", "real ones: a Cast");
  const growing: Growth[] = [];
  let made = data;
  for (const [index, axis] of axes.entries()) {
    const [before, after] = [pads[index], pads[index + axes.length]];
    if (before === 0 && after === 0) continue;
    const length = lengthOf(made, made.axes[axis]);
    if (made.axes[axis].includes(batch)) refuseMixed("pads of the batch");
    if (before < 0 || after < 0) {
      const [start, end] = [Math.max(-before, 0), length - Math.max(-after, 0)];
      if (end - start > mostPlaces) refuse(`${end - start} places`, `at most ${mostPlaces}`);
      const places = Array.from({ length: Math.max(end - start, 0) }, (_, place) => start + place);
      made = picked(made, axis, places, reader);
    }
    const [more, later] = [Math.max(before, 0), Math.max(after, 0)];
    if (more + later === 0) continue;
    if (mode === "constant") growing.push({ axis, before: more, after: later });
    else {
      const kept = lengthOf(made, made.axes[axis]);
      made = picked(made, axis, repeatedPlaces(mode, kept, more, later), reader);
    }
  }
  if (growing.length === 0) return [made];
  const zeros = { ...padded(made, growing, reader), again: undefined };
  if (filler === 0) return [zeros];
  const bias = frame(made, growing, filler, reader);
  return [affine(node, zeros, { bias }, reader, false)];
};

/** Returns what is added to zeros around a value, and to the value: `filler` and 0. So the value keeps its digits. */
function frame({ axes, value }: Data, growing: readonly Growth[], filler: number, { budget }: Reader) {
  const growths = axes.map((axis, index) => {
    const growth = growing.find((each) => each.axis === index);
    return growth ? { ...growth, length: lengthOf({ axes, value }, axis) } : { before: 0, length: 1, after: 0 };
  });
  const dims = checkDims(growths.map(({ before, length, after }) => before + length + after));
  const strides = stridesOf(dims);
  const size = sizeOf(dims);
  budget.take(size);
  const values = Float64Array.from({ length: size }, (_, index) => {
    const isInside = growths.every(({ before, length }, axis) => {
      const place = (Math.floor(index / strides[axis]) % dims[axis]) - before;
      return place >= 0 && place < length;
    });
    return isInside ? 0 : filler;
  });
  return new Constant(dims, { values });
}

/** Returns the data with zeros around some axes, as images: two of their sides at a time. */
function padded(data: Data, growing: readonly Growth[], { apply, move }: Reader): Data {
  const { shape } = data.value;
  const pair = ({ before, after }: { before: number; after: number }) => [before, after] as const;
  const sides = growing.map(({ axis }) => data.axes[axis]);
  const isPlain = shape.length === 3 && sides.every((axis) => axis.length === 1 && axis[0] < 2);
  if (isPlain) {
    const around = [0, 1].map((side) => {
      const index = sides.findIndex(([own]) => own === side);
      return index < 0 ? ([0, 0] as const) : pair(growing[index]);
    });
    return { ...data, value: apply(zeroPad2d([around[0], around[1]]) as CallableLayer, data.value) };
  }
  return growing.reduce((made: Data, each) => {
    const others = made.axes.filter((axis, index) => index !== each.axis && !isBatch(axis));
    const groups = [made.axes[each.axis], ...others].map((axis) => axis.filter((side) => side !== batch));
    const first = withSides(made, groups, move);
    const axes = first.axes.map((axis, index) => (index === each.axis ? [0] : axis));
    const [length, ...rest] = first.value.shape;
    const line = reshaped(first.value, [length, 1, rest.reduce((product, side) => product * side, 1)], move);
    const value = apply(zeroPad2d([pair(each), [0, 0]]) as CallableLayer, line);
    return { ...first, axes, value: reshaped(value, [value.shape[0], ...rest], move), isImage: false };
  }, data);
}

export const padHandlers: Readonly<Record<string, Handler>> = { Pad: pad };
