import { describe, expect, test } from "vitest";
import type { Dtype, Values } from "../../../src/kernels/dtype.ts";
import { dropoutOfColumns, keptElements, dropout as twin } from "../../reference/regularization/dropout.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

type Key = readonly [seed: number, step: number, stream: number];

const keys: readonly Key[] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [42, 1000, 3],
  [-1, 0x7fffffff, 255],
  [-0x80000000, -1, -1],
];

/** Runs the operation on arrays. */
class Dropout {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  /** @param rows of which there are, each of as many positions, and these of as many columns; `lengths`, of as many steps each */
  run(
    input: ArrayLike<number>,
    rate: number,
    [seed, step, stream]: Key,
    { inPlace = false, rows = 1, positions = 1, lengths = [] as readonly number[] } = {},
  ) {
    const scratch = this.#scratch;
    const output = scratch.output(inPlace ? input : input.length);
    const from = inPlace ? output.address : scratch.input(input);
    const steps = lengths.reduce((sum, length) => sum + length, 0);
    const columns = input.length / (steps || rows) / positions;
    const starts = [0, ...lengths].map((_, row) => lengths.slice(0, row).reduce((sum, length) => sum + length, 0));
    const offsets = steps > 0 ? scratch.integers(starts) : 0;
    const fields = { input: from, output: output.address, offsets, positions, columns, stream, rate };
    scratch.run("dropout", fields, lengths.length || rows, { rows, seed, step });
    const result = scratch.read(output);
    scratch.expectIntact();
    return result;
  }

  /** 1 where an element stays, 0 where it is dropped. */
  mask(count: number, rate: number, key: Key): Values {
    return this.run(new Float64Array(count).fill(1), rate, key).map((x) => Number(x !== 0));
  }
}

/** The correlation of two masks of one expected mean. */
function correlation(a: Values, b: Values, mean: number): number {
  let sum = 0;
  for (let index = 0; index < b.length; index++) sum += (a[index] - mean) * (b[index] - mean);
  return sum / (b.length * mean * (1 - mean));
}

describe.each(dtypes)("%s", (dtype) => {
  const dropout = new Dropout(dtype);

  test("equals its twin at every count from 1 to 67, in one row or many, in place or not", () => {
    for (const count of sizes) {
      const input = roundTo(dtype, random(count, count));
      for (const key of keys) {
        for (const rate of [0, 0.1, 0.5, 0.9]) {
          const expected = twin(input, rate, ...key);
          const tolerance = tolerances.formula[dtype];
          expectClose(dropout.run(input, rate, key), expected, tolerance, `${count}`);
          expectClose(dropout.run(input, rate, key, { rows: count }), expected, tolerance, `${count} rows`);
          expectClose(dropout.run(input, rate, key, { inPlace: true }), expected, tolerance, "in place");
        }
      }
    }
  });

  test("the mask of 10 007 elements is the twin's at every rate and key", () => {
    for (const key of keys) {
      for (const rate of [1e-9, 0.001, 0.25, 0.5, 0.999, 1 - 2 ** -53]) {
        const expected = keptElements(10007, rate, ...key).map(Number);
        expect(Array.from(dropout.mask(10007, rate, key))).toEqual(expected);
      }
    }
  });

  test("the mask of the first elements does not depend on how many there are", () => {
    const mask = dropout.mask(67, 0.5, keys[4]);
    for (const count of sizes) expect(dropout.mask(count, 0.5, keys[4])).toEqual(mask.slice(0, count));
  });

  test("of 1, 2 and 5 positions equals its twin at every count of columns from 1 to 67, in place or not", () => {
    for (const columns of sizes) {
      for (const positions of [1, 2, 5]) {
        const input = roundTo(dtype, random(3 * positions * columns, columns));
        for (const key of keys.slice(3, 6)) {
          const expected = dropoutOfColumns(input, positions, columns, 0.4, ...key);
          const what = `${positions} × ${columns}`;
          for (const inPlace of [false, true]) {
            const actual = dropout.run(input, 0.4, key, { rows: 3, positions, inPlace });
            expectClose(actual, expected, tolerances.formula[dtype], what);
          }
        }
      }
    }
  });

  test("of sequences of 3, 1 and 4 steps drops what the first steps of as many rows of 4 do", () => {
    const lengths = [3, 1, 4];
    for (const columns of sizes) {
      for (const positions of [1, 2]) {
        const input = roundTo(dtype, random(3 * 4 * positions * columns, columns));
        const expected = dropoutOfColumns(input, 4 * positions, columns, 0.4, ...keys[4]);
        const stepSize = positions * columns;
        const packed = (rows: readonly number[]) =>
          lengths.flatMap((length, row) => rows.slice(4 * row * stepSize, (4 * row + length) * stepSize));
        for (const inPlace of [false, true]) {
          const actual = dropout.run(packed(input), 0.4, keys[4], { positions, lengths, inPlace });
          expectClose(actual, packed(expected), tolerances.formula[dtype], `${positions} × ${columns}`);
        }
      }
    }
  });

  test("a rate of 0 keeps every element to the bit", () => {
    const input = [...roundTo(dtype, random(19)), 0, -0, Number.NaN, Infinity, -Infinity];
    expect(Array.from(dropout.run(input, 0, keys[4]))).toEqual(input);
  });

  test("NaN and infinities that are dropped become 0, others stay, and -0 keeps its sign", () => {
    const isKept = keptElements(400, 0.5, ...keys[4]);
    const specials = [Number.NaN, Infinity, -Infinity, -0];
    const input = isKept.map((_, index) => specials[index % 4]);
    const expected = input.map((x, index) => (isKept[index] ? x : 0));
    expect(Array.from(dropout.run(input, 0.5, keys[4]))).toEqual(expected);
    // Of whole columns: 4 positions of 5 in 20 rows.
    const isColumnKept = keptElements(100, 0.5, ...keys[4]);
    const ofColumns = input.map((x, index) => (isColumnKept[5 * Math.floor(index / 20) + (index % 5)] ? x : 0));
    expect(Array.from(dropout.run(input, 0.5, keys[4], { rows: 20, positions: 4 }))).toEqual(ofColumns);
  });

  test.runIf(isDebugBuild)("a block that does not start on 16 bytes, no elements, or a rate out of range traps", () => {
    const scratch = new Scratch(dtype);
    const { address: a } = scratch.output(64);
    const fields = { input: a, output: a, offsets: 0, positions: 1, columns: 4, stream: 0, rate: 0.5 };
    const run = (wrong: Partial<typeof fields>, rows = 1) => scratch.run("dropout", { ...fields, ...wrong }, rows);
    expect(() => run({ input: a + 8 })).toThrow("blocks start on 16 bytes");
    expect(() => run({ output: a + 8 })).toThrow("blocks start on 16 bytes");
    expect(() => run({ columns: 0 })).toThrow("must be positive");
    expect(() => run({ positions: 0 })).toThrow("must be positive");
    expect(() => run({}, 0)).toThrow("must be positive");
    for (const rate of [-0.1, 1, Number.NaN]) expect(() => run({ rate })).toThrow("rate must be");
  });
});

