import { describe, expect, test } from "vitest";
import { suitsDepthwise } from "../../../src/topology/layers/convolution.ts";
import { convolution, convolutionBackward } from "../../reference/convolution/convolution.ts";
import { depthwiseConvolution } from "../../reference/convolution/depthwise.ts";
import { dtypes } from "../scratch.ts";
import { Convolutions, expectSame, rows, sizesOf } from "./harness.ts";
import { depthwiseShapes, foldedShapes, shapeOf } from "./shapes.ts";

describe.each(dtypes)("%s", (dtype) => {
  const convolutions = new Convolutions(dtype);
  const { round } = convolutions;

  test.each([true, false])("depthwiseConvolution has its twin's bits, bias %s", (hasBias) => {
    for (const shape of depthwiseShapes) {
      const sizes = sizesOf(shape);
      const [input, weight] = [convolutions.numbers(rows * sizes.input, 1), convolutions.numbers(sizes.weight, 2)];
      const bias = hasBias ? convolutions.numbers(shape.filters, 3) : undefined;
      const { result, operations } = convolutions.forward(shape, input, weight, bias);
      expect(operations.map(({ name }) => name)).toEqual(["depthwiseConvolution"]);
      expectSame(result, depthwiseConvolution(shape, rows, input, weight, bias, round), shape);
    }
  });

  test.each([true, false])("so it has with several channels a filter, bias %s", (hasBias) => {
    for (const shape of foldedShapes) {
      const sizes = sizesOf(shape);
      const [input, weight] = [convolutions.numbers(rows * sizes.input, 1), convolutions.numbers(sizes.weight, 2)];
      const bias = hasBias ? convolutions.numbers(shape.filters, 3) : undefined;
      const { result, operations } = convolutions.forward(shape, input, weight, bias);
      expect(operations.map(({ name }) => name)).toEqual(["depthwiseConvolution"]);
      expectSame(result, convolution(shape, rows, input, weight, bias, round), shape);
    }
  });

  test.each([true, false])("and backwards, bias %s", (hasBias) => {
    for (const shape of [...depthwiseShapes, ...foldedShapes]) {
      const sizes = sizesOf(shape);
      const [grad, weight] = [convolutions.numbers(rows * sizes.output, 1), convolutions.numbers(sizes.weight, 2)];
      const bias = hasBias ? convolutions.numbers(shape.geometry.channels, 3) : undefined;
      const { result, operations } = convolutions.backward(shape, grad, weight, bias);
      const isDepthwise = suitsDepthwise(shape.filters, shape.geometry.channels, shape.groups);
      expect(operations.every(({ name }) => (name === "depthwiseConvolution") === isDepthwise)).toBe(true);
      expectSame(result, convolutionBackward(shape, rows, grad, weight, bias, round), shape);
    }
  });

  test("a NaN in the input is in the filters of its channel whose window sees it, and in no others", () => {
    const shape = shapeOf([5, 5, 2], 4, { padding: "same", groups: 2 });
    const input = convolutions.numbers(rows * 50, 1);
    input[25] = Number.NaN; // the second channel of pixel 12
    const { result } = convolutions.forward(shape, input, convolutions.numbers(36, 2));
    const places = Array.from(result).flatMap((value, index) => (Number.isNaN(value) ? [index] : []));
    expect(places).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18].flatMap((pixel) => [4 * pixel + 2, 4 * pixel + 3]));
  });
});
