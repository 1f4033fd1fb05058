/** Adds noise to rows, such as images that a network learns to clean. */

import { checkArguments, checkOptions, shown } from "../errors.ts";
import { generatorOf, type RandomGenerator } from "../random.ts";
import { type FlatImages, type ImagesLike, isFlat } from "./imageRows.ts";

/** Numbers in rows: a typed array, or arrays nested to any depth. */
export type NumberRows = FlatImages | readonly (number | NumberRows)[];

export interface AddNoiseOptions {
  /** The standard deviation of the noise, 0 or more. */
  deviation: number;
  /** The least and the greatest number of the result; numbers beyond them are set to them. By default, nothing is clipped. */
  clip?: readonly [low: number, high: number] | undefined;
  /** A number, or a generator, which continues from call to call. Default 0. */
  seed?: number | RandomGenerator | undefined;
}

const who = "addNoise";

/**
 * Adds a normally distributed number with mean 0 to each number. The same seed gives the same bits everywhere. For new noise in each epoch,
 * give a new seed each time, such as the epoch's number, or one generator for all calls.
 *
 * @param rows numbers in any form: a typed array, rows, or images nested by their shape
 * @returns new rows in the same form; a typed array of whole numbers becomes a Float32Array
 * @throws {TypeError} if there is something other than numbers, or if an option has the wrong type
 * @throws {RangeError} if a number is not finite (the message names its place, from 0), or if an option is unknown or out of range
 */
export function addNoise<Rows extends NumberRows>(rows: Rows, options: AddNoiseOptions): ImagesLike<Rows> {
  checkArguments("addNoise", arguments.length, 2);
  checkOptions(who, options, ["deviation", "clip", "seed"]);
  const { deviation, clip, seed = 0 } = Object(options) as AddNoiseOptions;
  if (!(Number.isFinite(deviation) && deviation >= 0)) {
    throw new RangeError(`${who} deviation: got ${shown(deviation)}, need a finite number of 0 or more`);
  }
  const [low, high] = clip === undefined ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : limitsOf(clip);
  const random = generatorOf(seed);
  checkNumbers(rows, []);
  const noisy = (value: number) => Math.min(Math.max(value + deviation * random.normal(), low), high);
  return mapNumbers(rows, noisy) as ImagesLike<Rows>;
}

function limitsOf(clip: unknown): readonly [number, number] {
  if (!Array.isArray(clip) || clip.length !== 2)
    throw new TypeError(`${who} clip: got ${shown(clip)}, need [low, high]`);
  const [low, high]: unknown[] = clip;
  if (typeof low === "number" && typeof high === "number" && low < high) return [low, high];
  throw new RangeError(`${who} clip: got [${shown(low)}, ${shown(high)}], need a number and a greater one`);
}

/** @param place the place of `rows` within all rows */
function checkNumbers(rows: unknown, place: readonly number[]): void {
  const where = place.length > 0 ? `, place [${place.join(", ")}]` : "";
  if (!Array.isArray(rows) && !isFlat(rows)) {
    throw new TypeError(`${who}${where}: got ${shown(rows)}, need numbers: a typed array, or arrays of numbers`);
  }
  if (rows.length === 0) throw new RangeError(`${who}${where}: got no numbers, need at least one`);
  // By index, because the methods of arrays skip holes.
  for (let index = 0; index < rows.length; index++) {
    const value: unknown = rows[index];
    if (Number.isFinite(value)) continue;
    const inner = [...place, index];
    if (typeof value === "object" && value !== null) checkNumbers(value, inner);
    else throw new RangeError(`${who}, place [${inner.join(", ")}]: got ${shown(value)}, need a finite number`);
  }
}

/** Applies `change` to each number, in order. The result has the form of `rows`. */
function mapNumbers(rows: NumberRows, change: (value: number) => number): NumberRows {
  if (!isFlat(rows))
    return rows.map((value) => (typeof value === "number" ? change(value) : mapNumbers(value, change)));
  return rows instanceof Float64Array ? rows.map(change) : Float32Array.from(rows, change);
}