/** Masks are the twin's in both builds, so their statistics are those of one. */
describe.skipIf(isDebugBuild)("masks of 1 000 000 elements", () => {
  const dropout = new Dropout("float32");
  const count = 1_000_000;
  const neighbours: readonly Key[] = [
    [7, 100, 2],
    [8, 100, 2],
    [7, 101, 2],
    [7, 100, 3],
    [100, 7, 2],
    [2, 100, 7],
    [6, 101, 2],
  ];

  test.each([0.05, 0.5, 0.8])("at rate %d drop that share, within 4 deviations, for every key", (rate) => {
    for (const key of [...keys, ...neighbours]) {
      let kept = 0;
      for (const bit of dropout.mask(count, rate, key)) kept += bit;
      const deviation = Math.sqrt((rate * (1 - rate)) / count);
      expect(Math.abs(1 - kept / count - rate), `${key}`).toBeLessThan(4 * deviation);
    }
  });

  test.each([0.2, 0.5])("at rate %d of neighbouring steps, seeds and streams have |r| < 4 / √n", (rate) => {
    const masks = neighbours.map((key) => dropout.mask(count, rate, key));
    for (let first = 0; first < masks.length; first++) {
      for (let second = 0; second < first; second++) {
        const r = correlation(masks[first], masks[second], 1 - rate);
        expect(Math.abs(r), `${neighbours[first]} and ${neighbours[second]}`).toBeLessThan(4 / Math.sqrt(count));
      }
    }
  });

  test.each([0.2, 0.5])("at rate %d: elements 1 to 16, 64, 128 and 1024 apart have |r| < 4 / √n", (rate) => {
    const distances = [...sizes.slice(0, 16), 64, 128, 1024];
    for (const key of neighbours.slice(0, 2)) {
      const mask = dropout.mask(count, rate, key);
      for (const distance of distances) {
        const r = correlation(mask, mask.subarray(distance), 1 - rate);
        expect(Math.abs(r), `${distance} apart`).toBeLessThan(4 / Math.sqrt(count - distance));
      }
    }
  });
});
