import { describe, expect, test } from "vitest";
import * as reference from "../../reference/convolution/convolution.ts";
import { dtypes } from "../scratch.ts";
import { Convolutions, expectSame, rows, sizesOf } from "./harness.ts";
import { shapeOf, shapes } from "./shapes.ts";

describe.each(dtypes)("%s", (dtype) => {
  const convolutions = new Convolutions(dtype);
  const { round } = convolutions;

  test.each([true, false])("convolution has its twin's bits, bias %s", (hasBias) => {
    for (const shape of shapes) {
      const sizes = sizesOf(shape);
      const [input, weight] = [convolutions.numbers(rows * sizes.input, 1), convolutions.numbers(sizes.weight, 2)];
      const bias = hasBias ? convolutions.numbers(shape.filters, 3) : undefined;
      const { result } = convolutions.forward(shape, input, weight, bias);
      expectSame(result, reference.convolution(shape, rows, input, weight, bias, round), shape);
    }
  });

  test.each([true, false])("the convolution backwards has its twin's bits, bias %s", (hasBias) => {
    for (const shape of shapes) {
      const sizes = sizesOf(shape);
      const [grad, weight] = [convolutions.numbers(rows * sizes.output, 1), convolutions.numbers(sizes.weight, 2)];
      const bias = hasBias ? convolutions.numbers(shape.geometry.channels, 3) : undefined;
      const { result } = convolutions.backward(shape, grad, weight, bias);
      expectSame(result, reference.convolutionBackward(shape, rows, grad, weight, bias, round), shape);
    }
  });

  test("a NaN in the input is in all outputs whose window sees it, and in no others", () => {
    const shape = shapeOf([5, 5, 2], 3, { padding: "same" });
    const input = convolutions.numbers(rows * 50, 1);
    input[24] = Number.NaN;
    const { result } = convolutions.forward(shape, input, convolutions.numbers(54, 2));
    const places = Array.from(result).flatMap((value, index) => (Number.isNaN(value) ? [Math.floor(index / 3)] : []));
    expect([...new Set(places)]).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18]);
  });
});
