/** Nodes that have to do with sequences that differ in length. */

import { Constant } from "../constants.ts";
import { axesOf, unsqueezed } from "../folds.ts";
import { axisAt, batch, type Data, isBatch } from "../layout.ts";
import { areAligned, Directions, isRange, Lengths, Pending, recurrentOperators } from "../lengths.ts";
import type { Operator } from "../nodes.ts";
import { type Entry, type Item, isData, type Reader, Scores } from "../reader.ts";
import { refuse } from "../refusals.ts";
import { reductionHandlers } from "./reductions.ts";

/** Handles a node with other inputs. */
type Run = (node: Operator, inputs: readonly (Entry | undefined)[]) => readonly (Entry | undefined)[];

/** Operators that see several steps. */
const windowed = new Set(
  "Conv ConvTranspose MaxPool AveragePool GlobalMaxPool GlobalAveragePool InstanceNormalization GroupNormalization".split(
    " ",
  ),
);

/** Tells whether a node reduces the steps of a value. */
function reducesSteps(node: Operator, data: Data, inputs: readonly (Item | undefined)[]): boolean {
  if (!node.name.startsWith("Reduce")) return false;
  const rank = data.axes.length;
  const axes = axesOf(node, inputs, node.name === "ReduceSum" ? 13 : 18) ?? [...data.axes.keys()];
  return axes.some((axis) => data.axes[axisAt(axis, rank)].includes(0));
}

/** Refuses a layer that sees several steps of sequences that differ in length, as it would see what is behind their ends. */
function checkMasked(node: Operator, inputs: readonly (Entry | undefined)[]): void {
  const [first, second] = inputs;
  const own = node.name === "simdnet.Attention" ? second : first;
  if (!isData(own) || !own.value.lengths) return;
  if (recurrentOperators.has(node.name)) {
    refuse("sequences that differ in length without their lengths", "sequence_lens, as an earlier layer has them");
  }
  const isWide = windowed.has(node.name) || node.name === "simdnet.Attention";
  if (isWide || reducesSteps(node, own, inputs as (Item | undefined)[])) {
    refuse("sequences that differ in length without a mask", "a Where that hides what is behind their ends");
  }
}

const windowsOf = (node: Operator) =>
  ["kernel_shape", "strides", "pads"].map((name) => node.ints(name)?.join(" ")).join();

/** Returns what a graph makes of lengths; undefined if a node does something else with them. */
function madeOf(node: Operator, lengths: Lengths, other: Entry | undefined): Lengths | undefined {
  const { content } = lengths;
  const { form, shift, stride, axes } = content;
  const number = other instanceof Constant ? other.uniform : undefined;
  const changed = (change: Partial<Lengths["content"]>) => new Lengths({ ...content, ...change });
  const { name } = node;
  if (name === "Identity" || name === "Cast") return lengths;
  if (name === "Unsqueeze") {
    const given = other instanceof Constant ? other : undefined;
    return changed({ axes: unsqueezed(node, [undefined, given], axes, "one") });
  }
  if (name === "Add" && form === "numbers" && stride === 1 && Number.isInteger(number)) {
    return changed({ shift: shift + number! });
  }
  if (name === "Div" && form === "numbers" && Number.isInteger(number) && number! >= 1) {
    return changed({ stride: stride * number! });
  }
  if (name === "Less" && form === "numbers" && other instanceof Constant && isRange(other)) {
    const isColumn = axes.join() === "batch,one" && other.dims.length === 1;
    return isColumn ? changed({ form: "mask", axes: ["batch", "steps"], steps: other.size }) : undefined;
  }
  if (name === "AveragePool" && form === "mask" && node.int("count_include_pad", 0) === 1) {
    return changed({ form: "shares", windows: windowsOf(node) });
  }
  return name === "Max" && form === "shares" && number !== undefined && number <= 1e-3 ? lengths : undefined;
}

/** Handles a node that reads a value with a number behind the ends of its sequences, which changes nothing there. */
function withFilled(node: Operator, data: Data, inputs: readonly (Entry | undefined)[], reader: Reader, run: Run) {
  const { filled } = data;
  const own = { ...data, filled: undefined };
  const rest = inputs.slice(1);
  const { name } = node;
  const isMax = filled! <= -1e30;
  if (name === "Conv" && filled === 0) return run(node, [own, ...rest]);
  if (name === "MaxPool" && isMax) return run(node, [own, ...rest]);
  const items = [own, ...rest] as (Item | undefined)[];
  const isOfSteps = reducesSteps(node, own, items);
  if (name === "ReduceMax" && isMax && isOfSteps) return run(node, items);
  if (name === "ReduceSum" && filled === 0 && isOfSteps) {
    const [mean] = reductionHandlers.ReduceMean(node, items, reader);
    return [new Pending(mean as Data, own.value)];
  }
  if (name === "AveragePool" && filled === 0 && node.int("count_include_pad", 0) === 1) {
    const [mean] = run(node.without("count_include_pad"), items);
    return [new Pending(mean as Data, own.value, windowsOf(node))];
  }
  const got = `a value with ${filled} behind the ends of its sequences`;
  return refuse(got, "a convolution or a sum of steps after 0, or a maximum after −∞");
}

