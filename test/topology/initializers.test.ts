import { describe, expect, test } from "vitest";
import { dense, Network } from "../../src/index.ts";
import type { Dtype } from "../../src/kernels/dtype.ts";
import { Arena } from "../../src/memory/arena.ts";
import { mt19937, pcg32, type RandomGenerator } from "../../src/random.ts";
import {
  checkInitializer,
  constant,
  fromValues,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initialize,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
} from "../../src/topology/initializers.ts";

interface Filling {
  readonly dtype?: Dtype;
  readonly shape?: readonly number[];
  readonly generator?: RandomGenerator;
}

/** What `initializer` fills a weight of this shape with. */
function filled(initializer: Initializer, filling: Filling = {}): number[] {
  const { dtype = "float64", shape = [256, 128], generator = pcg32(1) } = filling;
  const arena = new Arena(dtype);
  const count = shape.reduce((product, side) => product * side, 1);
  const address = arena.allocate(count);
  const { mark } = arena;
  const target = { name: "w", address, shape, count, fanIn: shape[0], fanOut: shape.at(-1)! };
  initialize(initializer, target, arena, generator);
  expect(arena.mark).toBe(mark);
  return Array.from(arena.view(address, count));
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
const deviation = (values: number[]) => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
};

describe("256 × 128 uniform draws reach 99.9 % of their range, never beyond; mean and deviation within 1 %", () => {
  const limits = { glorot: Math.sqrt(6 / 384), he: Math.sqrt(6 / 256), lecun: Math.sqrt(3 / 256) };
  test.each<[string, Initializer, number, number]>([
    ["uniform(−0.5, 2)", uniform(-0.5, 2), -0.5, 2],
    ["glorotUniform, ±√(6 / (fanIn + fanOut))", glorotUniform(), -limits.glorot, limits.glorot],
    ["heUniform, ±√(6 / fanIn)", heUniform(), -limits.he, limits.he],
    ["lecunUniform, ±√(3 / fanIn)", lecunUniform(), -limits.lecun, limits.lecun],
  ])("%s", (_, initializer, low, high) => {
    const values = filled(initializer);
    const [range, least, most] = [high - low, Math.min(...values), Math.max(...values)];
    expect(least).toBeGreaterThanOrEqual(low);
    expect(most).toBeLessThan(high);
    expect((most - least) / range).toBeGreaterThan(0.999);
    expect(Math.abs(mean(values) - (low + high) / 2)).toBeLessThan(0.01 * range);
    expect(Math.abs(deviation(values) - range / Math.sqrt(12))).toBeLessThan((0.01 * range) / Math.sqrt(12));
  });
});

describe("256 × 128 normal draws: mean within 2 % of the deviation, deviation within 1.5 %", () => {
  test.each<[string, Initializer, number, number]>([
    ["normal(3, 0.5)", normal(3, 0.5), 3, 0.5],
    ["glorotNormal, √(2 / (fanIn + fanOut))", glorotNormal(), 0, Math.sqrt(2 / 384)],
    ["heNormal, √(2 / fanIn)", heNormal(), 0, Math.sqrt(2 / 256)],
    ["lecunNormal, √(1 / fanIn)", lecunNormal(), 0, Math.sqrt(1 / 256)],
  ])("%s, and 4.2 to 5.0 % lie beyond two deviations", (_, initializer, center, spread) => {
    const values = filled(initializer);
    expect(Math.abs(mean(values) - center)).toBeLessThan(0.02 * spread);
    expect(Math.abs(deviation(values) / spread - 1)).toBeLessThan(0.015);
    const beyond = values.filter((value) => Math.abs(value - center) > 2 * spread).length / values.length;
    expect(beyond).toBeGreaterThan(0.042);
    expect(beyond).toBeLessThan(0.05);
  });

  test("truncatedNormal(3, 0.5), and none lies beyond two deviations, which leaves 0.87963 of the deviation", () => {
    const values = filled(truncatedNormal(3, 0.5));
    expect(Math.max(...values.map((value) => Math.abs(value - 3)))).toBeLessThanOrEqual(1);
    expect(Math.max(...values.map((value) => Math.abs(value - 3)))).toBeGreaterThan(0.99);
    expect(Math.abs(mean(values) - 3)).toBeLessThan(0.02 * 0.5);
    expect(Math.abs(deviation(values) / (0.87963 * 0.5) - 1)).toBeLessThan(0.015);
  });
});

