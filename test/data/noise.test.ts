import { describe, expect, expectTypeOf, test } from "vitest";
import { type AddNoiseOptions, addNoise } from "../../src/data/index.ts";
import { mt19937, pcg32 } from "../../src/random.ts";

const nested = [
  [
    [0, 0.25],
    [0.5, 0.75],
  ],
  [
    [1, 0.5],
    [0.25, 0],
  ],
];
const flat = nested.flat(2);
/** The first numbers of NumPy's np.random.seed(1); np.random.standard_normal(3). */
const normals = [1.6243453636632417, -0.6117564136500754, -0.5281717522634557];

test("each number gets its own, NumPy's from the same seed", () => {
  const rows = addNoise([[0, 10], [20]], { deviation: 0.5, seed: mt19937(1) });
  const [first, second, third] = rows.flat().map((value, index) => (value - 10 * index) / 0.5);
  expect([first, second, third].map((value, index) => Math.abs(value - normals[index]) < 1e-13)).toEqual([
    ...[true, true, true],
  ]);
});

test("100 000 numbers have the mean 0 and the deviation asked for, within 1 %", () => {
  const noise = addNoise(new Float64Array(100_000), { deviation: 0.5, seed: 4 });
  const mean = noise.reduce((sum, value) => sum + value) / noise.length;
  const variance = noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length;
  expect(Math.abs(mean)).toBeLessThan(0.005);
  expect(Math.abs(Math.sqrt(variance) / 0.5 - 1)).toBeLessThan(0.01);
});

test("results have the form of the rows, and the same noise in each", () => {
  const options = { deviation: 0.1, seed: 2 };
  const doubles = addNoise(Float64Array.from(flat), options);
  const rows = addNoise(nested, options);
  expectTypeOf(rows).toEqualTypeOf<number[][][]>();
  expect(rows.map((row) => row.map((pixel) => pixel.length))).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(rows.flat(2)).toEqual([...doubles]);
  expect(addNoise(flat, options)).toEqual([...doubles]);
  const typed = addNoise([Float64Array.from(flat.slice(0, 4)), Float64Array.from(flat.slice(4))], options);
  expectTypeOf(typed).toEqualTypeOf<Float64Array[]>();
  expect(typed).toEqual([doubles.slice(0, 4), doubles.slice(4)]);
  expect(addNoise(Float32Array.from(flat), options)).toEqual(Float32Array.from(doubles));
  const bytes = addNoise(Uint8Array.of(7, 9), options);
  expectTypeOf(bytes).toEqualTypeOf<Float32Array>();
  expect(bytes).toEqual(Float32Array.of(7 + doubles[0], 9 + doubles[1] - 0.25));
});

test("clip bounds the numbers, and without it nothing is", () => {
  const zeros = new Float64Array(100);
  const free = addNoise(zeros, { deviation: 1, seed: 1 });
  const clipped = addNoise(zeros, { deviation: 1, seed: 1, clip: [-0.5, 0.75] });
  expect(Math.min(...free)).toBeLessThan(-0.5);
  expect(Math.max(...free)).toBeGreaterThan(0.75);
  expect(clipped).toEqual(free.map((value) => Math.min(Math.max(value, -0.5), 0.75)));
});

test("of deviation 0 it is a copy", () => {
  const copy = addNoise(nested, { deviation: 0 });
  expect(copy).toEqual(nested);
  copy[0][0][0] = 9;
  expect(nested[0][0][0]).toBe(0);
});

describe("seed", () => {
  test("the same gives the same, another another, and 0 is the default", () => {
    const first = addNoise(flat, { deviation: 1, seed: 1 });
    expect(addNoise(flat, { deviation: 1, seed: 1 })).toEqual(first);
    expect(addNoise(flat, { deviation: 1, seed: 2 })).not.toEqual(first);
    expect(addNoise(flat, { deviation: 1 })).toEqual(addNoise(flat, { deviation: 1, seed: 0 }));
  });

  test("a generator goes on: two calls are those of one", () => {
    const seed = pcg32(5);
    const apart = [
      ...addNoise(flat.slice(0, 3), { deviation: 1, seed }),
      ...addNoise(flat.slice(3), { deviation: 1, seed }),
    ];
    expect(apart).toEqual(addNoise(flat, { deviation: 1, seed: 5 }));
  });
});

describe("refuses", () => {
  test.each([
    ["text", { deviation: 1 }, 'addNoise: got "text", need numbers: a typed array, or arrays of numbers'],
    [[], { deviation: 1 }, "addNoise: got no numbers, need at least one"],
    [[[1], []], { deviation: 1 }, "addNoise, place [1]: got no numbers, need at least one"],
    [
      [
        [1, 2],
        [3, null],
      ],
      { deviation: 1 },
      "addNoise, place [1, 1]: got null, need a finite number",
    ],
    [[[1, 2], new Float32Array([3, Number.NaN])], { deviation: 1 }, "place [1, 1]: got NaN, need a finite number"],
    [new Array(2), { deviation: 1 }, "addNoise, place [0]: got undefined, need a finite number"],
    [new BigInt64Array(2), { deviation: 1 }, "addNoise: got a BigInt64Array, need numbers"],
    [[1], undefined, "addNoise deviation: got undefined, need a finite number of 0 or more"],
    [[1], { deviation: -1 }, "addNoise deviation: got -1, need a finite number of 0 or more"],
    [[1], { deviation: Number.POSITIVE_INFINITY }, "addNoise deviation: got Infinity, need a finite number"],
    [[1], { deviation: 1, clip: 1 }, "addNoise clip: got 1, need [low, high]"],
    [[1], { deviation: 1, clip: [1, 1] }, "addNoise clip: got [1, 1], need a number and a greater one"],
    [[1], { deviation: 1, clip: [0, Number.NaN] }, "addNoise clip: got [0, NaN], need a number and a greater one"],
    [
      [1],
      { deviaton: 1 },
      'addNoise option: got "deviaton", need one of deviation, clip, seed; did you mean "deviation"?',
    ],
  ])("%o with %o: %s", (rows, options, message) => {
    expect(() => addNoise(rows as never, options as AddNoiseOptions)).toThrow(message);
  });

  test("bad numbers before anything is drawn", () => {
    const seed = pcg32(1);
    expect(() => addNoise([1, Number.NaN], { deviation: 1, seed })).toThrow(RangeError);
    expect(seed.state).toEqual(pcg32(1).state);
  });
});
