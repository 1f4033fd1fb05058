import { describe, test } from "vitest";
import { convolutionBackwardWeight } from "../../reference/convolution/weights.ts";
import { dtypes } from "../scratch.ts";
import { Convolutions, expectSame, rows, sizesOf } from "./harness.ts";
import { shapes } from "./shapes.ts";

describe.each(dtypes)("%s", (dtype) => {
  const convolutions = new Convolutions(dtype);

  test("convolutionBackwardWeight has its twin's bits, in ranges of filters, too", () => {
    for (const shape of shapes) {
      const sizes = sizesOf(shape);
      const [input, grad] = [convolutions.numbers(rows * sizes.input, 1), convolutions.numbers(rows * sizes.output, 2)];
      const expected = convolutionBackwardWeight(shape, rows, input, grad, convolutions.round);
      // Parts begin at multiples of 4.
      for (const cut of new Set([0, Math.min(4, shape.filters - 1) & -4, (shape.filters - 1) & -4])) {
        expectSame(convolutions.weights(shape, input, grad, cut).result, expected, shape);
      }
    }
  });
});
