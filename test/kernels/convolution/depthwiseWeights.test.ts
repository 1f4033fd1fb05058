import { describe, expect, test } from "vitest";
import { depthwiseBackwardWeight } from "../../reference/convolution/depthwiseWeights.ts";
import { dtypes } from "../scratch.ts";
import { Convolutions, expectSame, rows, sizesOf } from "./harness.ts";
import { depthwiseShapes } from "./shapes.ts";

describe.each(dtypes)("%s", (dtype) => {
  const convolutions = new Convolutions(dtype);

  test("depthwiseBackwardWeight has its twin's bits, in ranges of filters, too", () => {
    for (const shape of depthwiseShapes) {
      const sizes = sizesOf(shape);
      const [input, grad] = [convolutions.numbers(rows * sizes.input, 1), convolutions.numbers(rows * sizes.output, 2)];
      const expected = depthwiseBackwardWeight(shape, rows, input, grad, convolutions.round);
      // Parts begin at multiples of 4.
      for (const cut of new Set([0, Math.min(4, shape.filters - 1) & -4, (shape.filters - 1) & -4])) {
        const { result, operations } = convolutions.weights(shape, input, grad, cut);
        expect(operations.map(({ name }) => name)).toEqual(["depthwiseBackwardWeight"]);
        expectSame(result, expected, shape);
      }
    }
  });
});
