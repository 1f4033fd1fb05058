/** The windows of convolutions and pooling: their sizes and their padding, as ONNX has them and as layers do. */

import type { Value } from "../../index.ts";
import { arranged, type Data, isBatch, product, reshaped } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import type { Reader } from "../reader.ts";
import { refuse, refuseMixed } from "../refusals.ts";

export type Pair = readonly [number, number];

/** The windows along the spatial sides of a value. */
export interface Windows {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after each side. */
  readonly padding: readonly Pair[];
}

/** A sequence, an image or a value of more spatial sides, with its channels last. */
export interface Image {
  readonly value: Value;
  /** The lengths of its spatial sides. */
  readonly sides: readonly number[];
  readonly channels: number;
}

/** Returns the places before a side of a shape, its own, and those behind it. */
export function sidesAround(shape: readonly number[], side: number): [before: number, length: number, after: number] {
  return [product(shape.slice(0, side)), shape[side], product(shape.slice(side + 1))];
}

/** Returns data [batch, channels, …] with its channels last. @throws {RangeError} if it has no spatial side */
export function imageOf(data: Data, { move }: Reader): Image {
  const [examples, channels, ...spatial] = data.axes;
  if (spatial.length < 1) return refuse(`a value of ${data.axes.length} sides`, "[batch, channels, …]");
  if (!isBatch(examples)) refuseMixed("a value whose first axis is not the batch", "it first");
  const groups = [...spatial, channels];
  if (groups.some((axis) => axis.some((side) => side < 0))) {
    refuseMixed("examples along another axis than the first", "them there");
  }
  const value = arranged(data.value, groups, move);
  return { value, sides: value.shape.slice(0, -1), channels: value.shape.at(-1)! };
}

/** Returns the value of an image as data [batch, channels, …]. */
export function fromImage(value: Value, isInteger?: boolean): Data {
  const last = value.shape.length - 1;
  return {
    value,
    axes: [[-1], [last], ...Array.from({ length: last }, (_, side) => [side])],
    isImage: true,
    isInteger,
  };
}

/** Returns a sequence as an image of one line. */
export const asLine = ({ value }: Image, { move }: Reader): Value => reshaped(value, [1, ...value.shape], move);

const listOf = (node: Operator, name: string, count: number, usual: number): readonly number[] => {
  const list = node.ints(name) ?? new Array<number>(count).fill(usual);
  if (list.length === count && list.every((each) => Number.isSafeInteger(each) && each >= 1)) return list;
  return refuse(`${name} [${list.join(", ")}]`, `${count} whole numbers from 1`);
};

/** Returns the padding of a node as pairs. @throws {RangeError} if it is negative */
export function padsOf(node: Operator, sides: number): readonly Pair[] {
  const pads = node.ints("pads") ?? new Array<number>(2 * sides).fill(0);
  if (pads.length !== 2 * sides || pads.some((pad) => !(pad >= 0 && pad <= 2 ** 20))) {
    refuse(`pads [${pads.join(", ")}]`, `${2 * sides} whole numbers from 0`);
  }
  return Array.from({ length: sides }, (_, side) => [pads[side], pads[side + sides]] as const);
}

/** Returns the windows of a node on sides of some lengths. @param size that of the weight, if it has one */
export function windowsOf(node: Operator, sides: readonly number[], size?: readonly number[]): Windows {
  const count = sides.length;
  const kernel = node.ints("kernel_shape") ?? size;
  if (kernel?.length !== count || (size && size.join() !== kernel.join())) {
    return refuse(`kernel_shape [${kernel?.join(", ") ?? ""}]`, size ? `[${size.join(", ")}]` : `${count} numbers`);
  }
  const stride = listOf(node, "strides", count, 1);
  const dilation = listOf(node, "dilations", count, 1);
  const automatic = node.text("auto_pad", "NOTSET");
  const padding = sides.map((length, side): Pair => {
    const extent = dilation[side] * (kernel[side] - 1) + 1;
    if (automatic === "NOTSET") return padsOf(node, count)[side];
    if (automatic === "VALID") return [0, 0];
    const total = Math.max((Math.ceil(length / stride[side]) - 1) * stride[side] + extent - length, 0);
    const half = Math.floor(total / 2);
    if (automatic === "SAME_UPPER") return [half, total - half];
    if (automatic === "SAME_LOWER") return [total - half, half];
    return refuse(`auto_pad ${JSON.stringify(automatic)}`, "NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  });
  return { size: kernel, stride, dilation, padding };
}

/** Returns the padding of a layer: "valid" where there is none. */
export const paddingOf = (padding: readonly Pair[]) =>
  padding.every(([before, after]) => before === 0 && after === 0) ? "valid" : padding;
