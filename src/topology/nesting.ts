/**
 * Examples nested by their shape: one of [4, 3] is an array of 4 arrays of 3 numbers; the innermost may be typed arrays. The depth of the
 * nesting tells flat rows, one such example and a batch of them apart.
 */

import { plural, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type Shape, sizeOf } from "./layers/layer.ts";
import { shownShape } from "./layers/shape.ts";
import { changedWhileRead } from "./reader.ts";
import { checkFinite, checkTokens, copyRows, countRows, isFlat, type RowCopy, type Rows } from "./rows.ts";
import type { Lengths } from "./sequences.ts";

/** Numbers nested in arrays. */
export type Nested = number[] | Nested[];

/** Examples whose number and form are known. */
export interface CountedRows {
  /** A list of examples, each a flat row or nested in the shape `nesting`; or whole rows in a typed array. */
  readonly data: Rows;
  readonly rows: number;
  /** The shape by which each example is nested; undefined for flat rows. */
  readonly nesting: Shape | undefined;
  /** True for one example without a batch. */
  readonly isSingle: boolean;
  /** The number of steps of each example, if they differ (ragged.ts). */
  readonly lengths?: Lengths | undefined;
}

/**
 * Counts examples of a shape of k sides. At depth 1 they are one flat example. At depth 2 they are flat rows, if each row has all numbers
 * of an example. At depth k they are one nested example, at depth k + 1 a batch of those.
 *
 * @param who begins the message of an error
 * @throws {RangeError | TypeError} if there are no examples, or if one has another shape
 */
export function countNested(who: string, data: unknown, shape: Shape): CountedRows {
  const width = sizeOf(shape);
  if (Array.isArray(data) && typeof data[0] === "number") {
    return { data: [data], rows: countRows(who, [data], width), nesting: undefined, isSingle: true };
  }
  const depth = depthOf(data, shape.length + 2);
  const isRows = shape.length === 1 || depth < 2 || (depth === 2 && (data as ArrayLike<number>[])[0].length === width);
  if (isRows) {
    return { data: data as Rows, rows: countRows(who, data as Rows, width), nesting: undefined, isSingle: false };
  }
  const isSingle = depth === shape.length;
  if (!isSingle && depth !== shape.length + 1) {
    const got =
      depth === 2
        ? `rows of ${plural((data as ArrayLike<number>[])[0].length, "number")}`
        : `arrays nested ${depth} deep`;
    throw new RangeError(`${who}: got ${got}, need ${needOf(shape)}`);
  }
  const examples = (isSingle ? [data] : data) as Rows & readonly unknown[];
  if (isSingle && depth === 2) checkSingle(who, data as ArrayLike<number>[], shape);
  const rows = examples.length;
  for (let row = 0; row < rows; row++) checkNesting(who, examples[row], shape, [row]);
  return { data: examples, rows, nesting: shape, isSingle };
}

/**
 * Counts examples of a shape for training or evaluation: as `countNested`, but it refuses one example without a batch.
 *
 * @throws {RangeError | TypeError} as countNested does, and for a single example
 */
export function countBatch(who: string, data: unknown, shape: Shape): CountedRows {
  // In a list of numbers, the first number is refused as a row.
  if (Array.isArray(data) && typeof data[0] === "number") countRows(who, data as unknown as Rows, sizeOf(shape));
  const counted = countNested(who, data, shape);
  if (!counted.isSingle) return counted;
  throw new RangeError(`${who}: got one example nested as ${shownShape(shape)}, need a batch: an array of examples`);
}

/** Returns the accepted forms of examples of a shape, for messages. */
const needOf = (shape: Shape) =>
  `rows of ${plural(sizeOf(shape), "number")}, or examples nested as ${shownShape(shape)}`;

/**
 * Returns the depth of the first number in the arrays. A typed array is one level. The result is at most `most`, because an array may
 * contain itself.
 */
