/** Permute: the sides of a value in another order. */

import { checkArguments, plural, shown } from "../../errors.ts";
import { type Address, eachRow, op } from "../../kernels/operations.ts";
import { copyOf } from "./copy.ts";
import { type Block, type DescriptionBase, type LayerKind, type LayerTraining, type Shape, sizeOf } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { mostSides, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface PermuteDescription extends DescriptionBase {
  readonly kind: "permute";
  readonly sides: readonly number[];
}

/**
 * Reorders the sides of a value: permute([1, 0]) transposes, and permute([2, 0, 1]) turns [height, width, channels] into [channels, height,
 * width].
 *
 * @param sides for each side of the output, the side of the input; counted from 0, without the batch, each once
 * @throws {RangeError | TypeError} if it is not such a list
 */
export function permute(sides: readonly number[], options: NameOption = {}): Layer<PermuteDescription> {
  checkArguments("permute", arguments.length, 2);
  if (!Array.isArray(sides)) throw new TypeError(`permute: got sides ${shown(sides)}, need an array of sides`);
  if (sides.length > mostSides) {
    throw new RangeError(`permute: got ${sides.length} sides, need at most ${mostSides}`);
  }
  const copy = Array.from(sides as readonly number[]);
  if (copy.length === 0 || !copy.every((_, side) => copy.includes(side))) {
    const got = `[${copy.map(shown).join(", ")}]`;
    const need =
      copy.length < 2 ? "at least the side 0" : `each of 0 to ${copy.length - 1} once, counted without the batch`;
    throw new RangeError(`permute: got sides ${got}, need ${need}`);
  }
  return callable(permuteKind, { kind: "permute", sides: copy, ...nameOption("permute", options) });
}

/** A side of the output: the number of its elements, and their distance in the input. */
interface Side {
  readonly count: number;
  readonly stride: number;
}

/**
 * Returns the sides of the output, from the outermost. Sides of one element are omitted, and neighbours that are also neighbours in the
 * input are joined. So an order that changes nothing ends as one side.
 */
export function sidesOf(shape: Shape, order: readonly number[]): readonly Side[] {
  const sides: Side[] = [];
  for (const side of order) {
    const count = shape[side];
    if (count === 1) continue;
    const stride = sizeOf(shape.slice(side + 1));
    const last = sides.at(-1);
    if (last?.stride === count * stride) sides[sides.length - 1] = { count: last.count * count, stride };
    else sides.push({ count, stride });
  }
  return sides;
}

/** Returns the block with the permutation for the kernel, or undefined if the kernel only copies. */
function pairsOf(shape: Shape, order: readonly number[]): Block | undefined {
  const sides = sidesOf(shape, order);
  if (sides.length < 2) return undefined;
  const values = sides.flatMap(({ count, stride }) => [count, stride]);
  return { elements: values.length, per: "network", type: "int32", values };
}

/** Copies values of `shape` with their sides in `order`. @param pairs the address of the block of `pairsOf` */
function copyPermuted(source: Address, destination: Address, shape: Shape, order: readonly number[], pairs: Address) {
  const { length: sides } = sidesOf(shape, order);
  if (sides < 2) return copyOf(source, destination, shape);
  return op("permute", eachRow(), { source, destination, pairs, sides, size: sizeOf(shape) });
}

export const permuteKind: LayerKind<PermuteDescription> = {
  isRearrangement: true,

  oneLength: "it moves the side of the steps",

  outputShape({ sides }, inputShapes) {
    const shape = onlyShape("permute", inputShapes);
    if (shape.length === sides.length) return sides.map((side) => shape[side]);
    const got = `a value ${shownShape(shape)} of ${plural(shape.length, "side")}`;
    throw new RangeError(`permute: got ${got}, need ${sides.length} for the order [${sides.join(", ")}]`);
  },

  blocks: ({ sides }, { inputs: [input] }) => ({ pairs: pairsOf(input, sides) }),

  forward({ sides }, { inputs: [input], inputShapes: [shape], output, blocks }) {
    return [copyPermuted(input, output, shape, sides, blocks.pairs)];
  },

  title: ({ sides }) => `permute [${sides.join(", ")}]`,

  fromJSON: ({ sides, ...options }) => permute(sides as readonly number[], options),
};

/** Returns the order that reverses `order`. */
const inverseOf = (order: readonly number[]) => order.map((_, side) => order.indexOf(side));

export const permuteTraining: LayerTraining<PermuteDescription> = {
  blocks: ({ sides }, { output }) => ({ backwardPairs: pairsOf(output, inverseOf(sides)) }),

  backward({ sides }, { inputGrads: [inputGrad], outputGrad, outputShape, blocks }) {
    if (inputGrad === undefined) return [];
    return [copyPermuted(outputGrad, inputGrad, outputShape, inverseOf(sides), blocks.backwardPairs)];
  },
};
