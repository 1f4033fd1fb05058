import { describe, expect, test } from "vitest";
import * as reference from "../../reference/products/dense.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, Scratch, sizes } from "../scratch.ts";

/** Every size in each place, next to sizes below, at and above a vector and a tile; and some of the sizes of real work. */
const shapes: reference.Sizes[] = [
  ...sizes.flatMap((size) => [
    { rows: size, fanIn: 5, fanOut: 7 },
    { rows: 3, fanIn: size, fanOut: 18 },
    { rows: 2, fanIn: 9, fanOut: size },
    { rows: size, fanIn: size, fanOut: 1 },
    { rows: size, fanIn: 1, fanOut: size },
    { rows: 1, fanIn: size, fanOut: size },
    { rows: size, fanIn: size, fanOut: size },
  ]),
  ...sizes.map((size) => ({ rows: 1, fanIn: size, fanOut: 511 + size })),
  { rows: 20, fanIn: 256, fanOut: 35 },
  { rows: 300, fanIn: 384, fanOut: 131 },
  { rows: 67, fanIn: 300, fanOut: 131 },
  { rows: 130, fanIn: 517, fanOut: 150 },
  { rows: 5, fanIn: 131, fanOut: 600 },
];

const zeros = (count: number) => new Array<number>(count).fill(0);

