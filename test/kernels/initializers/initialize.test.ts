import { describe, expect, test } from "vitest";
import { generatorAt, pcg32, type RandomGenerator } from "../../../src/random.ts";
import * as reference from "../../reference/initializers/initialize.ts";
import { expectClose } from "../../tolerances.ts";
import { type Block, dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  /** A block that holds a generator's state as the kernel takes it. */
  const stateBlock = ({ state }: RandomGenerator): Block =>
    scratch.doubles(new Float64Array(Uint32Array.from(state.words).buffer));
  const wordsIn = (block: Block): number[] => Array.from(new Uint32Array(scratch.read(block).buffer));

  /** Draws by the kernel what `generator` draws, and compares the numbers and the states. */
  function expectSame(generator: RandomGenerator, count: number, low: number, range: number): number[] {
    const state = stateBlock(generator);
    const destination = scratch.output(count);
    kernels.pcg32Uniform(state.address, destination.address, count, low, range);
    const expected = roundTo(dtype, reference.uniform(generator, count, low, range));
    expect(Array.from(scratch.read(destination))).toEqual(expected);
    expect(wordsIn(state)).toEqual(generator.state.words);
    scratch.expectIntact();
    return expected;
  }

  test.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])(
    "pcg32Uniform has the bits of its twin at every count from 1 to 67 and at 4097, and leaves its state, from seed %i",
    (seed) => {
      const generator = pcg32(seed);
      for (const count of [...sizes, 4097]) {
        expectSame(generator, count, -0.7, 1.3);
        expectSame(generator, count, 0, 1);
        generator.integer(2);
      }
    },
  );

  test("pcg32Uniform goes on from states of all ones and all zeros", () => {
    for (const words of [
      [0, 0],
      [2 ** 32 - 1, 2 ** 32 - 1],
      [0, 2 ** 32 - 1],
      [2 ** 32 - 1, 0],
    ]) {
      expectSame(generatorAt({ kind: "pcg32", words, spareNormal: null }), 67, -1, 2);
    }
  });

  test("pcg32Uniform overflows to Infinity, and takes ranges that are 0, negative or subnormal", () => {
    expect(expectSame(pcg32(1), 67, 1.7e308, 1.7e308)).toContain(Infinity);
    expectSame(pcg32(1), 67, 0.1, 0);
    expectSame(pcg32(1), 67, 0.1, -0.3);
    expectSame(pcg32(1), 67, 0, 5e-322);
  });

  if (isDebugBuild) {
    test("pcg32Uniform traps on a block that does not start on 16 bytes, or has no elements", () => {
      const { address } = scratch.output(64);
      expect(() => kernels.pcg32Uniform(address + 8, address, 4, 0, 1)).toThrow("blocks start on 16 bytes");
      expect(() => kernels.pcg32Uniform(address, address + 8, 4, 0, 1)).toThrow("blocks start on 16 bytes");
      expect(() => kernels.pcg32Uniform(address, address, 0, 0, 1)).toThrow("must be positive");
    });
  }
});

describe("float64 only", () => {
  const scratch = new Scratch("float64");
  const { orthonormalize } = scratch.kernels;

  const inner = (matrix: ArrayLike<number>, rows: number, columns: number, j: number, k: number): number => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += matrix[i * columns + j] * matrix[i * columns + k];
    return sum;
  };

  test("orthonormalize gives QR's Q to 1e-11 at 1 to 19 columns, square and 7 rows taller", () => {
    for (let columns = 1; columns <= 19; columns++) {
      for (const rows of [columns, columns + 7]) {
        const matrix = random(rows * columns, columns);
        const block = scratch.output(matrix);
        orthonormalize(block.address, rows, columns);
        const q = reference.orthonormalize(matrix, rows, columns);
        expectClose(scratch.read(block), q, { absolute: 1e-11, relative: 0 }, `${rows} × ${columns}`);
        scratch.expectIntact();
      }
    }
  });

  test("orthonormalize's columns are orthonormal to 1e-14 at every width from 1 to 67", () => {
    for (const columns of sizes) {
      const block = scratch.output(random(columns * columns, columns));
      orthonormalize(block.address, columns, columns);
      const matrix = scratch.read(block);
      for (let j = 0; j < columns; j++) {
        for (let k = 0; k <= j; k++) {
          const error = Math.abs(inner(matrix, columns, columns, j, k) - (j === k ? 1 : 0));
          if (!(error < 1e-14)) expect.fail(`columns ${j} and ${k} of ${columns}: off by ${error}`);
        }
      }
      scratch.expectIntact();
    }
  });

  test("orthonormalize's columns are orthonormal to 1e-14 for the 8 × 8 Hilbert matrix, of condition 1.5e10", () => {
    const hilbert = Array.from({ length: 64 }, (_, index) => 1 / (1 + Math.floor(index / 8) + (index % 8)));
    const block = scratch.output(hilbert);
    orthonormalize(block.address, 8, 8);
    const matrix = scratch.read(block);
    for (let j = 0; j < 8; j++) {
      for (let k = 0; k <= j; k++) {
        expect(Math.abs(inner(matrix, 8, 8, j, k) - (j === k ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
  });

  test("orthonormalize of dependent columns gives NaN", () => {
    const block = scratch.output([0, 0, 0, 1]);
    orthonormalize(block.address, 2, 2);
    expect(scratch.read(block)[0]).toBeNaN();
    scratch.expectIntact();
  });

  if (isDebugBuild) {
    test("orthonormalize traps on an unaligned block, no columns, and more columns than rows", () => {
      const { address } = scratch.output(64);
      expect(() => orthonormalize(address + 8, 2, 2)).toThrow("blocks start on 16 bytes");
      expect(() => orthonormalize(address, 2, 0)).toThrow("columns must be positive");
      expect(() => orthonormalize(address, 2, 3)).toThrow("no more than rows");
    });
  }
});
