import { describe, expect, test } from "vitest";
import { elementBytes } from "../../../src/kernels/dtype.ts";
import { stridedProduct } from "../../reference/products/strided.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, Scratch, sizes } from "../scratch.ts";

interface Shape {
  readonly rows: number;
  readonly depth: number;
  /** 0 if k is in one piece. */
  readonly segments: number;
  readonly columns: number;
}

interface Ways {
  readonly alongRows: boolean;
  readonly hasStart?: boolean;
  /** Whether B's columns, not its rows, lie side by side. */
  readonly isTransposed?: boolean;
}

/** Elements between what lies apart: rows of A, of B and of C, and segments. */
const gap = 3;

/** Widths below, at and above a vector, a tile and two; depths below and above a panel. */
const shapes: Shape[] = [
  ...sizes.map((size) => ({ rows: size, depth: 5, segments: 3, columns: 9 })),
  ...sizes.map((size) => ({ rows: 3, depth: size, segments: 4, columns: 18 })),
  ...sizes.map((size) => ({ rows: 5, depth: 7, segments: size, columns: 7 })),
  ...sizes.map((size) => ({ rows: 4, depth: 6, segments: 5, columns: size })),
  { rows: 1, depth: 40, segments: 9, columns: 70 },
  { rows: 1, depth: 40, segments: 2, columns: 700 },
  { rows: 6, depth: 300, segments: 3, columns: 37 },
  { rows: 35, depth: 90, segments: 7, columns: 34 },
];

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const size = elementBytes[dtype];

  /** The fields of the product, all strides with gaps, its result, and its twin's. */
  function problem(shape: Shape, { alongRows, hasStart = false, isTransposed = false }: Ways) {
    const { rows, depth, columns } = shape;
    const segments = shape.segments || 1;
    // Of A, a segment's steps side by side along its rows, or its rows side by side.
    const aStep = alongRows ? 1 : rows + gap;
    const aSegment = alongRows ? depth + gap : depth * aStep + gap;
    const aRow = alongRows ? segments * aSegment + gap : 1;
    const [bColumn, bStep] = isTransposed ? [segments * (depth + gap), 1] : [1, columns + gap];
    const bSegment = isTransposed ? depth + gap : depth * bStep + gap;
    const cRow = columns + gap;
    const a = random((rows + 1) * aRow + segments * aSegment + depth * aStep, 1);
    const b = random(segments * bSegment + depth * bStep + columns * bColumn, 2);
    const start = random(rows * cRow, 3);
    const c = scratch.output(new Array((rows - 1) * cRow + columns).fill(9));
    const fields = {
      ...{ a: scratch.input(a), aRow: aRow * size, aStep: aStep * size, aSegment: aSegment * size },
      ...{ b: scratch.input(b), bStep: bStep * size, bColumn: bColumn * size, bSegment: bSegment * size },
      ...{ c: c.address, cRow: cRow * size, depth, segments: shape.segments, columns },
      ...{ start: hasStart ? scratch.input(start) : 0, startRow: cRow * size, alongRows: Number(alongRows), panels: 0 },
    };
    const expected = stridedProduct({
      ...{ rows, depth, segments, columns },
      a: (row, segment, k) => a[row * aRow + segment * aSegment + k * aStep],
      b: (segment, k, column) => b[segment * bSegment + k * bStep + column * bColumn],
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
      for (const segments of [0, shape.segments]) {
        expectProduct({ ...shape, segments }, { alongRows });
        expectProduct({ ...shape, segments }, { alongRows, hasStart: true });
      }
    }
  });

  test("equals its twin where B is transposed, so that its columns are packed", () => {
    for (const shape of shapes) expectProduct(shape, { alongRows: true, isTransposed: true, hasStart: true });
  });

  test("a sum over segments has the bits of one over the same steps in one piece", () => {
    for (const columns of [1, 2, 5, 16, 33]) {
      for (const alongRows of [true, false]) {
        const [rows, depth, segments] = [5, 12, 30];
        const steps = segments * depth;
        const [a, b] = [scratch.input(random(rows * steps)), scratch.input(random(steps * columns, 2))];
        const [aRow, aStep] = alongRows ? [steps, 1] : [1, rows];
        const results = [0, segments].map((count) => {
          const c = scratch.output(rows * columns);
          const fields = {
            ...{ a, aRow: aRow * size, aStep: aStep * size, aSegment: depth * aStep * size },
            ...{ b, bStep: columns * size, bColumn: size, bSegment: depth * columns * size },
            ...{ c: c.address, cRow: columns * size, depth: count ? depth : steps, segments: count, columns },
            ...{ start: 0, startRow: 0, alongRows: Number(alongRows), panels: 0 },
          };
          scratch.run("stridedProduct", fields, rows);
          return scratch.read(c);
        });
        expect(results[1]).toEqual(results[0]);
        scratch.expectIntact();
      }
    }
  });

  test("a prepared B gives the bits of one that is not, whether its rows or its columns lie side by side", () => {
    for (const { rows, depth, columns } of shapes) {
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
              aSegment: 0,
              b,
              bStep: bStep * size,
              bColumn: bColumn * size,
            },
            ...{ bSegment: 0, c: c.address, cRow: columns * size, depth, segments: 0, columns },
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
    const { fields } = problem({ rows: 3, depth: 4, segments: 2, columns: 8 }, { alongRows: true });
    const wrong = { ...fields, aStep: 2 * size };
    expect(() => scratch.run("stridedProduct", wrong, 3)).toThrow("A must lie as its layout says");
    expect(() => scratch.run("stridedProduct", { ...wrong, segments: 0 }, 3)).toThrow("A must lie as its layout says");
  });
});
