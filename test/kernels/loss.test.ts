import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ElementLoss, losses } from "../reference/loss.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

type Name = keyof typeof losses;
const names = Object.keys(losses) as Name[];
const ofProbabilities = new Set<Name>(["binaryCrossEntropy", "categoricalCrossEntropy"]);

/** Outputs the loss is for: numbers in [-3, 3), or probabilities in [0.05, 0.95). */
const outputsFor = (name: Name, count: number): number[] =>
  random(count, count).map((x) => (ofProbabilities.has(name) ? 0.5 + 0.45 * x : 3 * x));

/** Targets in [0, 1), every third one 0 or 1. */
const softTargets = (count: number): number[] =>
  random(count, count + 100).map((x, index) => (index % 3 ? (x + 1) / 2 : index % 2));

const golden: {
  rows: number;
  columns: number;
  cases: { loss: string; output: number[]; targets: number[]; value: number; outputGrad: number[] }[];
} = JSON.parse(readFileSync("test/fixtures/loss.json", "utf8"));

const float64 = new Scratch("float64");

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  describe.each(names)("%s", (name) => {
    const twin: ElementLoss = losses[name];
    const forward = scratch.kernels[`${name}Forward`];
    const backward = scratch.kernels[`${name}Backward`];

    function value(output: ArrayLike<number>, targets: ArrayLike<number>, rows = 1): number {
      const result = forward(scratch.input(output), scratch.input(targets), rows, output.length / rows);
      scratch.expectIntact();
      return result;
    }

    function gradient(output: ArrayLike<number>, targets: ArrayLike<number>, rows = 1, scale = 1): number[] {
      const outputGrad = scratch.output(output.length);
      const columns = output.length / rows;
      backward(scratch.input(output), scratch.input(targets), outputGrad.address, rows, columns, scale);
      const result = Array.from(scratch.read(outputGrad));
      scratch.expectIntact();
      return result;
    }

    test("agrees with its twin at every count from 1 to 67", () => {
      for (const count of sizes) {
        const output = roundTo(dtype, outputsFor(name, count));
        const targets = roundTo(dtype, softTargets(count));
        const sum = output.reduce((total, x, index) => total + twin.value(x, targets[index]), 0);
        expectClose([value(output, targets)], [sum], tolerances.sum[dtype], `value at ${count}`);
        const grad = output.map((x, index) => twin.derivative(x, targets[index]) / count);
        expectClose(gradient(output, targets, 1, 1 / count), grad, tolerances.formula[dtype], `gradient at ${count}`);
      }
    });

    test("sees rows · columns elements: 3 × 7 has the bits of 1 × 21 and of 7 × 3", () => {
      const [output, targets] = [outputsFor(name, 21), softTargets(21)];
      for (const rows of [3, 7]) {
        expect(value(output, targets, rows)).toBe(value(output, targets));
        expect(gradient(output, targets, rows)).toEqual(gradient(output, targets));
      }
    });

    test("has for gradient the central differences of its float64 value", () => {
      const [h, count] = [1e-6, 21];
      const output = roundTo(dtype, outputsFor(name, count));
      const targets = roundTo(dtype, softTargets(count));
      const at = (values: number[]) =>
        float64.kernels[`${name}Forward`](float64.input(values), float64.input(targets), 3, 7);
      const differences = output.map(
        (x, index) => (at(output.with(index, x + h)) - at(output.with(index, x - h))) / (2 * h),
      );
      float64.expectIntact();
      expectClose(gradient(output, targets, 3), differences, tolerances.derivative[dtype]);
    });

    test("agrees with PyTorch's value and gradient", () => {
      const cases = golden.cases.filter(({ loss }) => loss === name);
      expect(cases.length).toBeGreaterThan(0);
      for (const { output, targets, value: expected, outputGrad } of cases) {
        expectClose([value(output, targets, golden.rows)], [expected], tolerances.golden[dtype], "value");
        expectClose(gradient(output, targets, golden.rows), outputGrad, tolerances.golden[dtype], "gradient");
      }
    });

    test("has value NaN with a NaN at any place of 7, among outputs or targets", () => {
      const [output, targets] = [outputsFor(name, 7), softTargets(7)];
      for (let at = 0; at < 7; at++) {
        expect(value(output.with(at, Number.NaN), targets)).toBeNaN();
        expect(value(output, targets.with(at, Number.NaN))).toBeNaN();
      }
    });

    test("scales its gradient by 0.25 exactly, and by 0 to nothing", () => {
      const [output, targets] = [outputsFor(name, 7), softTargets(7)];
      expect(gradient(output, targets, 1, 0.25)).toEqual(gradient(output, targets).map((x) => x / 4));
      for (const x of gradient(output, targets, 1, 0)) expect(Math.abs(x)).toBe(0);
    });

    if (isDebugBuild) {
      test("traps on a block that does not start on 16 bytes, or has no elements", () => {
        const { address } = scratch.output(64);
        const unaligned = "blocks start on 16 bytes";
        expect(() => forward(address + 8, address, 1, 4)).toThrow(unaligned);
        expect(() => forward(address, address + 8, 1, 4)).toThrow(unaligned);
        expect(() => forward(address, address, 0, 4)).toThrow("must be positive");
        expect(() => backward(address + 8, address, address, 1, 4, 1)).toThrow(unaligned);
        expect(() => backward(address, address + 8, address, 1, 4, 1)).toThrow(unaligned);
        expect(() => backward(address, address, address + 8, 1, 4, 1)).toThrow(unaligned);
        expect(() => backward(address, address, address, 1, 0, 1)).toThrow("must be positive");
      });
    }
  });

  /** Value and gradient of one element. */
  function at(name: Name, output: number, target: number): [number, number] {
    const blocks = [scratch.input([output]), scratch.input([target])] as const;
    const outputGrad = scratch.output(1);
    const value = scratch.kernels[`${name}Forward`](...blocks, 1, 1);
    scratch.kernels[`${name}Backward`](...blocks, outputGrad.address, 1, 1, 1);
    const [gradient] = scratch.read(outputGrad);
    scratch.expectIntact();
    return [value, gradient];
  }

  test("squaredError and absoluteError of infinities are Infinity, and NaN between equal ones", () => {
    expect(at("squaredError", Infinity, 0)).toEqual([Infinity, Infinity]);
    expect(at("squaredError", 0, Infinity)).toEqual([Infinity, -Infinity]);
    expect(at("squaredError", Infinity, Infinity)).toEqual([Number.NaN, Number.NaN]);
    expect(at("absoluteError", -Infinity, 0)).toEqual([Infinity, -1]);
  });

  test("absoluteError has gradient 0 where output is target, between 0 and -0, and at NaN", () => {
    expect(at("absoluteError", 3, 3)).toEqual([0, 0]);
    expect(at("absoluteError", -0, 0)).toEqual([0, 0]);
    expect(at("absoluteError", Number.NaN, 0)).toEqual([Number.NaN, 0]);
  });

  test("binaryCrossEntropy of certain answers is 0 when right and 100 when wrong", () => {
    expect(at("binaryCrossEntropy", 1, 1)[0]).toBe(0);
    expect(Math.abs(at("binaryCrossEntropy", 0, 0)[0])).toBe(0);
    const [divisor] = roundTo(dtype, [1e-12]);
    const [steepest] = roundTo(dtype, [1 / divisor]);
    for (const [output, target] of [
      [0, 1],
      [1, 0],
    ]) {
      const [value, gradient] = at("binaryCrossEntropy", output, target);
      expect(value).toBe(100);
      expectClose([gradient], [output === 0 ? -steepest : steepest], tolerances.formula[dtype]);
    }
  });

  test("binaryCrossEntropy of probabilities outside [0, 1] is NaN", () => {
    expect(at("binaryCrossEntropy", 1.5, 1)[0]).toBeNaN();
    expect(at("binaryCrossEntropy", -0.5, 0)[0]).toBeNaN();
  });

  test("binaryCrossEntropyWithLogits is exact at logits of ±10000, where exp would overflow", () => {
    expect(at("binaryCrossEntropyWithLogits", 1e4, 0)).toEqual([1e4, 1]);
    expect(at("binaryCrossEntropyWithLogits", 1e4, 1)).toEqual([0, 0]);
    expect(at("binaryCrossEntropyWithLogits", -1e4, 1)).toEqual([1e4, -1]);
    expect(at("binaryCrossEntropyWithLogits", -1e4, 0)).toEqual([0, 0]);
  });

  test("binaryCrossEntropyWithLogits is log 2 with gradient 1/2 at 0 and at -0", () => {
    for (const zero of [0, -0]) {
      expectClose(at("binaryCrossEntropyWithLogits", zero, 0), [Math.LN2, 0.5], tolerances.formula[dtype]);
    }
  });

  test("categoricalCrossEntropy of probability 0 is 100 for its class and 0 for others", () => {
    expect(at("categoricalCrossEntropy", 0, 1)[0]).toBe(100);
    expect(Math.abs(at("categoricalCrossEntropy", 0, 0)[0])).toBe(0);
    expect(Math.abs(at("categoricalCrossEntropy", 0, 0)[1])).toBe(0);
  });
});
