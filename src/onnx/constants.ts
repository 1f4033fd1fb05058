/**
 * Constants of a graph: weights, and the numbers that exporters compute shapes from. The number of examples of a batch is not known, so each
 * number may have a part that is multiplied by it: Shape of [batch, 3] is [1 · batch + 0, 0 · batch + 3].
 */

import { plural } from "../errors.ts";
import { refuse } from "./refusals.ts";
import { checkDims, type Numbers } from "./tensors.ts";

/** Counts the numbers that a graph makes of its constants beside those in the file. */
export class Budget {
  #left: number;
  readonly #most: number;

  constructor(most: number) {
    this.#left = most;
    this.#most = most;
  }

  /** @throws {RangeError} if there are too many */
  take(count: number): void {
    this.#left -= count;
    if (this.#left >= 0) return;
    const need = `at most ${this.#most} in all, or a larger limit in the options`;
    refuse(`constants of ${plural(count, "number")}`, `${need}`);
  }
}

/** Returns the number of numbers of a shape. */
export const sizeOf = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);

/** Returns the distance of neighbours along each side. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let side = dims.length - 1; side >= 0; side--) {
    strides[side] = stride;
    stride *= dims[side];
  }
  return strides;
}

interface Content {
  readonly values?: Numbers;
  /** The value of all numbers, instead of `values`. */
  readonly fill?: number;
  readonly batch?: Float64Array | undefined;
  readonly isInteger?: boolean;
}

export class Constant {
  readonly dims: readonly number[];
  readonly size: number;
  readonly isInteger: boolean;
  /** The value of all numbers, if they are not stored one by one. */
  readonly fill: number | undefined;
  /** The factors of the number of examples; undefined if all are 0. */
  readonly batch: Float64Array | undefined;
  #values: Numbers | undefined;

  constructor(dims: readonly number[], { values, fill, batch, isInteger = false }: Content) {
    this.dims = dims;
    this.size = sizeOf(dims);
    this.#values = values;
    this.fill = fill;
    this.batch = batch?.some((factor) => factor !== 0) ? batch : undefined;
    this.isInteger = isInteger;
  }

  /** The numbers, row-major. */
  get values(): Numbers {
    this.#values ??= new Float32Array(this.size).fill(this.fill!);
    return this.#values;
  }

  /** The only value of all numbers; undefined if they differ or depend on the batch. */
  get uniform(): number | undefined {
    if (this.fill !== undefined) return this.fill;
    const { values } = this;
    const [first] = values;
    return !this.batch && values.every((value) => value === first) ? first : undefined;
  }

  /** Returns a constant of real numbers that `operation` makes of these. */
  mapped(operation: (value: number) => number, budget: Budget): Constant {
    const { dims, fill } = this;
    if (fill !== undefined) return new Constant(dims, { fill: operation(fill) });
    budget.take(this.size);
    return new Constant(dims, { values: this.values.map(operation) });
  }

  /** Returns the same numbers in another shape. @throws {RangeError} if it has other numbers */
  reshaped(dims: readonly number[]): Constant {
    if (sizeOf(dims) !== this.size) refuse(`${plural(this.size, "number")} for [${dims.join(", ")}]`, "as many");
    const { fill, isInteger, batch } = this;
    return new Constant(dims, fill === undefined ? { values: this.values, batch, isInteger } : { fill, isInteger });
  }

  /**
   * Returns a constant whose numbers are some of this one.
   *
   * @param place returns the place of the number here for each place there
   */
  moved(dims: readonly number[], place: (index: number) => number): Constant {
    const { fill, isInteger } = this;
    if (fill !== undefined) return new Constant(dims, { fill, isInteger });
    const pick = <List extends Numbers>(list: List): List => {
      const made = new (list.constructor as new (count: number) => List)(sizeOf(dims));
      for (let index = 0; index < made.length; index++) made[index] = list[place(index)];
      return made;
    };
    return new Constant(dims, { values: pick(this.values), batch: this.batch && pick(this.batch), isInteger });
  }

