import { describe, expect, test } from "vitest";
import {
  logSoftmaxBackward,
  logSoftmaxForward,
  softmaxBackward,
  softmaxForward,
} from "../../reference/activations/softmax.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { Activation, expectGolden } from "../elementwise.ts";
import { dtypes, isDebugBuild, random, rowsOf, sizes } from "../scratch.ts";

const names = ["softmax", "logSoftmax"] as const;
const twins = {
  softmax: { forward: softmaxForward, backward: softmaxBackward },
  logSoftmax: { forward: logSoftmaxForward, backward: logSoftmaxBackward },
};

describe.each(dtypes)("%s", (dtype) => {
  const tolerance = tolerances.formula[dtype];

  describe.each(names)("%s", (name) => {
    const activation = new Activation(name, dtype);
    const twin = twins[name];

    test.each([1, 2, 3, 5])("equals its twin over %i rows of every width from 1 to 67, in place or not", (rows) => {
      for (const columns of sizes) {
        const input = random(rows * columns, columns).map((u) => Math.fround(5 * u));
        const outputGrad = random(rows * columns, columns + 1).map(Math.fround);
        const output = rowsOf(input, columns).flatMap(twin.forward);
        const outputGradRows = rowsOf(outputGrad, columns);
        const inputGrad = rowsOf(output, columns).flatMap((y, row) => twin.backward(y, outputGradRows[row]));
        const sums = tolerances.sum[dtype];
        expectClose(activation.forward(input, rows), output, tolerance, `${columns} forward`);
        expectClose(activation.forward(input, rows, true), output, tolerance, `${columns} forward in place`);
        expectClose(activation.backward(input, outputGrad, rows), inputGrad, sums, `${columns} backward`);
        expectClose(activation.backward(input, outputGrad, rows, true), inputGrad, sums, `${columns} in place`);
      }
    });

    test("a row gives the same bits alone and among others", () => {
      for (const columns of [1, 3, 4, 7, 10]) {
        const input = random(5 * columns, columns);
        const together = activation.forward(input, 5);
        rowsOf(input, columns).forEach((row, index) => {
          expect(activation.forward(row)).toEqual(together.slice(index * columns, (index + 1) * columns));
        });
      }
    });

    test("logits of ±1e4 and -infinity do not overflow", () => {
      const rows = [
        [1e4, -1e4, 0, 9999, 1e4],
        [-1e4, -1e4, -1e4, -10001, -1e4],
        [0, Number.NEGATIVE_INFINITY, 1, 2, 3],
        [-200, -300, -250, -200, -201],
      ];
      expectClose(activation.forward(rows.flat(), 4), rows.flatMap(twin.forward), tolerance);
    });

    test("a row with NaN or infinity becomes NaN, and no other row does", () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const column of [0, 3, 4, 6]) {
          const input = random(21);
          input[7 + column] = bad;
          const isNaNs = [...activation.forward(input, 3)].map(Number.isNaN);
          expect(isNaNs).toEqual(input.map((_, index) => index >= 7 && index < 14));
        }
      }
    });

    test.runIf(isDebugBuild)("stops at an unaligned block or an empty one", () => {
      activation.expectTraps();
    });
  });

  test("the probabilities of a row add up to 1, within 4 units in the last place", () => {
    const output = new Activation("softmax", dtype).forward(random(670), 10);
    const unit = dtype === "float32" ? 2 ** -23 : 2 ** -52;
    for (const row of rowsOf(output, 67)) {
      expect(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThanOrEqual(4 * unit);
    }
  });
});

test.each(names)("%s equals PyTorch's to 1e-13, forward and backward, in float64", (name) => {
  expectGolden(name, 12);
});

test.each(names)("the derivative of %s is the central difference of its forward to 1e-8, in float64", (name) => {
  const activation = new Activation(name, "float64");
  const [input, outputGrad, step] = [random(7), random(7, 2), 1e-5];
  const loss = (values: number[]) =>
    [...activation.forward(values)].reduce((sum, y, index) => sum + y * outputGrad[index], 0);
  const difference = input.map((_, column) => {
    const [above, below] = [step, -step].map((h) => loss(input.map((x, index) => (index === column ? x + h : x))));
    return (above - below) / (2 * step);
  });
  expectClose(activation.backward(input, outputGrad), difference, tolerances.difference.float64);
});
