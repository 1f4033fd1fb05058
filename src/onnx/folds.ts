/** Computes nodes whose inputs are all known: chains of shapes, and weights that an exporter has left in parts. */

import { Constant, combine, commonDims, listOf, sizeOf, stridesOf } from "./constants.ts";
import { axisAt, batch, lengthOf } from "./layout.ts";
import type { Operator } from "./nodes.ts";
import { type Item, integersAt, isData, type Reader } from "./reader.ts";
import { refuse } from "./refusals.ts";
import { checkDims, type ExternalFile, elementTypeOf, readTensor } from "./tensors.ts";

type Fold = (node: Operator, inputs: readonly Constant[], reader: Reader) => readonly Constant[];

/** Returns the axes of a node, an attribute in old versions and an input in later ones. */
export function axesOf(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  since: number,
): readonly number[] | undefined {
  return node.version < since ? node.ints("axes") : integersAt(node, inputs, 1);
}

const unary =
  (operation: (a: number) => number): Fold =>
  (_, [a], { budget }) => {
    budget.take(a.size);
    if (a.batch) refuse("a number of examples", "a number that does not depend on the batch");
    if (a.fill !== undefined) return [new Constant(a.dims, { fill: operation(a.fill), isInteger: a.isInteger })];
    return [new Constant(a.dims, { values: a.values.map(operation), isInteger: a.isInteger })];
  };

const binary =
  (operation: (a: number, b: number) => number): Fold =>
  (node, inputs, { budget }) => [
    inputs.slice(1).reduce((a, b) => combine(node.name, operation, a, b, budget), inputs[0]),
  ];

const truth = (operation: (a: number, b: number) => boolean): Fold => binary((a, b) => Number(operation(a, b)));

/** Reduces axes. @param finish turns the result and the count of the numbers into one */
const reduction =
  (join: (a: number, b: number) => number, finish = (value: number, _count: number) => value): Fold =>
  (node, inputs, { budget }) => {
    const [a] = inputs;
    const given = axesOf(node, inputs, node.name === "ReduceSum" ? 13 : 18);
    const axes = (given ?? a.dims.map((_, axis) => axis)).map((axis) => axisAt(axis, a.dims.length));
    if (a.batch) refuse("a number of examples", "numbers that do not depend on the batch");
    if (a.size === 0) refuse("no numbers", "some");
    const kept = a.dims.map((side, axis) => (axes.includes(axis) ? 1 : side));
    budget.take(a.size);
    const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    const places = sizeOf(kept);
    const sums: (number | undefined)[] = new Array(places).fill(undefined);
    const counts = stridesOf(a.dims);
    a.values.forEach((value, index) => {
      const place = strides.reduce(
        (sum, stride, axis) => sum + stride * (Math.floor(index / counts[axis]) % a.dims[axis]),
        0,
      );
      const before = sums[place];
      sums[place] = before === undefined ? value : join(before, value);
    });
    const values = Float64Array.from(sums, (value) => finish(value!, a.size / places));
    const dims = node.int("keepdims", 1) ? kept : a.dims.filter((_, axis) => !axes.includes(axis));
    return [new Constant(dims, { values, isInteger: a.isInteger })];
  };

function gather(node: Operator, [data, indices]: readonly Constant[], { budget }: Reader): Constant[] {
  const axis = axisAt(node.int("axis", 0), data.dims.length);
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const side = data.dims[axis];
  const places = Array.from(indices.values, (index) => axisAt(index, side));
  const behind = sizeOf(data.dims.slice(axis + 1));
  budget.take(sizeOf(checkDims(dims)));
  return [
    data.moved(dims, (index) => {
      const before = Math.floor(index / (behind * places.length));
      return (before * side + places[Math.floor(index / behind) % places.length]) * behind + (index % behind);
    }),
  ];
}