  /** Returns the constant with its sides in another order; side i is `order[i]` of this one. */
  transposed(order: readonly number[]): Constant {
    if (order.every((side, index) => side === index)) return this;
    const strides = stridesOf(this.dims);
    return this.strided(
      order.map((side) => this.dims[side]),
      order.map((side) => strides[side]),
    );
  }

  /** Returns the numbers at the places Σ index · stride + first. */
  strided(dims: readonly number[], strides: readonly number[], first = 0): Constant {
    const counts = stridesOf(dims);
    return this.moved(dims, (index) => {
      let [rest, place] = [index, first];
      for (let side = 0; side < dims.length; side++) {
        const at = Math.floor(rest / counts[side]);
        rest -= at * counts[side];
        place += at * strides[side];
      }
      return place;
    });
  }

  /** Returns the constant repeated to a shape that it can be broadcast to. */
  broadcast(dims: readonly number[]): Constant {
    const own = [...new Array<number>(Math.max(dims.length - this.dims.length, 0)).fill(1), ...this.dims];
    if (own.join() === dims.join()) return this.reshaped(dims);
    const strides = stridesOf(own).map((stride, side) => (own[side] === 1 ? 0 : stride));
    return this.strided(dims, strides);
  }
}

/** Returns a constant of whole numbers with one side. */
export const listOf = (values: readonly number[], batch?: readonly number[]): Constant =>
  new Constant([values.length], {
    values: Float64Array.from(values),
    batch: batch && Float64Array.from(batch),
    isInteger: true,
  });

/** Returns the shape that two shapes are broadcast to. @throws {RangeError} if there is none */
export function commonDims(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  const side = (dims: readonly number[], index: number) => dims[index - (rank - dims.length)] ?? 1;
  const dims = Array.from({ length: rank }, (_, index) => {
    const [one, other] = [side(a, index), side(b, index)];
    if (one !== other && one !== 1 && other !== 1) {
      refuse(`shapes [${a.join(", ")}] and [${b.join(", ")}]`, "one that both fit");
    }
    return one === 1 ? other : one;
  });
  return checkDims(dims);
}

/** Combines two constants number by number. @throws {RangeError} if the result is not linear in the number of examples */
export function combine(
  name: string,
  operation: (a: number, b: number) => number,
  a: Constant,
  b: Constant,
  budget: Budget,
): Constant {
  const dims = commonDims(a.dims, b.dims);
  const isInteger = a.isInteger && b.isInteger;
  if (a.fill !== undefined && b.fill !== undefined) {
    return new Constant(dims, { fill: rounded(operation(a.fill, b.fill), isInteger), isInteger });
  }
  budget.take(2 * sizeOf(dims));
  const [left, right] = [a.broadcast(dims), b.broadcast(dims)];
  const values =
    left.values instanceof Float64Array || right.values instanceof Float64Array ? Float64Array : Float32Array;
  const made = new values(left.size);
  for (let index = 0; index < made.length; index++) {
    made[index] = rounded(operation(left.values[index], right.values[index]), isInteger);
  }
  return new Constant(dims, { values: made, batch: combinedBatch(name, left, right), isInteger });
}

/** Integer division drops the remainder. */
const rounded = (value: number, isInteger: boolean) => (isInteger ? Math.trunc(value) : value);

/** Returns the factors of the number of examples after an operation. */
function combinedBatch(name: string, a: Constant, b: Constant): Float64Array | undefined {
  if (!a.batch && !b.batch) return undefined;
  const fail = () => {
    const got = `a shape that depends on the number of examples`;
    refuse(`${got}`, "sums of it or products with constants");
  };
  const none = new Float64Array(a.size);
  const { batch: left = none } = a;
  const { batch: right = none } = b;
  return left.map((factor, index) => {
    const other = right[index];
    if (factor === 0 && other === 0) return 0;
    if (name === "Add") return factor + other;
    if (name === "Sub") return factor - other;
    if (name === "Mul" && other === 0) return factor * b.values[index];
    if (name === "Mul" && factor === 0) return other * a.values[index];
    // Only an exact quotient is linear: (6 · batch) / 2.
    const quotient = factor / b.values[index];
    const isExact = Number.isInteger(quotient) && Number.isInteger(a.values[index] / b.values[index]);
    return name === "Div" && other === 0 && isExact ? quotient : fail();
  });
}
