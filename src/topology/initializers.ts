/** The first values of weights and biases: the functions below return plain data, and `initialize` fills a block from it. */

import { checkArguments, checkFinite, finiteFor, plural, shown, unknownName } from "../errors.ts";
import { type Dtype, valuesOf } from "../kernels/dtype.ts";
import type { Arena } from "../memory/arena.ts";
import { pcg32Words, type RandomGenerator } from "../random.ts";
import { checkRange } from "./range.ts";

/** An initializer as plain data. `U(a, b)` below is uniform on [a, b), `N(m, d)` is normal with mean m and deviation d. */
export type Initializer =
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal" | "truncatedNormal"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "glorotUniform" | "glorotNormal" | "heUniform" | "heNormal" | "lecunUniform" | "lecunNormal" }
  | { readonly kind: "orthogonal"; readonly gain: number }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "fromValues"; readonly values: ArrayLike<number> };

/** Draws low + (high − low)·u, where u is the generator's next double in [0, 1). */
export function uniform(low: number, high: number): Initializer {
  checkArguments("uniform", arguments.length, 2);
  return { kind: "uniform", low: checkFinite("uniform: low", low), high: checkFinite("uniform: high", high) };
}

/** Draws from N(mean, deviation). */
export function normal(mean: number, deviation: number): Initializer {
  checkArguments("normal", arguments.length, 2);
  return { kind: "normal", ...checkNormal("normal", mean, deviation) };
}

function checkNormal(who: string, mean: number, deviation: number): { mean: number; deviation: number } {
  checkFinite(`${who}: mean`, mean);
  checkFinite(`${who}: deviation`, deviation);
  if (deviation < 0) throw new RangeError(`${who}: got deviation ${shown(deviation)}, need a number from 0`);
  return { mean, deviation };
}

/** Draws from N(mean, deviation), again and again until a number is within two deviations of the mean. */
export function truncatedNormal(mean: number, deviation: number): Initializer {
  checkArguments("truncatedNormal", arguments.length, 2);
  return { kind: "truncatedNormal", ...checkNormal("truncatedNormal", mean, deviation) };
}

/** Draws from U(−a, a), a = √(6 / (fanIn + fanOut)). Source: Glorot & Bengio 2010. */
export function glorotUniform(): Initializer {
  checkArguments("glorotUniform", arguments.length, 0);
  return { kind: "glorotUniform" };
}

/** Draws from N(0, √(2 / (fanIn + fanOut))). Source: Glorot & Bengio 2010; not truncated, as in PyTorch. */
export function glorotNormal(): Initializer {
  checkArguments("glorotNormal", arguments.length, 0);
  return { kind: "glorotNormal" };
}

/** Draws from U(−a, a), a = √(6 / fanIn). Source: He et al. 2015. */
export function heUniform(): Initializer {
  checkArguments("heUniform", arguments.length, 0);
  return { kind: "heUniform" };
}

/** Draws from N(0, √(2 / fanIn)). Source: He et al. 2015. */
export function heNormal(): Initializer {
  checkArguments("heNormal", arguments.length, 0);
  return { kind: "heNormal" };
}

/** Draws from U(−a, a), a = √(3 / fanIn). Source: LeCun et al. 1998. */
export function lecunUniform(): Initializer {
  checkArguments("lecunUniform", arguments.length, 0);
  return { kind: "lecunUniform" };
}

/** Draws from N(0, √(1 / fanIn)). Source: LeCun et al. 1998. */
export function lecunNormal(): Initializer {
  checkArguments("lecunNormal", arguments.length, 0);
  return { kind: "lecunNormal" };
}

/** Makes gain times a matrix whose columns (or rows, whichever are fewer) are orthonormal. Source: Saxe et al. 2013. */
export function orthogonal(gain = 1): Initializer {
  checkArguments("orthogonal", arguments.length, 1);
  return { kind: "orthogonal", gain: checkFinite("orthogonal: gain", gain) };
}

/** Sets every value to 0. */
export function zeros(): Initializer {
  checkArguments("zeros", arguments.length, 0);
  return { kind: "constant", value: 0 };
}