describe.each(dtypes)("%s", (dtype) => {
  const tolerance = tolerances.sum[dtype];
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  test("matmulForward equals its twin at every size from 1 to 67, with and without bias", () => {
    for (const s of shapes) {
      const [input, weight, row] = [random(s.rows * s.fanIn, 1), random(s.fanIn * s.fanOut, 2), random(s.fanOut, 3)];
      const addresses = [scratch.input(input), scratch.input(weight)] as const;
      for (const b of [row, undefined]) {
        const output = scratch.output(s.rows * s.fanOut);
        const bias = b ? scratch.input(b) : 0;
        kernels.matmulForward(...addresses, bias, output.address, 0, s.rows, s.fanIn, s.fanOut, 0, 0);
        const expected = reference.matmulForward(input, weight, b, s);
        expectClose(scratch.read(output), expected, tolerance, `${JSON.stringify(s)} ${b ? "bias" : "no bias"}`);
      }
      scratch.expectIntact();
    }
  });

  test("matmulForward applies the activation of the table to what it computed, in place or beside it", () => {
    const s = { rows: 7, fanIn: 5, fanOut: 9 };
    const [input, weight] = [random(35, 1), random(45, 2)];
    const place = scratch.arena.tableIndex("reluForward");
    const [preactivation, activation] = [scratch.output(63), scratch.output(63)];
    const addresses = [scratch.input(input), scratch.input(weight)] as const;
    kernels.matmulForward(...addresses, 0, preactivation.address, activation.address, 7, 5, 9, place, 0);
    const expected = reference.matmulForward(input, weight, undefined, s);
    expectClose(scratch.read(preactivation), expected, tolerance);
    expectClose(
      scratch.read(activation),
      expected.map((value) => Math.max(value, 0)),
      tolerance,
    );
    kernels.matmulForward(...addresses, 0, preactivation.address, preactivation.address, 7, 5, 9, place, 0);
    expect(scratch.read(preactivation)).toEqual(scratch.read(activation));
    scratch.expectIntact();
  });

  test("matmulBackwardInput equals its twin at every size from 1 to 67", () => {
    for (const s of shapes) {
      const [outputGrad, weight] = [random(s.rows * s.fanOut, 1), random(s.fanIn * s.fanOut, 2)];
      const inputGrad = scratch.output(s.rows * s.fanIn);
      const addresses = [scratch.input(outputGrad), scratch.input(weight), inputGrad.address] as const;
      kernels.matmulBackwardInput(...addresses, s.rows, s.fanIn, s.fanOut);
      const expected = reference.matmulBackwardInput(outputGrad, weight, s);
      expectClose(scratch.read(inputGrad), expected, tolerance, JSON.stringify(s));
      scratch.expectIntact();
    }
  });

  test("matmulBackwardWeight equals its twin at every size from 1 to 67, with and without bias", () => {
    for (const s of shapes) {
      const [input, outputGrad] = [random(s.rows * s.fanIn, 1), random(s.rows * s.fanOut, 2)];
      const addresses = [scratch.input(input), scratch.input(outputGrad)] as const;
      for (const hasBias of [true, false]) {
        const weightGrad = scratch.output(s.fanIn * s.fanOut);
        const biasGrad = scratch.output(s.fanOut);
        const targets = [weightGrad.address, hasBias ? biasGrad.address : 0] as const;
        kernels.matmulBackwardWeight(...addresses, ...targets, s.rows, s.fanIn, s.fanOut);
        const what = JSON.stringify(s);
        expectClose(scratch.read(weightGrad), reference.matmulBackwardWeight(input, outputGrad, s), tolerance, what);
        if (hasBias) expectClose(scratch.read(biasGrad), reference.biasBackward(outputGrad, s), tolerance, what);
      }
      scratch.expectIntact();
    }
  });

  test("a row's result has the same bits whatever rows are computed with it", () => {
    for (const [fanIn, fanOut] of [
      [1, 1],
      [7, 1],
      [300, 2],
      [70, 10],
      [40, 200],
      [600, 200],
      [9, 515],
      [70, 600],
    ]) {
      const rows = 70;
      const input = random(rows * fanIn);
      const weight = scratch.input(random(fanIn * fanOut, 2));
      const bias = scratch.input(random(fanOut, 3));
      const together = scratch.output(rows * fanOut);
      kernels.matmulForward(scratch.input(input), weight, bias, together.address, 0, rows, fanIn, fanOut, 0, 0);
      for (const row of [0, 1, 33, 69]) {
        const alone = scratch.output(fanOut);
        const one = scratch.input(input.slice(row * fanIn, (row + 1) * fanIn));
        kernels.matmulForward(one, weight, bias, alone.address, 0, 1, fanIn, fanOut, 0, 0);
        expect(scratch.read(alone)).toEqual(scratch.read(together).slice(row * fanOut, (row + 1) * fanOut));
      }
      scratch.expectIntact();
    }
  });

  test.each([1, 2, 3, 5, 10, 16, 21])("NaN, infinities and -0 go where IEEE 754 sends them, fanOut %i", (fanOut) => {
    const s = { rows: 5, fanIn: 3, fanOut };
    const input = random(15);
    input[0] = Number.NaN;
    input[3] = Number.POSITIVE_INFINITY;
    input[6] = Number.NEGATIVE_INFINITY;
    input.fill(-0, 9, 12);
    const weight = random(3 * fanOut, 2);
    const output = scratch.output(5 * fanOut);
    kernels.matmulForward(scratch.input(input), scratch.input(weight), 0, output.address, 0, 5, 3, fanOut, 0, 0);
    expectClose(scratch.read(output), reference.matmulForward(input, weight, undefined, s), tolerance);
    expect([...scratch.read(output)].slice(0, fanOut).every(Number.isNaN)).toBe(true);
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)("an unaligned address or an empty size stops the debug build", () => {
    const [a, b] = [scratch.input(random(16)), scratch.output(zeros(16)).address];
    expect(() => kernels.matmulForward(a + 4, a, 0, b, 0, 2, 2, 2, 0, 0)).toThrow("16-byte aligned");
    expect(() => kernels.matmulForward(a, a, 0, b, 0, 0, 2, 2, 0, 0)).toThrow("at least 1");
    expect(() => kernels.matmulBackwardInput(a, a + 8, b, 2, 2, 2)).toThrow("16-byte aligned");
    expect(() => kernels.matmulBackwardWeight(a, a, b, 0, 2, 0, 2)).toThrow("at least 1");
  });
});
