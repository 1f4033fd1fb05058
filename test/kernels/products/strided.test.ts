import { describe, expect, test } from "vitest";
import { elementBytes } from "../../../src/kernels/dtype.ts";
import { BlockSum, blockTerms } from "../../reference/products/product.ts";
import { stridedProduct } from "../../reference/products/strided.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, Scratch, sizes } from "../scratch.ts";

interface Shape {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

interface Ways {
  readonly alongRows: boolean;
  readonly hasStart?: boolean;
  /** Whether B's columns, not its rows, lie side by side. */
  readonly isTransposed?: boolean;
}

/** Elements between what lies apart: rows of A, of B and of C. */
const gap = 3;

/** Widths below, at and above a vector, a tile and two; depths below and above a block of a sum, and a chain of blocks. */
const shapes: Shape[] = [
  ...sizes.map((size) => ({ rows: size, depth: 15, columns: 9 })),
  ...sizes.map((size) => ({ rows: 3, depth: 4 * size, columns: 18 })),
  ...sizes.map((size) => ({ rows: 5, depth: size, columns: 7 })),
  ...sizes.map((size) => ({ rows: 4, depth: 30, columns: size })),
  { rows: 1, depth: 360, columns: 70 },
  { rows: 1, depth: 300, columns: 700 },
  { rows: 1, depth: 260, columns: 5000 },
  { rows: 6, depth: 900, columns: 37 },
  { rows: 35, depth: 630, columns: 34 },
  { rows: 130, depth: 16_400, columns: 2 },
  { rows: 2, depth: 16_700, columns: 70 },
  { rows: 1, depth: 33_000, columns: 9 },
];

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const size = elementBytes[dtype];

  /** The fields of the product, all strides with gaps, its result, and its twin's. */
  function problem(shape: Shape, { alongRows, hasStart = false, isTransposed = false }: Ways) {
    const { rows, depth, columns } = shape;
    const [aRow, aStep] = alongRows ? [depth + gap, 1] : [1, rows + gap];
    const [bColumn, bStep] = isTransposed ? [depth + gap, 1] : [1, columns + gap];
    const cRow = columns + gap;
    const a = random((rows + 1) * aRow + depth * aStep, 1);
    const b = random(depth * bStep + columns * bColumn, 2);
    const start = random(rows * cRow, 3);
    const c = scratch.output(new Array((rows - 1) * cRow + columns).fill(9));
    const fields = {
      ...{ a: scratch.input(a), aRow: aRow * size, aStep: aStep * size },
      ...{ b: scratch.input(b), bStep: bStep * size, bColumn: bColumn * size },
      ...{ c: c.address, cRow: cRow * size, depth, columns },
      ...{ start: hasStart ? scratch.input(start) : 0, startRow: cRow * size, alongRows: Number(alongRows), panels: 0 },
    };
    const expected = stridedProduct({
      ...{ rows, depth, columns },
      a: (row, k) => a[row * aRow + k * aStep],
      b: (k, column) => b[k * bStep + column * bColumn],
      start: (row, column) => (hasStart ? start[row * cRow + column] : 0),
    });
    /** C with its gaps, which nobody writes. */
    const withGaps = expected.flatMap((row, index) => (index < rows - 1 ? [...row, 9, 9, 9] : row));
    return { fields, c, expected: withGaps };
  }

  function expectProduct(shape: Shape, ways: Ways): void {
    const { fields, c, expected } = problem(shape, ways);
    scratch.run("stridedProduct", fields, shape.rows);
    expectClose(scratch.read(c), expected, tolerances.sum[dtype], JSON.stringify({ ...shape, ...ways }));
    scratch.expectIntact();
  }

  test.each([true, false])("equals its twin at every size from 1 to 67; A along its rows: %s", (alongRows) => {
    for (const shape of shapes) {
      expectProduct(shape, { alongRows });
      expectProduct(shape, { alongRows, hasStart: true });
    }
  });

  test("equals its twin where B is transposed, so that its columns are packed", () => {
    for (const shape of shapes) expectProduct(shape, { alongRows: true, isTransposed: true, hasStart: true });
  });

  test("a sum has the bits of blocks of 256 terms, whose sums are added, of 16,384 a time", () => {
    const round = dtype === "float32" ? Math.fround : (x: number) => x;
    for (const depth of [256, 257, 700, 16_384, 16_385, 40_000]) {
      for (const [rows, columns] of [
        [1, 1],
        [3, 5],
        [1, 40],
        [2, 19],
      ]) {
        const [a, b] = [random(rows * depth, 1).map(round), random(depth * columns, 2).map(round)];
        const c = scratch.output(rows * columns);
        const fields = {
          ...{ a: scratch.input(a), aRow: depth * size, aStep: size, b: scratch.input(b), bStep: columns * size },
          ...{ bColumn: size, c: c.address, cRow: columns * size, depth, columns },
          ...{ start: 0, startRow: 0, alongRows: 1, panels: 0 },
        };
        scratch.run("stridedProduct", fields, rows);
        const expected = Array.from({ length: rows * columns }, (_, index) => {
          const [row, column] = [Math.floor(index / columns), index % columns];
          let total = 0;
          for (let chain = 0; chain < depth; chain += 16_384) {
            const sum = new BlockSum(round);
            for (let k = chain; k < Math.min(chain + 16_384, depth); k++) {
              sum.add(Math.floor(k / blockTerms), round(a[row * depth + k] * b[k * columns + column]));
            }
            total = round(total + sum.value);
          }
          return total;
        });
        expect(Array.from(scratch.read(c)), `${rows} x ${depth} x ${columns}`).toEqual(expected);
        scratch.expectIntact();
      }
    }
  });

  test("a prepared B gives the bits of one that is not, whether its rows or its columns lie side by side", () => {
    // What is prepared is a chain of blocks.
    for (const { rows, depth, columns } of shapes.filter((shape) => shape.depth <= 16_384)) {
      const [a, b] = [scratch.input(random(rows * (depth + gap), 1)), scratch.input(random(depth * columns, 2))];
      for (const [bStep, bColumn] of [
        [columns, 1],
        [1, depth],
      ]) {
        const bands = Math.ceil(columns / (64 / size));
        const results = [0, scratch.doubles(8 * bands * depth).address].map((panels) => {
          const c = scratch.output(rows * columns);
          const fields = {
            ...{
              a,
              aRow: (depth + gap) * size,
              aStep: size,
              b,
              bStep: bStep * size,
              bColumn: bColumn * size,
            },
            ...{ c: c.address, cRow: columns * size, depth, columns },
            ...{ start: 0, startRow: 0, alongRows: 1, panels },
          };
          scratch.run("stridedProduct", fields, rows);
          return scratch.read(c);
        });
        expect(results[1], JSON.stringify({ rows, depth, columns })).toEqual(results[0]);
      }
      scratch.expectIntact();
    }
  });

  test.runIf(isDebugBuild)("stops where A does not lie as it is said to", () => {
    const { fields } = problem({ rows: 3, depth: 4, columns: 8 }, { alongRows: true });
    const wrong = { ...fields, aStep: 2 * size };
    expect(() => scratch.run("stridedProduct", wrong, 3)).toThrow("A must lie as its layout says");
  });
});