/** Sets every value to 1. */
export function ones(): Initializer {
  checkArguments("ones", arguments.length, 0);
  return { kind: "constant", value: 1 };
}

export function constant(value: number): Initializer {
  return { kind: "constant", value: checkFinite("constant: value", value) };
}

/** Uses a copy of the given values, row-major: for weights [fanIn, fanOut], for biases [fanOut]. */
export function fromValues(values: ArrayLike<number>): Initializer {
  checkArguments("fromValues", arguments.length, 1);
  if (typeof values?.length !== "number")
    throw new TypeError(`fromValues: got ${shown(values)}, need an array of numbers`);
  return { kind: "fromValues", values: Array.from(values) };
}

/** The block to fill: `count` elements at `address`, which belong to a layer with these fans. */
export interface Target {
  readonly name: string;
  readonly address: number;
  readonly shape: readonly number[];
  readonly count: number;
  readonly fanIn: number;
  readonly fanOut: number;
  /** The number of matrices that are side by side in the block, as in a parameter's description. Default 1. */
  readonly parts?: number | undefined;
  /** An initializer for each of these matrices, instead of a single one. */
  readonly partInitializers?: readonly Initializer[] | undefined;
}

/** Refuses what is not an initializer, or does not fit a parameter of `count` elements of `dtype`. */
export function checkInitializer(who: string, initializer: Initializer, count: number, dtype: Dtype): void {
  const kind = (initializer as Initializer | undefined)?.kind;
  if (kind === undefined || !kinds.includes(kind)) {
    const name = typeof initializer === "function" ? (initializer as { name: string }).name : (kind ?? initializer);
    const calls = [...kinds, "zeros", "ones"].map((known) => `${known}()`);
    throw unknownName(who, name, calls);
  }
  if (initializer.kind !== "fromValues") {
    const { kind: _, ...options } = initializer;
    checkRange(`${who}: ${kind}`, options, dtype);
    return;
  }
  const { values } = initializer;
  if (typeof values?.length !== "number" || values.length !== count) {
    const got = typeof values?.length === "number" ? plural(values.length, "value") : `${shown(values)} as values`;
    throw new RangeError(`${who}: got ${got}, need ${count}, flat and row-major`);
  }
  const stored = valuesOf(dtype, count);
  for (let index = 0; index < count; index++) {
    const value: unknown = values[index];
    if (typeof value === "number") stored[index] = value;
    if (typeof value === "number" && Number.isFinite(stored[index])) continue;
    throw new RangeError(`${who}: got ${shown(value)} at ${index}, need ${finiteFor(value)}`);
  }
}

const kinds: readonly string[] = [
  "uniform",
  "normal",
  "truncatedNormal",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "orthogonal",
  "constant",
  "fromValues",
];

/** Fills a parameter. It draws row by row, and only as much as it needs: constants do not advance the generator. */
export function initialize(initializer: Initializer, target: Target, arena: Arena, generator: RandomGenerator): void {
  if (target.partInitializers) fillParts(initializer, target, target.partInitializers.length, arena, generator);
  else if (initializer.kind === "constant") arena.view(target.address, target.count).fill(initializer.value);
  else if (initializer.kind === "fromValues") arena.view(target.address, target.count).set(initializer.values);
  else if (target.parts !== undefined) fillParts(initializer, target, target.parts, arena, generator);
  else if (initializer.kind === "orthogonal") fillOrthogonal(target, arena, generator, initializer.gain);
  else fill(target, arena, generator, distributionOf(initializer, target));
}

/** Fills matrices, or vectors, that are side by side, one after the other. */
function fillParts(
  initializer: Initializer,
  { shape, count, parts: _, partInitializers, ...target }: Target,
  parts: number,
  arena: Arena,
  generator: RandomGenerator,
): void {
  const columns = shape[shape.length - 1];
  const rows = count / columns;
  const width = columns / parts;
  const mark = arena.mark;
  const address = arena.allocate(count / parts);
  for (let part = 0; part < parts; part++) {
    const one = { ...target, address, shape: [...shape.slice(0, -1), width], count: rows * width };
    initialize(partInitializers?.[part] ?? initializer, one, arena, generator);
    const filled = arena.view(address, rows * width);
    const values = arena.view(target.address, count);
    for (let row = 0; row < rows; row++) {
      values.set(filled.subarray(row * width, (row + 1) * width), row * columns + part * width);
    }
  }
  arena.release(mark);
}

