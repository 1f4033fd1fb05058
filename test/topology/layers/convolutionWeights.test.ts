import { describe, expect, test } from "vitest";
import { none } from "../../../src/kernels/operations.ts";
import { weightGradient, weightGradientBytes } from "../../../src/topology/layers/convolutionWeights.ts";
import { shapeOf } from "../../kernels/convolution/shapes.ts";

const blocks = { elementBytes: 4, batch: none, input: none, outputGrad: none, weightGrad: none, space: none };

describe("the gradient of the kernel", () => {
  test.each([
    ["winogradBackwardWeight", shapeOf([6, 8, 8], 16, { padding: "same" })],
    ["convolutionBackwardWeight", shapeOf([6, 8, 8], 7, { padding: "same" })],
    ["convolutionBackwardWeight", shapeOf([2, 514, 8], 8, { padding: "same" })],
    ["depthwiseBackwardWeight", shapeOf([6, 8, 8], 8, { padding: "same", groups: 8 })],
    ["depthwiseBackwardWeight", shapeOf([6, 8, 8], 16, { groups: 8 })],
    ["convolutionBackwardWeight", shapeOf([6, 8, 8], 32, { groups: 8 })],
    ["convolutionBackwardWeight", shapeOf([6, 8, 8], 4, { groups: 4 })],
    ["convolutionBackwardWeight", shapeOf([6, 8, 1], 4)],
  ])("is %s, in parts of filters", (name, shape) => {
    const operation = weightGradient(shape, blocks);
    expect(operation.name).toBe(name);
    expect(operation.work).toEqual({ per: "network", units: shape.filters });
  });

  test("of a convolution of an image as it is needs no copy of it, but its sums if a part has few filters", () => {
    expect(weightGradientBytes(shapeOf([9, 9, 2], 5), 4)).toBe(16 + 18 * 16);
    expect(weightGradientBytes(shapeOf([9, 9, 2], 5, { padding: 1 }), 4)).toBe(11 * 11 * 2 * 4 + 16 + 18 * 16);
  });
});
