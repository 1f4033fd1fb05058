/** What every element-wise activation owes, as tests; the tests of smooth, gelu and piecewise call it with their twins. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype, Values } from "../../src/kernels/dtype.ts";
import type { Twin } from "../reference/activations/smooth.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { dtypes, isDebugBuild, random, Scratch, sizes } from "./scratch.ts";

const goldens = JSON.parse(readFileSync(new URL("../fixtures/activation.json", import.meta.url), "utf8"));

/** Parameters that are not the defaults, as in the goldens. */
const parameters: Record<string, number> = { leakyRelu: 0.2, elu: 1.5 };

/** Runs both operations of an activation. */
export class Activation {
  readonly parameter: number;
  readonly #scratch: Scratch;

  constructor(
    readonly name: string,
    readonly dtype: Dtype,
  ) {
    this.parameter = parameters[name] ?? 0;
    this.#scratch = new Scratch(dtype);
  }

  /** Runs the forward operation on addresses. */
  runForward(blocks: { input: number; output: number }, rows: number, columns: number): void {
    const name = `${this.name}Forward` as "reluForward";
    this.#scratch.run(name, { ...blocks, columns, parameter: this.parameter }, rows);
  }

  /** Runs the backward operation on addresses. */
  runBackward(
    blocks: { preactivation: number; activation: number; outputGrad: number; inputGrad: number },
    rows: number,
    columns: number,
  ): void {
    const name = `${this.name}Backward` as "reluBackward";
    this.#scratch.run(name, { ...blocks, columns, parameter: this.parameter }, rows);
  }

  forward(input: ArrayLike<number>, rows = 1, inPlace = false): Values {
    const output = this.#scratch.output(inPlace ? input : input.length);
    const address = inPlace ? output.address : this.#scratch.input(input);
    this.runForward({ input: address, output: output.address }, rows, input.length / rows);
    const result = this.#scratch.read(output);
    this.#scratch.expectIntact();
    return result;
  }

  backward(input: ArrayLike<number>, outputGrad: ArrayLike<number>, rows = 1, inPlace = false): Values {
    const activation = this.forward(input, rows);
    const scratch = this.#scratch;
    const saved = { preactivation: scratch.input(input), activation: scratch.input(activation) };
    const inputGrad = scratch.output(inPlace ? outputGrad : input.length);
    const gradient = inPlace ? inputGrad.address : scratch.input(outputGrad);
    const gradients = { outputGrad: gradient, inputGrad: inputGrad.address };
    this.runBackward({ ...saved, ...gradients }, rows, input.length / rows);
    const result = scratch.read(inputGrad);
    scratch.expectIntact();
    return result;
  }

  /** Expects that the debug build stops at each unaligned block, and where there are no rows or columns. */
  expectTraps(): void {
    const { address: a } = this.#scratch.output(64);
    const [unaligned, empty] = ["16-byte aligned", "positive"];
    const forward = { input: a, output: a };
    const backward = { preactivation: a, activation: a, outputGrad: a, inputGrad: a };
    for (const wrong of [{ input: a + 4 }, { output: a + 8 }]) {
      expect(() => this.runForward({ ...forward, ...wrong }, 1, 4)).toThrow(unaligned);
    }
    const saved = { preactivation: a + 8, activation: a + 8 };
    for (const wrong of [saved, { outputGrad: a + 8 }, { inputGrad: a + 4 }]) {
      expect(() => this.runBackward({ ...backward, ...wrong }, 1, 4)).toThrow(unaligned);
    }
    for (const [rows, columns] of [
      [0, 4],
      [1, 0],
    ]) {
      expect(() => this.runForward(forward, rows, columns)).toThrow(empty);
      expect(() => this.runBackward(backward, rows, columns)).toThrow(empty);
    }
  }

  derivative(input: ArrayLike<number>): Values {
    return this.backward(input, new Array(input.length).fill(1));
  }
}

/** Where no activation has a kink, and numbers of both types are the same. */
const smoothPoints = random(500, 9).map((u) => Math.fround(8 * u + 0.001));

export function describeElementwise(names: readonly string[], twins: Record<string, Twin>): void {
  describe.each(dtypes)("%s", (dtype) => {
    describe.each(names)("%s", (name) => {
      const activation = new Activation(name, dtype);
      const { parameter } = activation;
      const twin = twins[name];

      test("equals its twin, and its derivative the twin's, at every count from 1 to 67, in place or not", () => {
        for (const count of sizes) {
          const input = random(count, count).map((u) => Math.fround(6 * u));
          const outputGrad = random(count, count + 1).map(Math.fround);
          const output = input.map((x) => twin.forward(x, parameter));
          const inputGrad = input.map((x, index) => outputGrad[index] * twin.derivative(x, parameter));
          const tolerance = tolerances.formula[dtype];
          expectClose(activation.forward(input), output, tolerance, `${count} forward`);
          expectClose(activation.forward(input, count, true), output, tolerance, `${count} forward in place`);
          expectClose(activation.backward(input, outputGrad), inputGrad, tolerances.slope[dtype], `${count} backward`);
          expectClose(
            activation.backward(input, outputGrad, count, true),
            inputGrad,
            tolerances.slope[dtype],
            "in place",
          );
        }
      });

      test("a NaN goes through forward, and reaches no other element", () => {
        const output = activation.forward([1, Number.NaN, 2, 3, Number.NaN]);
        expect([...output].map(Number.isNaN)).toEqual([false, true, false, false, true]);
      });

      test("has no NaN at 0, -0, and up to ±1e38, forward or backward", () => {
        const extremes = [
          0, -0, 1e-40, 20, -20, 88.5, -88.5, 100, -100, 710, -746, 1e4, -1e4, 1e20, -1e20, 1e38, -1e38,
        ];
        const input = extremes.map((x) => (dtype === "float32" ? Math.fround(x) : x));
        const expected = input.map((x) => twin.forward(x, parameter));
        expectClose(activation.forward(input), expected, tolerances.formula[dtype]);
        for (const slope of activation.derivative(input)) expect(Math.abs(slope)).toBeLessThan(2);
      });

      test.runIf(isDebugBuild)("stops at an unaligned address or no elements", () => {
        activation.expectTraps();
      });
    });
  });

  test.each(names)("%s equals PyTorch's to 1e-13, forward and backward, in float64", (name) => {
    expectGolden(name);
  });

  test.each(names)("the derivative of %s is the central difference of its forward to 1e-8, in float64", (name) => {
    const activation = new Activation(name, "float64");
    const step = 1e-5;
    const [above, below] = [step, -step].map((h) => activation.forward(smoothPoints.map((x) => x + h)));
    const difference = smoothPoints.map((_, index) => (above[index] - below[index]) / (2 * step));
    expectClose(activation.derivative(smoothPoints), difference, tolerances.difference.float64);
  });
}

/** Compares both kernels of an activation with PyTorch's values. */
export function expectGolden(name: string, rows = 1): void {
  const activation = new Activation(name, "float64");
  const { forward, backward } = goldens.values[name];
  expectClose(activation.forward(goldens.inputs, rows), forward, tolerances.formulaGolden.float64, `${name} forward`);
  const gradient = activation.backward(goldens.inputs, goldens.weights, rows);
  expectClose(gradient, backward, tolerances.formulaGolden.float64, `${name} backward`);
}
