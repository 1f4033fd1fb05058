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
  const forward = (input: number, weight: number, bias: number, output: number, s: reference.Sizes) =>
    scratch.run("denseForward", { input, weight, bias, output, fanIn: s.fanIn, fanOut: s.fanOut }, s.rows);
  type Blocks<Name extends string> = Readonly<Record<Name, number>>;
  /** @param s whose rows are so many positions of each example */
  const backwardWeight = (blocks: Blocks<"input" | "outputGrad" | "weightGrad">, s: reference.Sizes, positions = 1) => {
    const { rows, fanIn, fanOut } = s;
    scratch.run("denseBackwardWeight", { positions, ...blocks, fanIn, fanOut }, fanIn, { rows: rows / positions });
  };
  const backwardBias = (blocks: Blocks<"outputGrad" | "biasGrad">, s: reference.Sizes, positions = 1) => {
    const { rows, fanOut } = s;
    scratch.run("denseBackwardBias", { positions, ...blocks, fanOut }, fanOut, { rows: rows / positions });
  };

  test("denseForward equals its twin at every size from 1 to 67, with and without bias", () => {
    for (const s of shapes) {
      const [input, weight, row] = [random(s.rows * s.fanIn, 1), random(s.fanIn * s.fanOut, 2), random(s.fanOut, 3)];
      const addresses = [scratch.input(input), scratch.input(weight)] as const;
      for (const b of [row, undefined]) {
        const output = scratch.output(s.rows * s.fanOut);
        const bias = b ? scratch.input(b) : 0;
        forward(...addresses, bias, output.address, s);
        const expected = reference.denseForward(input, weight, b, s);
        expectClose(scratch.read(output), expected, tolerance, `${JSON.stringify(s)} ${b ? "bias" : "no bias"}`);
      }
      scratch.expectIntact();
    }
  });

  test("denseBackwardInput equals its twin at every size from 1 to 67", () => {
    for (const s of shapes) {
      const [outputGrad, weight] = [random(s.rows * s.fanOut, 1), random(s.fanIn * s.fanOut, 2)];
      const inputGrad = scratch.output(s.rows * s.fanIn);
      const blocks = { outputGrad: scratch.input(outputGrad), weight: scratch.input(weight) };
      const { rows, ...widths } = s;
      scratch.run("denseBackwardInput", { ...blocks, inputGrad: inputGrad.address, ...widths }, rows);
      const expected = reference.denseBackwardInput(outputGrad, weight, s);
      expectClose(scratch.read(inputGrad), expected, tolerance, JSON.stringify(s));
      scratch.expectIntact();
    }
  });

  test("denseBackwardWeight equals its twin at every size from 1 to 67", () => {
    for (const s of shapes) {
      const [input, outputGrad] = [random(s.rows * s.fanIn, 1), random(s.rows * s.fanOut, 2)];
      const weightGrad = scratch.output(s.fanIn * s.fanOut);
      const blocks = { input: scratch.input(input), outputGrad: scratch.input(outputGrad) };
      backwardWeight({ ...blocks, weightGrad: weightGrad.address }, s);
      const expected = reference.denseBackwardWeight(input, outputGrad, s);
      expectClose(scratch.read(weightGrad), expected, tolerance, JSON.stringify(s));
      scratch.expectIntact();
    }
  });

  test("denseBackwardBias equals its twin at every size from 1 to 67", () => {
    for (const s of shapes) {
      const outputGrad = random(s.rows * s.fanOut, 2);
      const biasGrad = scratch.output(s.fanOut);
      backwardBias({ outputGrad: scratch.input(outputGrad), biasGrad: biasGrad.address }, s);
      const expected = reference.denseBackwardBias(outputGrad, s);
      expectClose(scratch.read(biasGrad), expected, tolerance, JSON.stringify(s));
      scratch.expectIntact();
    }
  });

  test("the gradients of 5 examples of 3 positions have the bits of those of 15 rows", () => {
    const s = { rows: 15, fanIn: 7, fanOut: 9 };
    const [input, outputGrad] = [scratch.input(random(105, 1)), scratch.input(random(135, 2))];
    const gradientsOf = (positions: number) => {
      const [weightGrad, biasGrad] = [scratch.output(63), scratch.output(9)];
      backwardWeight({ input, outputGrad, weightGrad: weightGrad.address }, s, positions);
      backwardBias({ outputGrad, biasGrad: biasGrad.address }, s, positions);
      return [weightGrad, biasGrad].map((block) => scratch.read(block));
    };
    expect(gradientsOf(3)).toEqual(gradientsOf(1));
    scratch.expectIntact();
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
      forward(scratch.input(input), weight, bias, together.address, { rows, fanIn, fanOut });
      for (const row of [0, 1, 33, 69]) {
        const alone = scratch.output(fanOut);
        const one = scratch.input(input.slice(row * fanIn, (row + 1) * fanIn));
        forward(one, weight, bias, alone.address, { rows: 1, fanIn, fanOut });
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
    forward(scratch.input(input), scratch.input(weight), 0, output.address, s);
    expectClose(scratch.read(output), reference.denseForward(input, weight, undefined, s), tolerance);
    expect([...scratch.read(output)].slice(0, fanOut).every(Number.isNaN)).toBe(true);
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)("an unaligned address or an empty size stops the debug build", () => {
    const [a, b] = [scratch.input(random(16)), scratch.output(zeros(16)).address];
    const widths = { fanIn: 2, fanOut: 2 };
    const [unaligned, empty] = ["16-byte aligned", "at least 1"];
    for (const wrong of [{ input: a + 4 }, { weight: a + 4 }, { bias: a + 4 }, { output: b + 8 }]) {
      const fields = { input: a, weight: a, bias: 0, output: b, ...widths, ...wrong };
      expect(() => scratch.run("denseForward", fields, 2)).toThrow(unaligned);
    }
    for (const wrong of [{ outputGrad: a + 8 }, { weight: a + 8 }, { inputGrad: b + 8 }]) {
      const fields = { outputGrad: a, weight: a, inputGrad: b, ...widths, ...wrong };
      expect(() => scratch.run("denseBackwardInput", fields, 2)).toThrow(unaligned);
    }
    for (const wrong of [{ input: a + 8 }, { outputGrad: a + 8 }, { weightGrad: b + 8 }]) {
      const blocks = { input: a, outputGrad: a, weightGrad: b, ...wrong };
      expect(() => backwardWeight(blocks, { rows: 2, ...widths })).toThrow(unaligned);
    }
    for (const wrong of [{ outputGrad: a + 8 }, { biasGrad: b + 8 }]) {
      const blocks = { outputGrad: a, biasGrad: b, ...wrong };
      expect(() => backwardBias(blocks, { rows: 2, ...widths })).toThrow(unaligned);
    }
    for (const wrong of [{ rows: 0 }, { fanIn: 0 }, { fanOut: 0 }]) {
      const s = { rows: 2, ...widths, ...wrong };
      expect(() => forward(a, a, 0, b, s)).toThrow(empty);
      const fields = { outputGrad: a, weight: a, inputGrad: b, fanIn: s.fanIn, fanOut: s.fanOut };
      expect(() => scratch.run("denseBackwardInput", fields, s.rows)).toThrow(empty);
      expect(() => backwardWeight({ input: a, outputGrad: a, weightGrad: b }, s)).toThrow(empty);
      if (s.fanIn > 0) expect(() => backwardBias({ outputGrad: a, biasGrad: b }, s)).toThrow(empty);
    }
  });
});