/** A distribution: each element is offset + scale · draw. */
interface Distribution {
  readonly draw: (generator: RandomGenerator) => number;
  readonly offset: number;
  readonly scale: number;
}

type Drawn = Exclude<Initializer, { kind: "constant" | "fromValues" | "orthogonal" }>;

function distributionOf(initializer: Drawn, { fanIn, fanOut }: Target): Distribution {
  switch (initializer.kind) {
    case "uniform":
      return { draw: drawUniform, offset: initializer.low, scale: initializer.high - initializer.low };
    case "normal":
      return { draw: drawNormal, offset: initializer.mean, scale: initializer.deviation };
    case "truncatedNormal":
      return { draw: drawTruncated, offset: initializer.mean, scale: initializer.deviation };
    case "glorotUniform":
      return symmetric(Math.sqrt(6 / (fanIn + fanOut)));
    case "glorotNormal":
      return centered(Math.sqrt(2 / (fanIn + fanOut)));
    case "heUniform":
      return symmetric(Math.sqrt(6 / fanIn));
    case "heNormal":
      return centered(Math.sqrt(2 / fanIn));
    case "lecunUniform":
      return symmetric(Math.sqrt(3 / fanIn));
    case "lecunNormal":
      return centered(Math.sqrt(1 / fanIn));
  }
}

const symmetric = (limit: number): Distribution => ({ draw: drawUniform, offset: -limit, scale: 2 * limit });
const centered = (deviation: number): Distribution => ({ draw: drawNormal, offset: 0, scale: deviation });

function drawUniform(generator: RandomGenerator): number {
  return generator.next();
}

function drawNormal(generator: RandomGenerator): number {
  return generator.normal();
}

function drawTruncated(generator: RandomGenerator): number {
  let value = generator.normal();
  while (Math.abs(value) > 2) value = generator.normal();
  return value;
}

function fill(target: Target, arena: Arena, generator: RandomGenerator, { draw, offset, scale }: Distribution): void {
  const words = draw === drawUniform ? pcg32Words(generator) : undefined;
  if (words) {
    fillUniform(target, arena, words, offset, scale);
    return;
  }
  const values = arena.view(target.address, target.count);
  for (let index = 0; index < target.count; index++) values[index] = offset + scale * draw(generator);
}

/** Draws in a kernel. In a new process, JavaScript is slower, because it is not compiled yet. */
function fillUniform(target: Target, arena: Arena, words: Uint32Array, low: number, range: number): void {
  const mark = arena.mark;
  const address = arena.allocateDoubles(1);
  const copy = arena.integers(address, 2);
  copy.set(words);
  arena.kernels.pcg32Uniform(address, target.address, target.count, low, range);
  words.set(copy);
  arena.release(mark);
}

/**
 * Fills the target with gain times Q of the QR decomposition of a normal matrix. A tall matrix has the target's shape; a wide target gets
 * the transpose.
 */
function fillOrthogonal(target: Target, arena: Arena, generator: RandomGenerator, gain: number): void {
  const columns = target.shape[target.shape.length - 1];
  const rows = target.count / columns;
  const mark = arena.mark;
  const address = arena.allocateDoubles(target.count);
  const matrix = arena.doubles(address, target.count);
  const [tall, wide] = rows >= columns ? [rows, columns] : [columns, rows];
  // Element (row, column) of the target is (column, row) of a wide target's transpose.
  const place = (index: number) => (rows >= columns ? index : (index % columns) * wide + Math.floor(index / columns));
  for (let index = 0; index < target.count; index++) matrix[place(index)] = generator.normal();
  arena.kernels.orthonormalize(address, tall, wide);
  const values = arena.view(target.address, target.count);
  // Adding 0 turns −0 into 0.
  for (let index = 0; index < target.count; index++) values[index] = 0 + gain * matrix[place(index)];
  arena.release(mark);
}
