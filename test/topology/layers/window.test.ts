import { describe, expect, test } from "vitest";
import type { Shape } from "../../../src/topology/layers/layer.ts";
import {
  aroundSides,
  checkPadding,
  checkSize,
  geometryOf,
  outputShapeOf,
  type SpatialSides,
  spatialShape,
  type Windows,
  windowsOn,
} from "../../../src/topology/layers/window.ts";

const windows = (size: number, stride: number, padding: Windows["padding"], dilation = 1): Windows => ({
  size: [size],
  stride: [stride],
  padding,
  dilation: [dilation],
});

describe("checkSize", () => {
  test("gives a number for each spatial side", () => {
    expect(checkSize("pool: size", 3, 2)).toEqual([3, 3]);
    expect(checkSize("pool: size", 3, 1)).toEqual([3]);
    expect(checkSize("pool: size", [2, 3], 2)).toEqual([2, 3]);
    expect(checkSize("pool: padding", 0, 1, 0)).toEqual([0]);
  });

  test.each<[unknown, SpatialSides, string]>([
    [0, 2, "pool: got 0, need a whole number from 1 to 1048576, or [height, width] of such numbers"],
    [1.5, 1, "pool: got 1.5, need a whole number from 1 to 1048576"],
    ["2", 2, 'pool: got "2", need'],
    [[2, 0], 2, "pool: got [2, 0], need"],
    [[2, 2, 2], 2, "pool: got [2, 2, 2], need"],
    [2 ** 20 + 1, 1, "pool: got 1048577, need"],
    [undefined, 2, "pool: got undefined, need"],
  ])("refuses %j for %i sides", (value, sides, message) => {
    expect(() => checkSize("pool", value, sides)).toThrow(message);
  });
});

describe("aroundSides", () => {
  test("gives a pair for each side", () => {
    expect(aroundSides(2, 2)).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(aroundSides([[1, 2]], 1)).toEqual([[1, 2]]);
    const given: [number, number][] = [
      [0, 1],
      [2, 3],
    ];
    const pairs = aroundSides(given, 2)!;
    expect(pairs).toEqual(given);
    given[0][0] = 9;
    expect(pairs[0]).toEqual([0, 1]);
  });

  test.each([
    -1,
    0.5,
    "same",
    null,
    [1, 2],
    [[1, 2]],
    [[1, 2], [3]],
    [
      [1, 2],
      [3, -1],
    ],
  ])("of %j gives none", (value) => {
    expect(aroundSides(value, 2)).toBeUndefined();
  });
});

