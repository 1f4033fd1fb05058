import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import type { Geometry } from "../../../src/topology/layers/window.ts";
import { spreadWindows, sumWindows } from "../../reference/pooling/sum.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch } from "../scratch.ts";
import { countsOf, geometries, shownGeometry } from "../windows.ts";

const rows = 2;

class Sums {
  readonly scratch: Scratch;

  constructor(dtype: Dtype) {
    this.scratch = new Scratch(dtype);
  }

  /** @param values images, or sums of windows, whichever the operation reads */
  run(name: "sumWindows" | "spreadWindows", values: readonly number[], geometry: Geometry, isMean: boolean): number[] {
    const { scratch } = this;
    const counts = countsOf(geometry);
    const [from, to] = name === "sumWindows" ? counts : counts.toReversed();
    const count = values.length / from;
    const [input, output] = [scratch.input(values), scratch.output(count * to)];
    const [image, sums] = name === "sumWindows" ? [input, output.address] : [output.address, input];
    scratch.run(name, { ...geometry, image, sums, isMean: Number(isMean) }, count);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Sums(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));
  const passes = [true, false];

  test("sumWindows equals its twin on sides and channels from 1 to 20, sums and means: rounded once", () => {
    for (const [seed, geometry] of geometries.entries()) {
      const image = draw(rows * countsOf(geometry)[0], seed);
      for (const isMean of passes) {
        const expected = roundTo(dtype, sumWindows(image, geometry, isMean));
        expect(kernels.run("sumWindows", image, geometry, isMean), shownGeometry(geometry)).toEqual(expected);
      }
    }
  });

  test("spreadWindows equals its twin on sides and channels from 1 to 20, sums and means", () => {
    for (const [seed, geometry] of geometries.entries()) {
      const sums = draw(rows * countsOf(geometry)[1], seed);
      for (const isMean of passes) {
        const expected = spreadWindows(sums, geometry, isMean);
        const image = kernels.run("spreadWindows", sums, geometry, isMean);
        expectClose(image, expected, tolerances.sum[dtype], shownGeometry(geometry));
      }
    }
  });

  test("a mean of a million numbers near 1 is rounded once", () => {
    const image = draw(2 ** 20, 5).map((x) => Math.fround(1 + x / 4));
    const [geometry] = geometries;
    const windows = { width: image.length, kernelWidth: image.length, strideWidth: image.length, outputWidth: 1 };
    const whole = { ...geometry, height: 1, channels: 1, ...windows };
    const mean = image.reduce((sum, x) => sum + x, 0) / image.length;
    expect(kernels.run("sumWindows", image, whole, true)).toEqual(roundTo(dtype, [mean]));
  });

  test("NaN and infinities stay in their windows and their channel", () => {
    for (const [seed, geometry] of geometries.entries()) {
      const counts = countsOf(geometry);
      const odd = (x: number, index: number) => (index % 7 === 0 ? [Number.NaN, Infinity, -Infinity][index % 3] : x);
      const [image, sums] = counts.map((count) => draw(count, seed).map(odd));
      const expected = roundTo(dtype, sumWindows(image, geometry, true));
      expect(kernels.run("sumWindows", image, geometry, true), shownGeometry(geometry)).toEqual(expected);
      const spread = kernels.run("spreadWindows", sums, geometry, true);
      expectClose(spread, spreadWindows(sums, geometry, true), tolerances.sum[dtype], shownGeometry(geometry));
    }
  });

  test.runIf(isDebugBuild)("traps at windows of padding alone and at blocks beside 16 bytes", () => {
    const { scratch } = kernels;
    const { address } = scratch.output(64);
    const geometry = geometries.find(({ kernelHeight, channels }) => kernelHeight === 2 && channels === 4)!;
    const fields = { ...geometry, image: address, sums: address + 64, isMean: 1 };
    for (const name of ["sumWindows", "spreadWindows"] as const) {
      const run = (other: Partial<typeof fields>) => scratch.run(name, { ...fields, ...other }, 1);
      expect(() => run({ padTop: 2 })).toThrow("each window must have an element");
      expect(() => run({ dilationWidth: 2 })).toThrow("each window must have an element");
      expect(() => run({ channels: 0 })).toThrow("must be positive");
      expect(() => run({ sums: address + 8 })).toThrow("blocks start on 16 bytes");
    }
  });
});
