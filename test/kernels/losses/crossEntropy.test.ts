import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { oneHot, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "../../reference/losses/crossEntropy.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { lossBackward, lossForward } from "../lossCalls.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

const golden: {
  rows: number;
  cases: { loss: string; output: number[]; targets: number[]; value: number; outputGrad: number[] }[];
} = JSON.parse(readFileSync("test/fixtures/loss.json", "utf8"));

const float64 = new Scratch("float64");

/** `rows` rows of logits in [-5, 5). */
const logits = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, row) => random(columns, columns + 100 * row).map((x) => 5 * x));

/** Targets in [0, 1) that need not sum to 1, every third one 0. */
const softTargets = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, row) =>
    random(columns, columns + 100 * row + 50).map((x, index) => (index % 3 ? (x + 1) / 2 : 0)),
  );

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const rounded = (rows: number[][]): number[][] => rows.map((row) => roundTo(dtype, row));

  function value(name: "softmax" | "sparseSoftmax", output: number[][], targets: number[]): number {
    const [rows, columns] = [output.length, output[0].length];
    const blocks = [scratch.input(output.flat()), scratch.input(targets), 0] as const;
    const result = lossForward(scratch, `${name}CrossEntropyForward`, blocks, rows, columns);
    scratch.expectIntact();
    return result;
  }

  function gradient(name: "softmax" | "sparseSoftmax", output: number[][], targets: number[], scale = 1): number[] {
    const [rows, columns] = [output.length, output[0].length];
    const outputGrad = scratch.output(rows * columns);
    const blocks = [scratch.input(output.flat()), scratch.input(targets), 0] as const;
    lossBackward(scratch, `${name}CrossEntropyBackward`, blocks, outputGrad.address, rows, columns, scale);
    const result = Array.from(scratch.read(outputGrad));
    scratch.expectIntact();
    return result;
  }

  test("softmaxCrossEntropy agrees with its twin over 1 and 3 rows of 1 to 67 columns", () => {
    for (const columns of sizes) {
      for (const rows of [1, 3]) {
        const output = rounded(logits(rows, columns));
        const targets = rounded(softTargets(rows, columns));
        const sum = output.reduce((total, row, index) => total + softmaxCrossEntropy(row, targets[index]), 0);
        const shape = `${rows} × ${columns}`;
        expectClose([value("softmax", output, targets.flat())], [sum], tolerances.sum[dtype], `value at ${shape}`);
        const grad = output.flatMap((row, index) => softmaxCrossEntropyGrad(row, targets[index]).map((x) => x / rows));
        const actual = gradient("softmax", output, targets.flat(), 1 / rows);
        expectClose(actual, grad, tolerances.sum[dtype], `gradient at ${shape}`);
      }
    }
  });

  test("sparseSoftmaxCrossEntropy has the bits of the one-hot loss over 3 rows of 1 to 67 columns", () => {
    for (const columns of sizes) {
      const output = logits(3, columns);
      const classes = [0, columns - 1, columns >> 1];
      const targets = classes.flatMap((number) => oneHot(number, columns));
      expect(value("sparseSoftmax", output, classes)).toBe(value("softmax", output, targets));
      expect(gradient("sparseSoftmax", output, classes, 1 / 3)).toEqual(gradient("softmax", output, targets, 1 / 3));
    }
  });

  test("the gradient is the central differences of the float64 value", () => {
    const [h, rows, columns] = [1e-6, 3, 7];
    const output = rounded(logits(rows, columns)).flat();
    const targets = rounded(softTargets(rows, columns)).flat();
    const at = (values: number[]) =>
      lossForward(
        float64,
        "softmaxCrossEntropyForward",
        [float64.input(values), float64.input(targets), 0],
        rows,
        columns,
      );
    const differences = output.map(
      (x, index) => (at(output.with(index, x + h)) - at(output.with(index, x - h))) / (2 * h),
    );
    float64.expectIntact();
    expectClose(gradient("softmax", logits(rows, columns), targets), differences, tolerances.derivative[dtype]);
  });

  test.each(["softmax", "sparseSoftmax"] as const)(
    "%sCrossEntropy agrees with PyTorch's value and gradient",
    (name) => {
      const cases = golden.cases.filter(({ loss }) => loss === `${name}CrossEntropy`);
      expect(cases.length).toBeGreaterThan(0);
      for (const { output, targets, value: expected, outputGrad } of cases) {
        const columns = output.length / golden.rows;
        const rows = Array.from({ length: golden.rows }, (_, row) => output.slice(row * columns, (row + 1) * columns));
        expectClose([value(name, rows, targets)], [expected], tolerances.golden[dtype], "value");
        expectClose(gradient(name, rows, targets), outputGrad, tolerances.golden[dtype], "gradient");
      }
    },
  );

  test("logits of ±10000 give a loss of 20000 when wrong, 0 when right, and gradients of ±1 or 0", () => {
    const output = [[1e4, -1e4, -1e4, -1e4, -1e4]];
    expect(value("sparseSoftmax", output, [3])).toBe(20000);
    expect(value("sparseSoftmax", output, [0])).toBe(0);
    expect(gradient("sparseSoftmax", output, [3])).toEqual([1, 0, 0, -1, 0]);
    expect(gradient("sparseSoftmax", output, [0])).toEqual([0, 0, 0, 0, 0]);
  });

  test("a sure and right row keeps the digits of its loss: log(1 + exp(-10)) to 1e-6 for logits 10 and 0", () => {
    const loss = value("sparseSoftmax", [[10, 0]], [0]);
    expect(Math.abs(loss / Math.log1p(Math.exp(-10)) - 1)).toBeLessThan(1e-6);
  });

  test("equal logits, -0 among them, cost log 5 a row and pull by 1/5", () => {
    const output = [[0, -0, 0, -0, 0]];
    expectClose([value("sparseSoftmax", output, [1])], [Math.log(5)], tolerances.formula[dtype]);
    const grad = [0.2, -0.8, 0.2, 0.2, 0.2];
    expectClose(gradient("sparseSoftmax", output, [1]), grad, tolerances.formula[dtype]);
  });

  test("a logit of -Infinity is a class ruled out: it adds nothing, and its gradient is 0", () => {
    const output = [[1, -Infinity, 1, -Infinity, -Infinity]];
    expectClose([value("softmax", output, [1, 0, 0, 0, 0])], [Math.LN2], tolerances.formula[dtype]);
    expectClose(gradient("softmax", output, [1, 0, 0, 0, 0]), [-0.5, 0, 0.5, 0, 0], tolerances.formula[dtype]);
    expect(value("sparseSoftmax", output, [1])).toBe(Infinity);
  });

  test("a row with a logit of Infinity or NaN, at any place of 7, has loss and gradient NaN", () => {
    const [row] = logits(1, 7);
    for (let at = 0; at < 7; at++) {
      for (const bad of [Infinity, Number.NaN]) {
        const output = [row.with(at, bad), row];
        expect(value("softmax", output, [...oneHot(2, 7), ...oneHot(3, 7)])).toBeNaN();
        expect(value("sparseSoftmax", output, [2, 3])).toBeNaN();
        const grad = gradient("sparseSoftmax", output, [2, 3]);
        expect(grad[at]).toBeNaN();
        expect(grad.slice(7)).toEqual(gradient("sparseSoftmax", [row], [3]));
      }
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address } = scratch.output(new Array(64).fill(0));
      const unaligned = "blocks start on 16 bytes";
      for (const name of ["softmax", "sparseSoftmax"] as const) {
        const forward = (output: number, targets: number, rows = 1, columns = 4) =>
          lossForward(scratch, `${name}CrossEntropyForward`, [output, targets, 0], rows, columns);
        const backward = (output: number, targets: number, grad: number, rows = 1, columns = 4) =>
          lossBackward(scratch, `${name}CrossEntropyBackward`, [output, targets, 0], grad, rows, columns);
        expect(() => forward(address + 8, address)).toThrow(unaligned);
        expect(() => forward(address, address + 8)).toThrow(unaligned);
        expect(() => forward(address, address, 0)).toThrow("must be positive");
        expect(() => forward(address, address, 1, 0)).toThrow("must be positive");
        expect(() => backward(address + 8, address, address)).toThrow(unaligned);
        expect(() => backward(address, address + 8, address)).toThrow(unaligned);
        expect(() => backward(address, address, address + 8)).toThrow(unaligned);
        expect(() => backward(address, address, address, 0)).toThrow("must be positive");
        expect(() => backward(address, address, address, 1, 0)).toThrow("must be positive");
      }
    });

    test("classes -1, 7 of 7, 0.5 and NaN trap", () => {
      for (const bad of [-1, 7, 0.5, Number.NaN]) {
        expect(() => value("sparseSoftmax", logits(1, 7), [bad])).toThrow("a class must be a column's number");
        expect(() => gradient("sparseSoftmax", logits(1, 7), [bad])).toThrow("a class must be a column's number");
      }
    });
  }
});