/** The range of each axis that a Slice takes. */
export interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Returns the ranges of a Slice. @param dims the sides; those of the batch are undefined */
export function rangesOf(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  dims: readonly (number | undefined)[],
): (Range | undefined)[] {
  const isOld = node.version < 10;
  const at = (name: string, index: number) => (isOld ? node.ints(name) : integersAt(node, inputs, index));
  const [starts, ends] = [at("starts", 1), at("ends", 2)];
  if (!starts || starts.length !== ends?.length)
    return refuse("no starts and ends", "a start and an end for each axis");
  const axes = at("axes", 3) ?? starts.map((_, axis) => axis);
  const steps = at("steps", 4) ?? starts.map(() => 1);
  const ranges: (Range | undefined)[] = dims.map(() => undefined);
  axes.forEach((given, index) => {
    const axis = axisAt(given, dims.length);
    const [side, step] = [dims[axis], steps[index] ?? 0];
    if (!Number.isInteger(step) || step === 0) refuse(`step ${step}`, "a whole number other than 0");
    if (side === undefined) {
      // All examples of a batch.
      if (starts[index] === 0 && step === 1 && ends[index]! >= 2 ** 31 - 1) return;
      ranges[axis] = { start: Number.NaN, step, count: Number.NaN };
      return;
    }
    const clamp = (place: number) => {
      const from = place < 0 ? place + side : place;
      return step > 0 ? Math.min(Math.max(from, 0), side) : Math.min(Math.max(from, -1), side - 1);
    };
    const [start, end] = [clamp(starts[index]), clamp(ends[index])];
    ranges[axis] = { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
  return ranges;
}

function slice(node: Operator, inputs: readonly Constant[]): Constant[] {
  const [data] = inputs;
  const strides = stridesOf(data.dims);
  let first = 0;
  const all = rangesOf(node, inputs, data.dims).map(
    (range, axis) => range ?? { start: 0, step: 1, count: data.dims[axis] },
  );
  all.forEach(({ start }, axis) => {
    first += start * strides[axis];
  });
  return [
    data.strided(
      all.map(({ count }) => count),
      all.map(({ step }, axis) => step * strides[axis]),
      first,
    ),
  ];
}

function concat(node: Operator, inputs: readonly Constant[], { budget }: Reader): Constant[] {
  const [first] = inputs;
  const axis = axisAt(node.int("axis", node.version < 4 ? 1 : 0), first.dims.length);
  const isOther = ({ dims }: Constant) => dims.with(axis, 0).join() !== first.dims.with(axis, 0).join();
  if (inputs.some(({ dims }) => dims.length !== first.dims.length) || inputs.some(isOther)) {
    refuse("shapes that differ", "shapes that agree but for the axis");
  }
  const dims = first.dims.with(
    axis,
    inputs.reduce((sum, each) => sum + each.dims[axis], 0),
  );
  const size = sizeOf(checkDims(dims));
  budget.take(size);
  const behind = sizeOf(dims.slice(axis + 1));
  const list = inputs.some(({ values }) => values instanceof Float64Array) ? Float64Array : Float32Array;
  const values = new list(size);
  const factors = inputs.some((each) => each.batch) ? new Float64Array(size) : undefined;
  let from = 0;
  for (const each of inputs) {
    const run = each.dims[axis] * behind;
    const whole = dims[axis] * behind;
    for (let index = 0; index < each.size; index++) {
      const place = Math.floor(index / run) * whole + from + (index % run);
      values[place] = each.values[index];
      if (factors && each.batch) factors[place] = each.batch[index];
    }
    from += run;
  }
  return [new Constant(dims, { values, batch: factors, isInteger: first.isInteger })];
}

/** Returns the sides that a constant of whole numbers says. The number of examples counts as 1: the constant is the same for each. */
function sidesIn(shape: Constant): number[] {
  if (shape.size > 16) refuse(`a shape of ${shape.size} sides`, "at most 16");
  const sides = Array.from(shape.values, (side, index) => (shape.batch?.[index] === 1 && side === 0 ? 1 : side));
  if (shape.batch?.some((factor) => factor !== 0 && factor !== 1)) {
    refuse("a shape that depends on the number of examples", "one that has it as a side of its own");
  }
  return [...checkDims(sides)];
}

/** Returns a Reshape's sides: 0 copies that of the data, −1 is what is left. */
function reshape(node: Operator, [data, shape]: readonly Constant[]): Constant[] {
  const given = shape ? Array.from(shape.values) : (node.ints("shape") ?? []);
  const sides = given.map((side, axis) => (side === 0 && !node.int("allowzero", 0) ? (data.dims[axis] ?? 0) : side));
  const known = sides.reduce((product, side) => (side === -1 ? product : product * side), 1);
  const dims = sides.map((side) => (side === -1 ? data.size / known : side));
  if (shape?.batch || sizeOf(checkDims(dims)) !== data.size) {
    refuse(`a shape [${given.join(", ")}] for ${data.size} numbers`, "one of as many");
  }
  return [data.reshaped(dims)];
}

function squeeze(node: Operator, inputs: readonly Constant[]): Constant[] {
  const { dims } = inputs[0];
  const axes = axesOf(node, inputs, 13)?.map((axis) => axisAt(axis, dims.length));
  const isDropped = (side: number, axis: number) => (axes ? axes.includes(axis) : side === 1);
  if (dims.some((side, axis) => isDropped(side, axis) && side !== 1)) refuse("a side of several places", "one of 1");
  return [inputs[0].reshaped(dims.filter((side, axis) => !isDropped(side, axis)))];
}

/** Returns the sides of an Unsqueeze: `one` where it adds one, else the given ones. */
export function unsqueezed<Side>(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  sides: readonly Side[],
  one: Side,
): Side[] {
  const given = axesOf(node, inputs, 13) ?? [];
  const rank = sides.length + given.length;
  const added = given.map((axis) => axisAt(axis, rank));
  const rest = [...sides];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? one : (rest.shift() ?? one)));
}

/** Returns the order of the axes after a Transpose. */
export function orderOf(node: Operator, rank: number): readonly number[] {
  const order = node.ints("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const isOrder = order.length === rank && order.toSorted((a, b) => a - b).every((axis, index) => axis === index);
  return isOrder ? order : refuse(`perm [${order.join(", ")}]`, `each of ${rank} axes once`);
}

/** Returns a row of numbers as a constant whose side along an axis has them; a single one is for all places. */
export const alongAxis = (row: Constant, axis: number, rank: number): Constant =>
  row.reshaped(row.size === 1 ? [] : Array.from({ length: rank }, (_, at) => (at === axis ? row.size : 1)));

/** The factors of 8-bit weights. */
function dequantize(node: Operator, [data, scale, zero]: readonly Constant[], { budget }: Reader): Constant[] {
  budget.take(3 * data.size);
  const rank = data.dims.length;
  const axis = scale.size === 1 ? 0 : axisAt(node.int("axis", 1), rank);
  const real = (each: Constant) => new Constant(each.dims, { values: each.values });
  const shifted = zero
    ? combine("Sub", (a, b) => a - b, real(data), real(alongAxis(zero, axis, rank)), budget)
    : real(data);
  return [combine("Mul", (a, b) => a * b, shifted, real(alongAxis(scale, axis, rank)), budget)];
}

const same: Fold = (_, [a]) => [a];

const folds: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Min: binary((a, b) => Math.min(a, b)),
  Max: binary((a, b) => Math.max(a, b)),
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Equal: truth((a, b) => a === b),
  Less: truth((a, b) => a < b),
  Greater: truth((a, b) => a > b),
  LessOrEqual: truth((a, b) => a <= b),
  GreaterOrEqual: truth((a, b) => a >= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Not: unary((a) => Number(a === 0)),
  Neg: unary((a) => -a),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((a) => 1 / a),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  ReduceSum: reduction((a, b) => a + b),
  ReduceProd: reduction((a, b) => a * b),
  ReduceMax: reduction(Math.max),
  ReduceMin: reduction(Math.min),
  ReduceMean: reduction(
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  ReduceL2: (node, inputs, reader) => {
    const [squares] = folds.Mul(node, [inputs[0], inputs[0]], reader);
    const [sums] = folds.ReduceMean(node, [squares, ...inputs.slice(1)], reader);
    const count = squares.size / sums.size;
    return unary((mean) => Math.sqrt(mean * count))(node, [sums], reader);
  },
  Gather: gather,
  Slice: slice,
  Concat: concat,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: (node, inputs) => [inputs[0].reshaped(unsqueezed(node, inputs, inputs[0].dims, 1))],
  DequantizeLinear: dequantize,
  Identity: same,
  Dropout: same,
  Flatten(node, [data]) {
    const axis = node.int("axis", 1);
    const before = sizeOf(data.dims.slice(0, axis < 0 ? axis + data.dims.length : axis));
    return [data.reshaped([before, before === 0 ? 0 : data.size / before])];
  },
  Transpose(node, [data], { budget }) {
    const order = orderOf(node, data.dims.length);
    budget.take(data.size);
    return [data.transposed(order)];
  },
  Cast(node, [data], { budget }) {
    const { isInteger } = elementTypeOf(node.int("to", 1));
    if (isInteger === data.isInteger || data.fill !== undefined) {
      const { dims, fill } = data;
      return [fill === undefined ? data : new Constant(dims, { fill: isInteger ? Math.trunc(fill) : fill, isInteger })];
    }
    budget.take(data.size);
    const values = isInteger ? data.values.map(Math.trunc) : data.values;
    return [new Constant(data.dims, { values, batch: data.batch, isInteger })];
  },
  ConstantOfShape(node, [shape], { budget, externalFile }) {
    const dims = sidesIn(shape);
    const tensor = node.tensor("value");
    const value = tensor && readTensor(tensor, externalFile);
    budget.take(sizeOf(dims));
    return [new Constant(dims, { fill: value?.values[0] ?? 0, isInteger: value?.isInteger ?? false })];
  },
  Expand(_, [data, shape], { budget }) {
    const dims = commonDims(data.dims, sidesIn(shape));
    budget.take(sizeOf(dims));
    return [data.broadcast(dims)];
  },
  Range(_, [start, limit, delta], { budget }) {
    const [from, to, step] = [start, limit, delta].map(({ values }) => values[0] ?? 0);
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (start.batch || limit.batch || delta.batch || !Number.isFinite(count)) {
      refuse("a range without a fixed end", "numbers that do not depend on the batch");
    }
    budget.take(count);
    const values = Float64Array.from({ length: count }, (_, index) => from + index * step);
    return [new Constant([count], { values, isInteger: start.isInteger })];
  },
  Where(_, [condition, yes, no], { budget }) {
    const dims = commonDims(commonDims(condition.dims, yes.dims), no.dims);
    const size = sizeOf(dims);
    budget.take(4 * size);
    const [asked, one, other] = [condition, yes, no].map((each) => each.broadcast(dims));
    if (asked.batch) refuse("a condition that depends on the number of examples", "one that does not");
    const pick = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Float64Array.from({ length: size }, (_, index) => (asked.values[index] === 0 ? b : a)[index]);
    const none = new Float64Array(size);
    const factors = one.batch || other.batch ? pick(one.batch ?? none, other.batch ?? none) : undefined;
    return [new Constant(dims, { values: pick(one.values, other.values), batch: factors, isInteger: yes.isInteger })];
  },
  Pow(node, inputs, reader) {
    const exponent = inputs[1].uniform;
    if (exponent === 2) return folds.Mul(node, [inputs[0], inputs[0]], reader);
    if (exponent === 0.5) return folds.Sqrt(node, [inputs[0]], reader);
    return refuse(`the exponent ${exponent ?? "of several numbers"}`, "2 or 0.5");
  },
};

/** Returns the numbers of a Constant node. @param externalFile returns the bytes of another file */
export function constantIn(node: Operator, externalFile?: ExternalFile): Constant {
  const tensor = node.tensor("value");
  if (tensor) return new Constant(tensor.dims ?? [], readTensor(tensor, externalFile));
  if (node.has("value_float")) return new Constant([], { fill: node.float("value_float", 0) });
  if (node.has("value_int")) return new Constant([], { fill: node.int("value_int", 0), isInteger: true });
  const ints = node.ints("value_ints");
  if (ints) return listOf(ints);
  const floats = node.floats("value_floats");
  if (floats) return new Constant([floats.length], { values: Float32Array.from(floats) });
  return refuse("a constant without numbers", "a tensor, or numbers");
}

/** Returns the sides of a value, each a constant that may depend on the batch. */
function shapeOf(node: Operator, item: Item): Constant {
  const isConstant = item instanceof Constant;
  const rank = isConstant ? item.dims.length : item.axes.length;
  const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + rank : place, 0), rank);
  const [start, end] = [clamp(node.int("start", 0)), clamp(node.int("end", rank))];
  if (isConstant) return listOf(item.dims.slice(start, end));
  const axes = item.axes.slice(start, end);
  const lengths = axes.map((axis) => lengthOf(item, axis));
  const hasBatch = axes.map((axis) => axis.includes(batch));
  return listOf(
    lengths.map((length, index) => (hasBatch[index] ? 0 : length)),
    lengths.map((length, index) => (hasBatch[index] ? length : 0)),
  );
}

/** The inputs that an operator needs, if it is not one. */
const neededInputs: Readonly<Record<string, number>> = {
  ...{ Gather: 2, Expand: 2, Pow: 2, DequantizeLinear: 2, Range: 3, Where: 3, Add: 2, Sub: 2, Mul: 2, Div: 2, Mod: 2 },
  ...{ Equal: 2, Less: 2, Greater: 2, LessOrEqual: 2, GreaterOrEqual: 2, And: 2, Or: 2 },
};

/** Returns the outputs of a node that are known; undefined if it depends on the network's inputs. */
export function fold(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  reader: Reader,
): readonly Constant[] | undefined {
  const { name } = node;
  if (name === "Constant") return [constantIn(node, reader.externalFile)];
  if (name === "Shape" && inputs[0]) return [shapeOf(node, inputs[0])];
  if (inputs.some(isData) || !inputs[0] || !Object.hasOwn(folds, name)) return undefined;
  const needed = neededInputs[name] ?? 1;
  const missing = Array.from({ length: needed }, (_, index) => index).find((index) => !inputs[index]);
  if (missing !== undefined) refuse(`no input ${missing}`, `${needed} inputs`);
  return folds[name](node, inputs as readonly Constant[], reader);
}