/** Takes both directions apart, or joins them. */
function withDirections(node: Operator, { joined, halves, isTurned }: Directions, shape: Entry | undefined) {
  const { name } = node;
  if (name === "Split" && !isTurned && node.int("axis", 0) === 1 && node.outputs.length === 2) {
    return halves().map((value): Data => ({ value, axes: [[0], [], [batch], [1]] }));
  }
  if (name === "Transpose" && !isTurned && node.ints("perm")?.join() === "0,2,1,3") {
    return [new Directions(joined, halves, true)];
  }
  const isRow = shape instanceof Constant && shape.values.join() === "0,0,-1";
  if (name === "Reshape" && isTurned && isRow) return [{ value: joined, axes: [[0], [batch], [1]] }];
  return refuse("both directions of sequences that differ in length", "a Split of them, or a Reshape that joins them");
}

/** Handles a node that has to do with lengths; undefined if it has not. */
export function withLengths(
  node: Operator,
  inputs: readonly (Entry | undefined)[],
  reader: Reader,
  run: Run,
): readonly (Entry | undefined)[] | undefined {
  const [first, second, third] = inputs;
  if (first instanceof Directions) return withDirections(node, first, second);
  if (isData(first) && first.filled !== undefined) return withFilled(node, first, inputs, reader, run);
  const place = inputs.findIndex((input) => input instanceof Lengths);
  const fail = () => refuse("lengths of sequences, or what is made of them", "a mask, or a recurrent layer");
  if (place < 0) {
    if (inputs.some((input) => input instanceof Pending || (isData(input) && input.filled !== undefined))) fail();
    checkMasked(node, inputs);
    return undefined;
  }
  const lengths = inputs[place] as Lengths;
  const { form, windows, steps } = lengths.content;
  if (recurrentOperators.has(node.name) && place === 4 && isData(first) && form === "numbers") {
    // A layer knows the lengths of its sequences.
    return lengths.isOf(first.value) ? run(node, inputs.with(4, undefined)) : fail();
  }
  if (node.name === "simdnet.Attention" && place === 11 && isData(second) && form === "mask") {
    return lengths.isOf(second.value) ? run(node, inputs.slice(0, 11)) : fail();
  }
  if (node.name === "simdnet.GroupNormalization" && isData(first)) {
    // Two masks and the numbers of steps, for the value and for its groups.
    const isOwn = inputs.slice(3).every((each) => each instanceof Lengths && each.isOf(first.value));
    return isOwn && first.axes.length === 3 ? run(node, inputs.slice(0, 3)) : fail();
  }
  if (node.name === "Where" && place === 0 && form === "mask" && third instanceof Constant) {
    const { uniform } = third;
    const isHidden = uniform !== undefined && uniform <= -1e4;
    const places = lengths.content.axes;
    const areKeys = places.at(-1) === "steps" && places[0] === "batch";
    if (second instanceof Scores && isHidden && areKeys && lengths.isOf(second.content.key.value)) {
      const { query, key } = second.content;
      const isWhole = places.length === query.axes.length && isBatch(query.axes[0]) && key.value.shape[0] === steps;
      if (!isWhole) return fail();
      return [new Scores({ ...second.content, isHidden: true })];
    }
    if (isData(second) && uniform !== undefined && lengths.isOf(second.value) && areAligned(lengths, second.axes)) {
      if (second.value.shape[0] !== steps) return fail();
      return [{ ...second, filled: uniform, again: undefined }];
    }
  }
  if (node.name === "Div" && first instanceof Pending && place === 1) {
    const isOfKind = windows === first.windows && form === (windows ? "shares" : "numbers");
    const isSame = isOfKind && lengths.isOf(first.value) && areAligned(lengths, first.mean.axes);
    return isSame ? [first.mean] : fail();
  }
  const made = madeOf(node, lengths, inputs[1 - place]);
  return made ? [made] : fail();
}
