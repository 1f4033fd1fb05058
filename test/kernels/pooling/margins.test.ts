import { describe, expect, test } from "vitest";
import { addMargins, removeMargins } from "../../reference/pooling/margins.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

type Pairs = readonly (readonly [number, number])[];

const margins: readonly Pairs[] = [
  [
    [0, 0],
    [0, 0],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 0],
    [0, 3],
  ],
  [
    [0, 1],
    [5, 0],
  ],
];

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  /** The fields of images of these lines and columns. */
  function sizesOf(lines: number, columns: number, [[top, bottom], [left, right]]: Pairs) {
    const stride = left + columns + right;
    return { lines, columns, before: top * stride + left, stride, size: (top + lines + bottom) * stride };
  }

  test("margins are added and removed around 1 to 67 and 300 columns, every element with its bits", () => {
    for (const columns of [...sizes, 300]) {
      for (const [index, pairs] of margins.entries()) {
        const [rows, lines] = [2, 1 + ((columns + index) % 4)];
        const fields = sizesOf(lines, columns, pairs);
        const values = roundTo(dtype, random(rows * lines * columns, columns));
        values[0] = -0;
        const images = rowsOf(values, lines * columns).map((image) => rowsOf(image, columns));
        const padded = images.map((image) => addMargins(image, pairs));
        const outer = scratch.output(rows * fields.size);
        scratch.run("addMargins", { inner: scratch.input(values), outer: outer.address, ...fields }, rows);
        expect(Array.from(scratch.read(outer))).toEqual(padded.flat(2));
        scratch.expectIntact();

        const whole = roundTo(dtype, random(rows * fields.size, columns + 1));
        const cut = rowsOf(whole, fields.size).map((image) => removeMargins(rowsOf(image, fields.stride), pairs));
        const inner = scratch.output(rows * lines * columns);
        scratch.run("removeMargins", { inner: inner.address, outer: scratch.input(whole), ...fields }, rows);
        expect(Array.from(scratch.read(inner))).toEqual(cut.flat(2));
        scratch.expectIntact();
      }
    }
  });

  test("NaN and infinities are copied", () => {
    const values = [Number.NaN, Infinity, -Infinity];
    const [inner, outer] = [scratch.input(values), scratch.output(5)];
    scratch.run(
      "addMargins",
      {
        inner,
        outer: outer.address,
        ...sizesOf(1, 3, [
          [0, 0],
          [1, 1],
        ]),
      },
      1,
    );
    expect(Array.from(scratch.read(outer))).toEqual([0, ...values, 0]);
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)("traps at nothing to do, at parts of elements, and at an image beyond its margins", () => {
    const { address } = scratch.output(64);
    const fields = { inner: address, outer: address + 64, ...sizesOf(2, 3, margins[1]) };
    for (const name of ["addMargins", "removeMargins"] as const) {
      const run = (other: Partial<typeof fields>) => scratch.run(name, { ...fields, ...other }, 1);
      expect(() => run({ lines: 0 })).toThrow("must be positive");
      expect(() => run({ columns: 0 })).toThrow("must be positive");
      expect(() => run({ stride: 2 })).toThrow("must lie within its margins");
      expect(() => run({ size: 14 })).not.toThrow();
      expect(() => run({ size: 12 })).toThrow("must lie within its margins");
      expect(() => run({ before: -1 })).toThrow("must lie within its margins");
      expect(() => run({ outer: address + 2 })).toThrow("multiples of an element's size");
    }
  });
});