describe("checkPadding", () => {
  test("keeps names and gives pairs for numbers", () => {
    expect(checkPadding("pool", "same", 2)).toBe("same");
    expect(checkPadding("pool", "valid", 1)).toBe("valid");
    expect(checkPadding("pool", "causal", 1)).toBe("causal");
    expect(checkPadding("pool", 1, 2)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(checkPadding("pool", [1, 2], 1)).toEqual([[1, 2]]);
    expect(checkPadding("pool", [[1, 2]], 1)).toEqual([[1, 2]]);
  });

  test.each<[unknown, SpatialSides, string]>([
    [
      "causal",
      2,
      'pool: got padding "causal", need "valid", "same", a number of zeros, or [[top, bottom], [left, right]]',
    ],
    ["some", 1, 'pool: got padding "some", need "valid", "same", "causal", a number of zeros, or [before, after]'],
    [-1, 2, "pool: got padding -1, need"],
    [[1, 2], 2, "pool: got padding an array of 2, need"],
    [null, 1, "pool: got padding null, need"],
  ])("refuses %j for %i sides", (value, sides, message) => {
    expect(() => checkPadding("pool", value, sides)).toThrow(message);
  });
});

describe("windowsOn", () => {
  test.each<[string, Windows, number, number, number, number]>([
    ["valid windows that do not reach the end", windows(2, 2, "valid"), 5, 2, 0, 0],
    ["windows of one stride", windows(3, 1, "valid"), 5, 3, 0, 0],
    ["dilated windows", windows(3, 1, "valid", 2), 7, 3, 0, 0],
    ["same: the odd zero comes after", windows(3, 2, "same"), 4, 2, 0, 1],
    ["same of an odd side", windows(3, 2, "same"), 5, 3, 1, 1],
    ["same with a stride larger than the windows", windows(2, 3, "same"), 7, 3, 0, 1],
    ["causal: all before", windows(3, 1, "causal"), 5, 5, 2, 0],
    ["causal and dilated", windows(3, 2, "causal", 2), 5, 3, 4, 0],
    ["numbers", windows(3, 2, [[1, 2]]), 6, 4, 1, 2],
    ["windows that are too large", windows(6, 1, "valid"), 5, 0, 0, 0],
  ])("of %s", (_, given, length, count, before, after) => {
    expect(windowsOn(given, 0, length)).toEqual({ count, before, after });
  });

  test("same gives ⌈length / stride⌉ windows, each with an element, on lengths from 1 to 20", () => {
    for (let length = 1; length <= 20; length++) {
      for (const size of [1, 2, 3, 5]) {
        for (const stride of [1, 2, 3, 7]) {
          const { count, before, after } = windowsOn(windows(size, stride, "same"), 0, length);
          expect(count).toBe(Math.ceil(length / stride));
          expect([0, 1]).toContain(after - before);
          expect((count - 1) * stride - before).toBeLessThan(length);
          expect((count - 1) * stride + size).toBeLessThanOrEqual(Math.max(before + length + after, 0) + stride);
        }
      }
    }
  });
});

describe("geometryOf", () => {
  test("a sequence is an image of height 1", () => {
    const geometry = geometryOf("conv1d", windows(3, 2, "causal", 2), [9, 4]);
    expect(geometry).toEqual({
      ...{ height: 1, width: 9, channels: 4, kernelHeight: 1, kernelWidth: 3, strideHeight: 1, strideWidth: 2 },
      ...{ dilationHeight: 1, dilationWidth: 2, padTop: 0, padLeft: 4, outputHeight: 1, outputWidth: 5, sequences: 0 },
    });
    expect(outputShapeOf(geometry, 1, 7)).toEqual([5, 7]);
  });

  test("an image has numbers down and across", () => {
    const given = {
      size: [2, 3],
      stride: [1, 2],
      dilation: [2, 1],
      padding: [
        [1, 0],
        [0, 2],
      ],
    } as const;
    const geometry = geometryOf("conv2d", given, [6, 7, 3]);
    expect(geometry).toEqual({
      ...{ height: 6, width: 7, channels: 3, kernelHeight: 2, kernelWidth: 3, strideHeight: 1, strideWidth: 2 },
      ...{ dilationHeight: 2, dilationWidth: 1, padTop: 1, padLeft: 0, outputHeight: 5, outputWidth: 4, sequences: 0 },
    });
    expect(outputShapeOf(geometry, 2, 7)).toEqual([5, 4, 7]);
  });

  test.each<[string, Windows, Shape, string]>([
    [
      "windows larger than a sequence",
      windows(3, 1, "valid", 2),
      [4, 1],
      "pool: got windows of 5 elements for a value [4, 1], need windows that fit into it",
    ],
    [
      "windows larger than a padded image",
      {
        size: [9, 2],
        stride: [1, 1],
        dilation: [1, 1],
        padding: [
          [1, 1],
          [0, 0],
        ],
      },
      [4, 4, 1],
      "pool: got windows of 9 × 2 elements for a value [4, 4, 1], with padding 6 × 4, need windows that fit into it",
    ],
  ])("refuses %s", (_, given, shape, message) => {
    expect(() => geometryOf("pool", given, shape)).toThrow(message);
  });
});

describe("spatialShape", () => {
  test("is the shape of an image or a sequence", () => {
    expect(spatialShape("pool", [[4, 3, 2]], 2)).toEqual([4, 3, 2]);
    expect(spatialShape("pool", [[4, 3]], 1)).toEqual([4, 3]);
  });

  test.each<[Shape[], SpatialSides, string]>([
    [[[4]], 2, "pool: got a value [4], need [height, width, channels]"],
    [
      [[4, 4]],
      2,
      "pool: got a value [4, 4], need [height, width, channels]; reshape([height, width, 1]) makes an image of one channel",
    ],
    [[[4, 4, 1]], 1, "pool: got a value [4, 4, 1], need [steps, channels]"],
    [
      [
        [4, 4],
        [4, 4],
      ],
      1,
      "pool: got 2 values, need 1",
    ],
  ])("refuses %j for %i sides", (shapes, sides, message) => {
    expect(() => spatialShape("pool", shapes, sides)).toThrow(message);
  });
});
