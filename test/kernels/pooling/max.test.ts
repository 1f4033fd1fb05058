import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { none } from "../../../src/kernels/operations.ts";
import type { Geometry } from "../../../src/topology/layers/window.ts";
import { maxPoolBackward, maxPoolForward } from "../../reference/pooling/max.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch } from "../scratch.ts";
import { countsOf, geometries, shownGeometry } from "../windows.ts";

const rows = 2;

class MaxPool {
  readonly scratch: Scratch;

  constructor(dtype: Dtype) {
    this.scratch = new Scratch(dtype);
  }

  forward(input: readonly number[], geometry: Geometry): number[] {
    const { scratch } = this;
    const [count, outputs] = countsOf(geometry);
    const output = scratch.output((input.length / count) * outputs);
    const fields = { ...geometry, input: scratch.input(input), output: output.address };
    scratch.run("maxPoolForward", fields, input.length / count);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  backward(input: readonly number[], outputGrad: readonly number[], geometry: Geometry): number[] {
    const maxima = this.forward(input, geometry);
    const { scratch } = this;
    const inputGrad = scratch.output(input.length);
    const [first, output, second] = [input, maxima, outputGrad].map((values) => scratch.input(values));
    const fields = { ...geometry, input: first, output, outputGrad: second, inputGrad: inputGrad.address };
    scratch.run("maxPoolBackward", fields, input.length / countsOf(geometry)[0]);
    const result = Array.from(scratch.read(inputGrad));
    scratch.expectIntact();
    return result;
  }
}

/** An image of one channel, or of as many as are worked on at once, all alike. */
function squares(height: number, width: number, channels: number): Geometry {
  const [outputHeight, outputWidth] = [height / 2, width / 2];
  const twos = { kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2 };
  const ones = { dilationHeight: 1, dilationWidth: 1, padTop: 0, padLeft: 0 };
  return { height, width, channels, ...twos, ...ones, outputHeight, outputWidth, sequences: none };
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new MaxPool(dtype);
  /** Half of the numbers are multiples of 1/2, so that many are equal. */
  const draw = (count: number, seed: number) =>
    roundTo(dtype, random(count, seed)).map((x, index) => (index % 4 < 2 ? Math.round(2 * x) / 2 : x));

  test("maxPoolForward equals its twin on sides and channels from 1 to 20, -0 among them", () => {
    expect(geometries.length).toBeGreaterThan(300);
    for (const [seed, geometry] of geometries.entries()) {
      const input = draw(rows * countsOf(geometry)[0], seed);
      expect(kernels.forward(input, geometry), shownGeometry(geometry)).toEqual(maxPoolForward(input, geometry));
    }
  });

  test("maxPoolBackward equals its twin on sides and channels from 1 to 20: sums to the bit in float64", () => {
    const tolerance = dtype === "float64" ? { absolute: 0, relative: 0 } : tolerances.sum.float32;
    for (const [seed, geometry] of geometries.entries()) {
      const [count, outputs] = countsOf(geometry);
      const [input, outputGrad] = [draw(rows * count, seed), roundTo(dtype, random(rows * outputs, seed + 1))];
      const inputGrad = kernels.backward(input, outputGrad, geometry);
      expectClose(inputGrad, maxPoolBackward(input, outputGrad, geometry), tolerance, shownGeometry(geometry));
    }
  });

  test("NaN counts as largest, and the first one has the gradient; infinities are numbers", () => {
    const odd = [Number.NaN, Infinity, -Infinity, 0, 1];
    for (const [seed, geometry] of geometries.entries()) {
      const [count, outputs] = countsOf(geometry);
      const input = draw(count, seed).map((x, index) => (index % 3 === 0 ? odd[(index + seed) % 5] : x));
      const outputGrad = roundTo(dtype, random(outputs, seed + 1)).map((x) => Math.round(8 * x));
      expect(kernels.forward(input, geometry), shownGeometry(geometry)).toEqual(maxPoolForward(input, geometry));
      const expected = maxPoolBackward(input, outputGrad, geometry);
      expectClose(kernels.backward(input, outputGrad, geometry), expected, { absolute: 0, relative: 0 });
    }
  });

  test.each([1, 3, 8])(
    "the first of equal maxima in row-major order has the gradient, with %i channels",
    (channels) => {
      const geometry = squares(2, 2, channels);
      for (const [pixels, winner] of [
        [[5, 5, 5, 5], 0],
        [[1, 5, 5, 0], 1],
        [[-0, 0, 0, -0], 0],
        [[-1, -2, 0, -0], 2],
        [[-Infinity, -Infinity, -Infinity, -Infinity], 0],
        [[1, 2, 3, 4], 3],
        [[Infinity, Number.NaN, Number.NaN, 9], 1],
      ] as const) {
        const spread = (values: readonly number[]) =>
          values.flatMap((value) => new Array<number>(channels).fill(value));
        const grad = new Array<number>(channels).fill(7);
        const expected = spread(pixels.map((_, place) => (place === winner ? 7 : 0)));
        expect(kernels.backward(spread(pixels), grad, geometry)).toEqual(expected);
        expect(kernels.forward(spread(pixels), geometry)).toEqual(spread([pixels[winner]]));
      }
    },
  );

  test("maxPoolBackward clears what no window has, whatever was there", () => {
    const geometry = { ...squares(4, 4, 8), height: 5, width: 5 };
    const inputGrad = kernels.backward(draw(200, 1), new Array(32).fill(1), geometry);
    const lines = [0, 1, 2, 3, 4].map((line) => inputGrad.slice(40 * line, 40 * line + 40));
    expect(lines[4]).toEqual(new Array(40).fill(0));
    for (const line of lines) expect(line.slice(32)).toEqual(new Array(8).fill(0));
    expect(inputGrad.reduce((sum, value) => sum + value)).toBe(32);
  });

  test.runIf(isDebugBuild)("traps at windows of padding alone, at dilations and at blocks beside 16 bytes", () => {
    const { scratch } = kernels;
    const { address } = scratch.output(64);
    const fields = { ...squares(2, 2, 4), input: address, output: address + 128 };
    const run = (other: Partial<typeof fields>) => scratch.run("maxPoolForward", { ...fields, ...other }, 1);
    const backward = (other: Partial<typeof fields>) =>
      scratch.run("maxPoolBackward", { ...fields, outputGrad: address, inputGrad: address, ...other }, 1);
    for (const act of [run, backward]) {
      expect(() => act({ padTop: 2 })).toThrow("each window must have an element");
      expect(() => act({ padLeft: 2 })).toThrow("each window must have an element");
      expect(() => act({ outputHeight: 2 })).toThrow("each window must have an element");
      expect(() => act({ outputWidth: 0 })).toThrow("each window must have an element");
      expect(() => act({ dilationHeight: 2 })).toThrow("each window must have an element");
      expect(() => act({ channels: 0 })).toThrow("must be positive");
      expect(() => act({ input: address + 8 })).toThrow("blocks start on 16 bytes");
    }
  });
});
