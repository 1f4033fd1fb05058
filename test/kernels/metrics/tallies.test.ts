import { describe, expect, test } from "vitest";
import * as reference from "../../reference/metrics/tallies.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

const zeros = (count: number): number[] => new Array(count).fill(0);

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  /** `rows` random rows, every third with ties, every fifth with a NaN. */
  const rowsOf = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, (_, index) => {
      const row = roundTo(dtype, random(columns, index + columns));
      if (index % 3 === 2) return row.map(Math.round);
      return index % 5 === 4 ? row.with(index % columns, Number.NaN) : row;
    });

  /** Rows of outputs and their classes: as numbers, and as rows whose largest stands there, some with ties or NaN. */
  function classified(count: number, columns: number): { output: number[][]; forms: number[][][] } {
    const output = rowsOf(count, columns);
    const numbers = output.map((row, index) => [(index % 2 ? row.indexOf(Math.max(...row, -1)) + 1 : index) % columns]);
    const wide = rowsOf(count, columns).map((row, index) => (index % 2 ? row : row.toReversed()));
    return { output, forms: columns === 1 ? [wide.map(() => [0])] : [numbers, wide] };
  }

  /** The addresses of `output` and `targets`, and the sizes. */
  const argumentsOf = (output: number[][], targets: number[][]) =>
    [
      scratch.input(output.flat()),
      scratch.input(targets.flat()),
      output.length,
      output[0].length,
      targets[0].length,
    ] as const;

  /** What a kernel that adds makes of zeros, called once, or for each part that ends at a row of `ends`. */
  function gathered(
    count: number,
    ends: number[],
    add: (from: number, to: number, address: number) => void,
  ): ArrayLike<number> {
    const block = scratch.doubles(zeros(count));
    ends.forEach((to, index) => {
      add(index > 0 ? ends[index - 1] : 0, to, block.address);
    });
    const result = scratch.read(block);
    scratch.expectIntact();
    return result;
  }

  /** All rows at once, and the first two before the others. */
  const partsOf = (rows: number) => (rows > 2 ? [[rows], [2, rows]] : [[rows]]);

  /** 21 rows of 1 to 67 columns, and 1 to 67 rows of 5. */
  const shapes = [...sizes.map((columns) => [21, columns]), ...sizes.map((rows) => [rows, 5])];

  test("correctClasses is its twin's count over 21 rows of 1 to 67 columns, and 1 to 67 rows of 5", () => {
    for (const [rows, columns] of shapes) {
      const { output, forms } = classified(rows, columns);
      for (const targets of forms) {
        const correct = kernels.correctClasses(...argumentsOf(output, targets));
        expect(correct, `${rows} × ${columns}`).toBe(reference.correctClasses(output, targets));
        scratch.expectIntact();
      }
    }
  });

  test("correctTopClasses is its twin's count at those sizes for 1, 2, 5 and 67 outputs", () => {
    for (const [rows, columns] of shapes) {
      const { output, forms } = classified(rows, columns);
      for (const targets of forms) {
        for (const most of [1, 2, 5, 67]) {
          const correct = kernels.correctTopClasses(...argumentsOf(output, targets), most);
          expect(correct, `${most} of ${rows} × ${columns}`).toBe(reference.correctTopClasses(output, targets, most));
          scratch.expectIntact();
        }
      }
    }
  });

  test("correctTopClasses takes the first of equals, and NaN before infinity", () => {
    const row = [1, Number.NaN, 2, 2, Infinity, Number.NaN, -0, 0, -Infinity];
    const order = [1, 5, 4, 2, 3, 0, 6, 7, 8];
    for (const [rank, column] of order.entries()) {
      const correct = (most: number) => kernels.correctTopClasses(...argumentsOf([row], [[column]]), most);
      expect([correct(rank + 1), rank && correct(rank)]).toEqual([1, 0]);
    }
    scratch.expectIntact();
  });

  test("confusionAccumulate and classCountsAccumulate are their twins' counts at those sizes, also added part by part", () => {
    for (const [rows, columns] of shapes) {
      const { output, forms } = classified(rows, columns);
      for (const targets of forms) {
        for (const ends of partsOf(rows)) {
          const add = (kernel: typeof kernels.confusionAccumulate) => (from: number, to: number, counts: number) => {
            const [x, t, ...shape] = argumentsOf(output.slice(from, to), targets.slice(from, to));
            kernel(x, t, counts, ...shape);
          };
          const matrix = gathered(columns * columns, ends, add(kernels.confusionAccumulate));
          expect(Array.from(matrix)).toEqual(reference.confusion(output, targets).flat());
          const counts = gathered(3 * columns, ends, add(kernels.classCountsAccumulate));
          expect(Array.from(counts)).toEqual(reference.classCounts(output, targets).flat());
        }
      }
    }
  });

  test("correctBinary is its twin's count at every count from 1 to 67, for thresholds 0, 0.5 and -0.25", () => {
    for (const count of sizes) {
      for (const threshold of [0, 0.5, -0.25]) {
        const output = roundTo(dtype, random(count, count)).map((x, index) => (index % 4 ? x : threshold));
        const targets = random(count, count + 100).map((x) => (x > 0 ? 1 : 0));
        const correct = kernels.correctBinary(scratch.input(output), scratch.input(targets), count, threshold);
        expect(correct).toBe(reference.correctBinary(output, targets, threshold));
        scratch.expectIntact();
      }
    }
  });

  test("correctBinary takes NaN for 0, -0 for not above 0, and infinities by their sign", () => {
    const output = scratch.input([Number.NaN, Number.NaN, -0, Infinity, -Infinity]);
    expect(kernels.correctBinary(output, scratch.input([0, 1, 0, 1, 0]), 5, 0)).toBe(4);
    scratch.expectIntact();
  });

  test("binaryCountsAccumulate is its twin's counts at those sizes, for thresholds 0 and 0.5, also added part by part", () => {
    for (const [rows, columns] of shapes) {
      const output = rowsOf(rows, columns);
      const targets = rowsOf(rows, columns).map((row) => row.map((x) => Number(x > -0.2)).toReversed());
      for (const threshold of [0, 0.5]) {
        for (const ends of partsOf(rows)) {
          const counts = gathered(3 * columns, ends, (from, to, address) => {
            const [x, t, count] = argumentsOf(output.slice(from, to), targets.slice(from, to));
            kernels.binaryCountsAccumulate(x, t, address, count, columns, threshold);
          });
          expect(Array.from(counts)).toEqual(reference.binaryCounts(output, targets, threshold).flat());
        }
      }
    }
  });

  /** Deviations, the rows in parts. */
  const deviationsOf = (output: number[][], targets: number[][], ends: number[]) =>
    gathered(4 * output[0].length, ends, (from, to, address) => {
      const [x, t, count, columns] = argumentsOf(output.slice(from, to), targets.slice(from, to));
      kernels.deviationsAccumulate(x, t, address, count, columns, from);
    });

  test("deviationsAccumulate agrees with its twin at those sizes, to the same bits in one call and in three", () => {
    for (const [rows, columns] of shapes) {
      const [output, targets] = [0, 1].map((seed) =>
        Array.from({ length: rows }, (_, index) => roundTo(dtype, random(columns, 7 * index + seed))),
      );
      const whole = deviationsOf(output, targets, [rows]);
      expectClose(whole, reference.deviations(output, targets).flat(), tolerances.sum.float64, `${rows} × ${columns}`);
      if (rows > 4) expect(deviationsOf(output, targets, [1, 4, rows])).toEqual(whole);
    }
  });

  test("deviationsAccumulate keeps 12 digits of Σ (target - mean)² 2^20 deviations from 0, and with such a first row", () => {
    const near = random(67).map((x) => Math.round(8 * x) / 8);
    for (const values of [near.map((x) => 2 ** 20 + x), near.with(0, 2 ** 20)]) {
      const targets = values.map((x) => [x]);
      const [, , squares] = Array.from(deviationsOf(targets, targets, [67]));
      const [, , [expected]] = reference.deviations(
        targets.map(([x]) => [x - values[1]]),
        targets.map(([x]) => [x - values[1]]),
      );
      expect(Math.abs(squares - expected) / expected).toBeLessThan(1e-12);
    }
  });

  test("deviationsAccumulate lets NaN and infinities come through, in their column alone", () => {
    const targets = [
      [1, 2, Number.NaN, 4],
      [3, Infinity, 1, 4],
    ];
    const [first, means, squares, errors] = [0, 4, 8, 12].map((start) =>
      Array.from(deviationsOf(targets, targets, [2])).slice(start, start + 4),
    );
    expect(first).toEqual([1, 2, Number.NaN, 4]);
    expect(means).toEqual([1, Infinity, Number.NaN, 0]);
    expect(squares).toEqual([2, Number.NaN, Number.NaN, 0]);
    expect(errors).toEqual([0, Number.NaN, Number.NaN, 0]);
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address: a } = scratch.output(64);
      const unaligned = "blocks start on 16 bytes";
      const empty = "must be positive";
      const { correctClasses, correctTopClasses, correctBinary, binaryCountsAccumulate, deviationsAccumulate } =
        kernels;
      for (const [x, t] of [
        [a + 8, a],
        [a, a + 8],
      ]) {
        expect(() => correctClasses(x, t, 1, 4, 1)).toThrow(unaligned);
        expect(() => correctTopClasses(x, t, 1, 4, 1, 1)).toThrow(unaligned);
        expect(() => correctBinary(x, t, 4, 0)).toThrow(unaligned);
      }
      expect(() => correctClasses(a, a, 0, 4, 1)).toThrow(empty);
      expect(() => correctClasses(a, a, 1, 0, 1)).toThrow(empty);
      expect(() => correctTopClasses(a, a, 0, 4, 1, 1)).toThrow(empty);
      expect(() => correctTopClasses(a, a, 1, 4, 1, 0)).toThrow("most must be positive");
      expect(() => correctBinary(a, a, 0, 0)).toThrow(empty);
      const adding = [kernels.confusionAccumulate, kernels.classCountsAccumulate];
      for (const add of [...adding, binaryCountsAccumulate, deviationsAccumulate]) {
        expect(() => add(a + 8, a, a, 1, 4, 1)).toThrow(unaligned);
        expect(() => add(a, a + 8, a, 1, 4, 1)).toThrow(unaligned);
        expect(() => add(a, a, a + 8, 1, 4, 1)).toThrow(unaligned);
        expect(() => add(a, a, a, 0, 4, 1)).toThrow(empty);
        expect(() => add(a, a, a, 1, 0, 1)).toThrow(empty);
      }
    });

    test("a class that is no column, or targets of another width, trap", () => {
      const x = scratch.input([1, 2, 3, 4]);
      const width = "targets are class numbers or rows as wide as the output";
      expect(() => kernels.correctClasses(x, x, 1, 4, 3)).toThrow(width);
      for (const stranger of [-1, 4]) {
        const t = scratch.input([stranger]);
        const { address } = scratch.doubles(zeros(16));
        const column = "every class is a column";
        expect(() => kernels.correctTopClasses(x, t, 1, 4, 1, 1)).toThrow(column);
        expect(() => kernels.confusionAccumulate(x, t, address, 1, 4, 1)).toThrow(column);
        expect(() => kernels.classCountsAccumulate(x, t, address, 1, 4, 1)).toThrow(column);
      }
      scratch.expectIntact();
    });
  }
});
