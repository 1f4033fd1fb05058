/**
 * What every loss with a term for each output owes, as tests; the tests of regression, margin and probability call it with
 * their twins.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../src/kernels/dtype.ts";
import type { ElementLoss } from "../reference/losses/loops.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { type LossOperation, lossBackward, lossForward } from "./lossCalls.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

export interface LossCase {
  readonly name: string;
  readonly twin: ElementLoss;
  /** So many outputs and targets that the loss is for, away from its kinks. */
  readonly outputs: (count: number) => number[];
  readonly targets: (count: number) => number[];
  /** Of the loss, where it has one. */
  readonly parameter?: number;
}

/** Numbers in [-3, 3). */
export const numbers = (count: number): number[] => random(count, count).map((x) => 3 * x);

/** Numbers in [0.05, 0.95). */
export const probabilities = (count: number): number[] => random(count, count).map((x) => 0.5 + 0.45 * x);

/** Targets in [0, 1), every third one 0 or 1. */
export const softTargets = (count: number): number[] =>
  random(count, count + 100).map((x, index) => (index % 3 ? (x + 1) / 2 : index % 2));

/** Weights in [0, 2), every fifth one 0. */
const someWeights = (count: number): number[] =>
  random(count, count + 200).map((x, index) => (index % 5 === 4 ? 0 : x + 1));

const golden: {
  rows: number;
  columns: number;
  cases: {
    loss: string;
    parameter: number;
    output: number[];
    targets: number[];
    value: number;
    outputGrad: number[];
  }[];
} = JSON.parse(readFileSync("test/fixtures/loss.json", "utf8"));

interface Arguments {
  readonly output: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
  readonly rows?: number;
  readonly scale?: number;
  readonly parameter?: number;
}

/** Calls both kernels of a loss. */
export class Loss {
  readonly scratch: Scratch;

  constructor(
    readonly name: string,
    dtype: Dtype,
  ) {
    this.scratch = new Scratch(dtype);
  }