test("uniform(−1, 1) of mt19937(1) is NumPy's 2 · random_sample() − 1 after seed(1), row by row", () => {
  const values = filled(uniform(-1, 1), { shape: [3, 4], generator: mt19937(1) });
  expect(values.slice(0, 3)).toEqual([-0.165955990594852, 0.4406489868843162, -0.9997712503653102]);
  const generator = mt19937(1);
  expect(values).toEqual(Array.from({ length: 12 }, () => -1 + 2 * generator.next()));
});

describe("a kernel draws as the generator does", () => {
  /** The same numbers from an object of the user's, for which no kernel draws. */
  const wrapped = (inner: RandomGenerator): RandomGenerator => ({
    state: inner.state,
    next: () => inner.next(),
    normal: () => inner.normal(),
    integer: (n) => inner.integer(n),
    shuffle: (array) => inner.shuffle(array),
  });
  const initializers: [string, Initializer][] = [
    ["uniform", uniform(-1, 3)],
    ["normal", normal(1, 2)],
    ["truncatedNormal", truncatedNormal(1, 2)],
    ["glorotUniform", glorotUniform()],
    ["glorotNormal", glorotNormal()],
    ["heUniform", heUniform()],
    ["heNormal", heNormal()],
    ["lecunUniform", lecunUniform()],
    ["lecunNormal", lecunNormal()],
    ["orthogonal", orthogonal(1.5)],
  ];
  const shapes = [...Array.from({ length: 67 }, (_, index) => [index + 1]), [4, 9], [9, 4], [17, 241]];

  test.each(initializers)("%s: the same bits, of both generators in both types, and the same state after", (_, one) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const make of [pcg32, mt19937]) {
        for (const seed of [0, 1, 2 ** 32 - 1]) {
          const [generator, twin] = [make(seed), make(seed)];
          for (const shape of seed === 0 ? shapes : shapes.slice(-3)) {
            const values = filled(one, { dtype, shape, generator });
            expect(values).toEqual(filled(one, { dtype, shape, generator: wrapped(twin) }));
            expect(generator.state).toEqual(twin.state);
          }
          expect(generator.shuffle([...shapes])).toEqual(twin.shuffle([...shapes]));
        }
      }
    }
  });

  test("a method that a user has replaced is called", () => {
    const generator = pcg32(1);
    generator.next = () => 0.25;
    expect(filled(uniform(0, 2), { shape: [3], generator })).toEqual([0.5, 0.5, 0.5]);
    generator.normal = () => -1;
    expect(filled(normal(0, 2), { shape: [3], generator })).toEqual([-2, -2, -2]);
    expect(generator.state).toEqual(pcg32(1).state);
  });
});

