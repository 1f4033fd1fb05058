import { describe, expect, test } from "vitest";
import { convolutionBackward } from "../../reference/convolution/convolution.ts";
import { winogradBackwardWeight, winogradConvolution } from "../../reference/convolution/winograd.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes } from "../scratch.ts";
import { Convolutions, type Pass, rows, sizesOf } from "./harness.ts";
import { winogradShapes } from "./shapes.ts";

describe.each(dtypes)("%s", (dtype) => {
  const convolutions = new Convolutions(dtype);
  const exact = (x: number) => x;

  function expectNear({ operations, result }: Pass, expected: readonly number[], what: string) {
    expect(operations[0].name, what).toMatch(/^winograd/);
    expectClose(result, expected, tolerances.sum[dtype], what);
  }

  test("all passes are near their twins", () => {
    for (const shape of winogradShapes) {
      const { input, output, weight } = sizesOf(shape);
      const images = convolutions.numbers(rows * input, 1);
      const kernel = convolutions.numbers(weight, 2);
      const grad = convolutions.numbers(rows * output, 3);
      const bias = convolutions.numbers(shape.filters, 4);
      const what = JSON.stringify(shape);
      for (const shift of [bias, undefined]) {
        const expected = winogradConvolution(shape, rows, images, kernel, shift, exact);
        expectNear(convolutions.forward(shape, images, kernel, shift), expected, what);
      }
      expectNear(
        convolutions.backward(shape, grad, kernel),
        convolutionBackward(shape, rows, grad, kernel, undefined, exact),
        what,
      );
      const whole = convolutions.weights(shape, images, grad);
      expectNear(whole, winogradBackwardWeight(shape, rows, images, grad, exact), what);
      expect(convolutions.weights(shape, images, grad, 4).result, what).toEqual(whole.result);
    }
  });

  test("a NaN in the input is in all outputs whose tile sees it, and in no others", () => {
    const [shape] = winogradShapes;
    const { input, output, weight } = sizesOf(shape);
    const images = convolutions.numbers(rows * input, 1);
    images[0] = Number.NaN;
    const { result } = convolutions.forward(shape, images, convolutions.numbers(weight, 2));
    const places = Array.from(result).flatMap((value, index) => (Number.isNaN(value) ? [index] : []));
    // The first tile has 2 × 2 pixels; the second row's image has none.
    expect(places.every((place) => place < output)).toBe(true);
    expect(new Set(places.map((place) => Math.floor(place / shape.filters)))).toEqual(
      new Set([0, 1, shape.geometry.outputWidth, shape.geometry.outputWidth + 1]),
    );
  });
});