  get #names() {
    return { forward: `${this.name}Forward` as LossOperation, backward: `${this.name}Backward` as LossOperation };
  }

  value({ output, targets, weights, rows = 1, parameter = 0 }: Arguments): number {
    const { scratch } = this;
    const blocks = [scratch.input(output), scratch.input(targets), weights ? scratch.input(weights) : 0] as const;
    const result = lossForward(scratch, this.#names.forward, blocks, rows, output.length / rows, parameter);
    scratch.expectIntact();
    return result;
  }

  gradient({ output, targets, weights, rows = 1, scale = 1, parameter = 0 }: Arguments): number[] {
    const { scratch } = this;
    const blocks = [scratch.input(output), scratch.input(targets), weights ? scratch.input(weights) : 0] as const;
    const outputGrad = scratch.output(output.length);
    const columns = output.length / rows;
    lossBackward(scratch, this.#names.backward, blocks, outputGrad.address, rows, columns, scale, parameter);
    const result = Array.from(scratch.read(outputGrad));
    scratch.expectIntact();
    return result;
  }

  /** Value and gradient of one element. */
  at(output: number, target: number, parameter = 0): [number, number] {
    const blocks = { output: [output], targets: [target], parameter };
    return [this.value(blocks), this.gradient(blocks)[0]];
  }

  /** Whether both kernels stop where a block does not start on 16 bytes, or has no elements. */
  expectTraps(): void {
    const { address } = this.scratch.output(64);
    const { scratch } = this;
    const odd = address + 8;
    const forward = (output: number, targets: number, weights: number, rows = 1, columns = 4) =>
      lossForward(scratch, this.#names.forward, [output, targets, weights], rows, columns, 1);
    const backward = (output: number, targets: number, weights: number, grad = address, rows = 1, columns = 4) =>
      lossBackward(scratch, this.#names.backward, [output, targets, weights], grad, rows, columns, 1, 1);
    for (const [output, targets, weights] of [
      [odd, address, 0],
      [address, odd, 0],
      [address, address, odd],
    ]) {
      expect(() => forward(output, targets, weights)).toThrow("blocks start on 16 bytes");
      expect(() => backward(output, targets, weights)).toThrow("blocks start on 16 bytes");
    }
    expect(() => backward(address, address, 0, odd)).toThrow("blocks start on 16 bytes");
    for (const [rows, columns] of [
      [0, 4],
      [4, 0],
    ]) {
      expect(() => forward(address, address, 0, rows, columns)).toThrow("must be positive");
      expect(() => backward(address, address, 0, address, rows, columns)).toThrow("must be positive");
    }
  }
}

export function describeElementLosses(cases: readonly LossCase[]): void {
  describe.each(dtypes)("%s", (dtype) => {
    describe.each(cases)("$name", ({ name, twin, outputs, targets: targetsOf, parameter = 0 }) => {
      const loss = new Loss(name, dtype);
      /** Outputs, targets and weights as the type holds them. */
      const drawn = (count: number) => ({
        output: roundTo(dtype, outputs(count)),
        targets: roundTo(dtype, targetsOf(count)),
        weights: roundTo(dtype, someWeights(count)),
        parameter,
      });

      test("agrees with its twin at every count from 1 to 67", () => {
        for (const count of sizes) {
          const { output, targets } = drawn(count);
          const sum = output.reduce((total, x, index) => total + twin.value(x, targets[index], parameter), 0);
          const value = loss.value({ output, targets, parameter });
          expectClose([value], [sum], tolerances.sum[dtype], `value at ${count}`);
          const grad = output.map((x, index) => twin.derivative(x, targets[index], parameter) / count);
          const gradient = loss.gradient({ output, targets, parameter, scale: 1 / count });
          expectClose(gradient, grad, tolerances.formula[dtype], `gradient at ${count}`);
        }
      });

      test("multiplies each term and each derivative by its weight at every count from 1 to 67", () => {
        for (const count of sizes) {
          const blocks = drawn(count);
          const { output, targets, weights } = blocks;
          const terms = output.map((x, index) => weights[index] * twin.value(x, targets[index], parameter));
          const sum = terms.reduce((total, term) => total + term, 0);
          expectClose([loss.value(blocks)], [sum], tolerances.sum[dtype], `value at ${count}`);
          const grad = output.map((x, index) => weights[index] * twin.derivative(x, targets[index], parameter));
          expectClose(loss.gradient(blocks), grad, tolerances.slope[dtype], `gradient at ${count}`);
        }
      });

      test("has the bits of no weights with weights of 1", () => {
        const { output, targets } = drawn(21);
        const [plain, weighted] = [
          { output, targets, parameter },
          { ...drawn(21), weights: new Array(21).fill(1) },
        ];
        expect(loss.value(weighted)).toBe(loss.value(plain));
        expect(loss.gradient(weighted)).toEqual(loss.gradient(plain));
      });

      test("sees rows · columns elements: 3 × 7 has the bits of 1 × 21 and of 7 × 3", () => {
        const blocks = drawn(21);
        for (const rows of [3, 7]) {
          expect(loss.value({ ...blocks, rows })).toBe(loss.value(blocks));
          expect(loss.gradient({ ...blocks, rows })).toEqual(loss.gradient(blocks));
        }
      });

      test("has for gradient the central differences of its float64 value", () => {
        const [h, count] = [1e-6, 21];
        const { output, targets } = drawn(count);
        const float64 = new Loss(name, "float64");
        const at = (values: number[]) => float64.value({ output: values, targets, rows: 3, parameter });
        const differences = output.map(
          (x, index) => (at(output.with(index, x + h)) - at(output.with(index, x - h))) / (2 * h),
        );
        expectClose(loss.gradient({ output, targets, rows: 3, parameter }), differences, tolerances.derivative[dtype]);
      });

      test("agrees with PyTorch's value and gradient", () => {
        const found = golden.cases.filter((each) => each.loss === name);
        expect(found.length).toBeGreaterThan(0);
        for (const { value, outputGrad, ...blocks } of found) {
          const { rows } = golden;
          expectClose([loss.value({ ...blocks, rows })], [value], tolerances.golden[dtype], "value");
          expectClose(loss.gradient({ ...blocks, rows }), outputGrad, tolerances.golden[dtype], "gradient");
        }
      });

      test("has value NaN with a NaN at any place of 7, among outputs, targets or weights", () => {
        const { output, targets, weights } = drawn(7);
        const nan = Number.NaN;
        for (let at = 0; at < 7; at++) {
          expect(loss.value({ output: output.with(at, nan), targets, parameter })).toBeNaN();
          expect(loss.value({ output, targets: targets.with(at, nan), parameter })).toBeNaN();
          expect(loss.value({ output, targets, weights: weights.with(at, nan), parameter })).toBeNaN();
        }
      });

      test("scales its gradient by 0.25 exactly, and by 0 to nothing", () => {
        const blocks = drawn(7);
        expect(loss.gradient({ ...blocks, scale: 0.25 })).toEqual(loss.gradient(blocks).map((x) => x / 4));
        for (const x of loss.gradient({ ...blocks, scale: 0 })) expect(Math.abs(x)).toBe(0);
      });

      test.runIf(isDebugBuild)("traps on a block that does not start on 16 bytes, or has no elements", () => {
        loss.expectTraps();
      });
    });
  });
}