describe("orthogonal", () => {
  /** The largest distance of a product of two columns from 1 (a column and itself) or 0. */
  function unorthonormality(values: number[], rows: number, columns: number): number {
    let worst = 0;
    for (let one = 0; one < columns; one++) {
      for (let other = 0; other <= one; other++) {
        let product = 0;
        for (let row = 0; row < rows; row++) product += values[row * columns + one] * values[row * columns + other];
        worst = Math.max(worst, Math.abs(product - Number(one === other)));
      }
    }
    return worst;
  }

  const transposed = (values: number[], rows: number, columns: number) =>
    Array.from(values, (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]);

  test.each([
    [256, 128],
    [64, 64],
    [33, 7],
    [5, 1],
    [1, 1],
  ])("the columns of %i × %i are orthonormal within 1e-12", (rows, columns) => {
    expect(unorthonormality(filled(orthogonal(), { shape: [rows, columns] }), rows, columns)).toBeLessThan(1e-12);
  });

  test.each([
    [128, 256],
    [7, 33],
    [1, 5],
  ])("the rows of %i × %i are orthonormal within 1e-12", (rows, columns) => {
    const values = transposed(filled(orthogonal(), { shape: [rows, columns] }), rows, columns);
    expect(unorthonormality(values, columns, rows)).toBeLessThan(1e-12);
  });

  test("gain multiplies every element, and a bias becomes a vector of length gain", () => {
    const values = filled(orthogonal(3), { shape: [8, 4] });
    expect(values).toEqual(filled(orthogonal(), { shape: [8, 4] }).map((value) => 3 * value));
    expect(Math.hypot(...filled(orthogonal(2), { shape: [6] }))).toBeCloseTo(2, 12);
  });

  test("each of four entries of a 2 × 2 takes both signs in 40 draws", () => {
    const generator = pcg32(5);
    const drawn = Array.from({ length: 40 }, () => filled(orthogonal(), { shape: [2, 2], generator }));
    for (let entry = 0; entry < 4; entry++) {
      const positive = drawn.filter((values) => values[entry] > 0).length;
      expect(positive).toBeGreaterThan(8);
      expect(positive).toBeLessThan(32);
    }
  });
});

test("zeros, ones, constants and given values fill as they say and draw nothing", () => {
  const generator = pcg32(3);
  const before = generator.state;
  const shape = [3, 5];
  expect(filled(zeros(), { shape, generator })).toEqual(Array(15).fill(0));
  expect(filled(ones(), { shape, generator })).toEqual(Array(15).fill(1));
  expect(filled(constant(-2.5), { shape, generator })).toEqual(Array(15).fill(-2.5));
  const values = Array.from({ length: 15 }, (_, index) => index / 8);
  expect(filled(fromValues(values), { shape, generator })).toEqual(values);
  expect(filled(fromValues(Float32Array.from(values)), { shape, generator })).toEqual(values);
  expect(generator.state).toEqual(before);
  filled(uniform(0, 1), { shape, generator });
  expect(generator.state).not.toEqual(before);
});

test.each<[string, Initializer]>([
  ["uniform", uniform(-1, 3)],
  ["normal", normal(1, 2)],
  ["truncatedNormal", truncatedNormal(1, 2)],
  ["heUniform", heUniform()],
  ["orthogonal", orthogonal(1.5)],
  ["constant", constant(0.1)],
])("%s in float32 is what float64 gives, rounded, at each of 5 × 7 places", (_, initializer) => {
  const shape = [5, 7];
  const singles = filled(initializer, { dtype: "float32", shape });
  expect(singles).toEqual(Array.from(Float32Array.from(filled(initializer, { shape }))));
});