export function depthOf(data: unknown, most: number): number {
  let depth = 0;
  let value = data;
  for (; Array.isArray(value) && depth < most; depth++) value = value[0];
  return isFlat(value) ? depth + 1 : depth;
}

/** Refuses data of two levels that are neither rows nor one example. The message explains both forms. */
function checkSingle(who: string, data: readonly ArrayLike<number>[], shape: Shape): void {
  if (data.length === shape[0] && data[0].length === shape[1]) return;
  throw new RangeError(
    `${who}: got ${plural(data.length, "row")}, the first of ${plural(data[0].length, "number")}, need ${needOf(shape)}`,
  );
}

const placeOf = ([row, ...place]: readonly number[]) =>
  place.length === 0 ? `row ${row}` : `row ${row}, place [${place.join(", ")}]`;

/** Refuses a value that is not nested by `shape`. @param path the row and the places that lead to `value` */
export function checkNesting(who: string, value: unknown, shape: Shape, path: number[]): void {
  const need = shape[path.length - 1];
  const isInnermost = path.length === shape.length;
  const needed = () => `${plural(need, isInnermost ? "number" : "array")}, as the shape ${shownShape(shape)} has`;
  if (!Array.isArray(value) && !(isInnermost && isFlat(value))) {
    throw new TypeError(`${who}: got ${shown(value)} at ${placeOf(path)}, need ${needed()}`);
  }
  if (value.length !== need) throw new RangeError(`${who}: got ${value.length} at ${placeOf(path)}, need ${needed()}`);
  if (isInnermost) return;
  for (let place = 0; place < need; place++) {
    path.push(place);
    checkNesting(who, value[place], shape, path);
    path.pop();
  }
}

/**
 * Copies counted examples to the start of `destination`.
 *
 * @throws {RangeError | TypeError} if a value is not a number; the message names row and place, and `destination` is partly written
 */
export function copyCounted(
  who: string,
  { data, nesting }: Pick<CountedRows, "data" | "nesting">,
  destination: Values,
  copy: RowCopy,
): void {
  if (!nesting) {
    copyRows(who, data, destination, copy);
    return;
  }
  const { from = 0, count, width, validate, tokens, allowsMissing } = copy;
  for (let row = 0; row < count; row++) {
    copyNested(who, data[from + row], destination, nesting, [from + row], row * width, allowsMissing);
  }
  const rows = { from, count, width, shape: nesting, data, allowsMissing };
  if (tokens) checkTokens(who, destination, tokens, rows);
  if (validate) checkFinite(who, destination, rows);
}

/** Copies one nested value, with NaN for null if `allowsMissing`. Returns the index after it. */
export function copyNested(
  who: string,
  value: unknown,
  destination: Values,
  shape: Shape,
  path: number[],
  index: number,
  allowsMissing = false,
): number {
  const parts = value as readonly unknown[];
  const isInnermost = path.length === shape.length;
  const count = shape[path.length - 1];
  if (Object(parts).length !== count) throw changedWhileRead(who, placeOf(path));
  let next = index;
  for (let place = 0; place < count; place++) {
    const part = parts[place];
    if (isInnermost && typeof part !== "number" && !(allowsMissing && part === null)) {
      throw new TypeError(`${who}: got ${shown(part)} at ${placeOf([...path, place])}, need a number`);
    }
    if (isInnermost) destination[next++] = part === null ? Number.NaN : (part as number);
    else {
      path.push(place);
      next = copyNested(who, part, destination, shape, path, next, allowsMissing);
      path.pop();
    }
  }
  return next;
}

/**
 * Returns numbers nested by `shape`.
 *
 * @param from the index of the first number in `values`
 */
export function nestedOf(values: Values, shape: Shape, from = 0): Nested {
  const [count, ...rest] = shape;
  if (rest.length === 0) return [...values.subarray(from, from + count)];
  const size = sizeOf(rest);
  return Array.from({ length: count }, (_, place) => nestedOf(values, rest, from + place * size));
}
