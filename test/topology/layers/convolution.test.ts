import { describe, expect, test } from "vitest";
import { none } from "../../../src/kernels/operations.ts";
import {
  convolve,
  convolveBackward,
  fansOf,
  phasesOf,
  weightShapeOf,
} from "../../../src/topology/layers/convolution.ts";
import { weightGradient } from "../../../src/topology/layers/convolutionWeights.ts";
import { shapeOf } from "../../kernels/convolution/shapes.ts";

const blocks = { elementBytes: 4, input: none, weight: none, bias: none, output: none, space: none };
const gradients = { elementBytes: 4, batch: none, input: none, outputGrad: none, weightGrad: none, space: none };

test("the weight is [kernelHeight, kernelWidth, channels of a group, filters]; fans are those of a group", () => {
  const shape = shapeOf([8, 8, 6], 4, { size: [3, 5], groups: 2 });
  expect(weightShapeOf(shape, false)).toEqual([3, 5, 3, 4]);
  expect(weightShapeOf(shapeOf([1, 8, 6], 4, { size: [1, 5] }), true)).toEqual([5, 6, 4]);
  expect(fansOf(shape)).toEqual({ fanIn: 45, fanOut: 30 });
});

describe("phases of the gradient of an input", () => {
  test("without a stride there is one: the kernel backwards, and padding for the windows that begin before the input", () => {
    expect(phasesOf(5, 3, 1, 1, 1)).toEqual([
      { first: 0, count: 5, element: 2, step: 1, size: 3, dilation: 1, before: 1 },
    ]);
  });

  test("with a stride of 2 even elements see one half of the kernel, odd ones the other", () => {
    const [even, odd] = phasesOf(5, 3, 2, 1, 0);
    expect(even).toEqual({ first: 0, count: 3, element: 2, step: 2, size: 2, dilation: 1, before: 1 });
    expect(odd).toEqual({ first: 1, count: 2, element: 1, step: 2, size: 1, dilation: 1, before: 0 });
  });

  test("elements that no window reaches have a window of one element in the padding", () => {
    expect(phasesOf(4, 1, 2, 1, 0)[1]).toEqual({
      ...{ first: 1, count: 2, element: 0, step: 2, size: 1, dilation: 1, before: 2 },
    });
  });

  test.each([
    [9, 4, 3, 2, 1],
    [10, 3, 4, 2, 5],
    [3, 5, 2, 4, 9],
    [1, 1, 3, 1, 0],
  ])("every element of %i is in one phase, for a kernel of %i, stride %i, dilation %i, padding %i", (...sizes) => {
    const [length, , stride] = sizes;
    const elements = phasesOf(...sizes).flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, index) => first + index * stride),
    );
    expect(elements.toSorted((one, other) => one - other)).toEqual(Array.from({ length }, (_, index) => index));
  });
});

describe("Winograd's algorithm", () => {
  const namesOf = (shape: ReturnType<typeof shapeOf>) =>
    [convolve(shape, blocks), ...convolveBackward(shape, blocks), weightGradient(shape, gradients)].map(
      ({ name }) => name,
    );

  test("computes all three passes where sizes suit it: even ones, and odd ones that are no waste", () => {
    const all = ["winogradConvolution", "winogradConvolution", "winogradBackwardWeight"];
    expect(namesOf(shapeOf([6, 8, 8], 16, { padding: "same" }))).toEqual(all);
    expect(namesOf(shapeOf([13, 13, 8], 16))).toEqual(all);
    expect(namesOf(shapeOf([6, 8, 11], 13, { padding: "same" }))).toEqual(all);
    expect(namesOf(shapeOf([7, 7, 32], 32, { padding: "same" }))).toEqual(all);
  });

  test.each([
    ["a short odd height", shapeOf([3, 8, 8], 8, { padding: "same" })],
    ["odd sides of few features", shapeOf([7, 7, 8], 8, { padding: "same" })],
    ["three pixels", shapeOf([3, 3, 64], 64, { padding: "same" })],
    ["7 channels", shapeOf([6, 8, 7], 8, { padding: "same" })],
    ["9 channels, computed as 12", shapeOf([6, 8, 9], 16, { padding: "same" })],
    ["7 filters", shapeOf([6, 8, 8], 7, { padding: "same" })],
    ["5 × 5", shapeOf([6, 8, 8], 8, { padding: "same", size: 5 })],
    ["a stride", shapeOf([12, 12, 8], 8, { padding: "same", stride: 2 })],
    ["dilation", shapeOf([6, 8, 8], 8, { padding: "same", dilation: 2 })],
    ["groups", shapeOf([6, 8, 16], 16, { padding: "same", groups: 2 })],
  ])("does not suit %s", (_, shape) => {
    expect(namesOf(shape).filter((name) => name.startsWith("winograd"))).toEqual([]);
  });

  test("transforms as many rows of tiles at a time as a cache holds, at least one, at most all", () => {
    const tileRows = (shape: ReturnType<typeof shapeOf>) =>
      (convolve(shape, blocks).fields as { tileRows?: number }).tileRows;
    expect(tileRows(shapeOf([8, 8, 8], 8, { padding: "same" }))).toBe(4);
    expect(tileRows(shapeOf([32, 32, 64], 64, { padding: "same" }))).toBe(2);
    expect(tileRows(shapeOf([64, 64, 128], 128, { padding: "same" }))).toBe(1);
  });
});