describe("refused are", () => {
  test.each<[string, () => unknown, string]>([
    ["a low that is NaN", () => uniform(Number.NaN, 1), "uniform: low: got NaN, need a finite number"],
    ["no high", () => uniform(0, undefined as never), "uniform: high: got undefined, need a finite number"],
    ["an infinite mean", () => normal(1 / 0, 1), "normal: mean: got Infinity, need a finite number"],
    ["a deviation of text", () => normal(0, "1" as never), 'normal: deviation: got "1", need a finite number'],
    ["a truncated NaN", () => truncatedNormal(Number.NaN, 1), "truncatedNormal: mean: got NaN, need a finite number"],
    ["a null deviation", () => truncatedNormal(0, null as never), "truncatedNormal: deviation: got null, need"],
    ["an infinite gain", () => orthogonal(-1 / 0), "orthogonal: gain: got -Infinity, need a finite number"],
    ["no constant", () => constant(undefined as never), "constant: value: got undefined, need a finite number"],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  test.each<[string, unknown, RegExp]>([
    [
      "a name instead of a call",
      "heuniform",
      /^w: got "heuniform", need one of uniform\(\), .*mean "heUniform\(\)"\?$/,
    ],
    ["nothing", undefined, /^w: got undefined, need one of uniform\(\), /],
    [
      "a function that is not called",
      heUniform,
      /^w: got "heUniform", need one of .*; did you mean "heUniform\(\)"\?$/,
    ],
    ["an unknown kind", { kind: "xavier" }, /^w: got "xavier", need one of /],
    ["too few values", fromValues([1, 2]), /^w: got 2 values, need 6, flat and row-major$/],
    [
      "rows of values",
      fromValues([
        [1, 2, 3],
        [4, 5, 6],
      ] as never),
      /got 2 values, need 6, flat and row-major$/,
    ],
    ["no values", { kind: "fromValues" }, /^w: got undefined as values, need 6, flat/],
    [
      "values whose length is no number",
      { kind: "fromValues", values: { length: { toString: 1, valueOf: 1 } } },
      /^w: got an object as values, need 6, flat/,
    ],
    ["NaN among the values", fromValues([1, 2, 3, Number.NaN, 5, 6]), /^w: got NaN at 3, need a finite number$/],
    ["text among the values", fromValues([1, 2, 3, 4, 5, "6" as never]), /^w: got "6" at 5, need a finite number$/],
  ])("%s", (_, initializer, message) => {
    expect(() => checkInitializer("w", initializer as Initializer, 6, "float32")).toThrow(RangeError);
    expect(() => checkInitializer("w", initializer as Initializer, 6, "float32")).toThrow(message);
  });
});

describe("values that do not fit", () => {
  const size = "in float32, need a size from 1e-45 to 3e+38, or a network of float64";
  test.each<[Initializer, string]>([
    [constant(1e39), `constant: value: got 1e+39, which is Infinity ${size}`],
    [uniform(-1e39, 1), `uniform: low: got -1e+39, which is -Infinity ${size}`],
    [normal(-3.4e38, 3e38), "got first values beyond the range of float32, need smaller ones"],
    [normal(0, 1e-50), `normal: deviation: got 1e-50, which is 0 ${size}`],
    [orthogonal(-1e-50), `orthogonal: gain: got -1e-50, which is 0 ${size}`],
    [fromValues([1, 1e39]), "got 1e+39 at 1, need a number in the range of float32"],
  ])("%o is refused in float32, not in float64", (initializer, message) => {
    const make = (dtype: Dtype) =>
      new Network({ inputs: 1, layers: [dense(2, { weightInitializer: initializer })], dtype });
    expect(() => make("float32")).toThrow(new RangeError(`dense1.weight: ${message}`));
    expect(make("float64").parameters[0].values.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });

  test("fromValues of numbers too small for float32 has zeros for them", () => {
    const weightInitializer = fromValues([1e-50, 1]);
    const network = new Network({ inputs: 1, layers: [dense(2, { weightInitializer })] });
    expect([...network.parameters[0].values]).toEqual([0, 1]);
  });

  test.each([normal, truncatedNormal])("%o refuses a deviation below 0", (make) => {
    expect(() => make(0, -1)).toThrow(`${make.name}: got deviation -1, need a number from 0`);
  });
});

test("fromValues of no array is refused", () => {
  expect(() => fromValues(3 as never)).toThrow(new TypeError("fromValues: got 3, need an array of numbers"));
});

test("fromValues keeps a copy: what becomes of the array afterwards changes nothing", () => {
  const values = [1, 2];
  const layer = dense(2, { weightInitializer: fromValues(values) });
  values[0] = 9;
  expect([...new Network({ inputs: 1, layers: [layer] }).parameters[0].values]).toEqual([1, 2]);
});
