import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { momentumStep, nesterovStep, sgdStep } from "../reference/optimizer.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

const twins = { momentumStep, nesterovStep };
const names = ["momentumStep", "nesterovStep"] as const;
const [learningRate, momentum] = [0.01, 0.9];

const golden: {
  learningRate: number;
  momentum: number;
  initial: number[];
  curvature: number[];
  goal: number[];
  cases: { optimizer: string; weightDecay: number; after: { step: number; parameters: number[] }[] }[];
} = JSON.parse(readFileSync("test/fixtures/optimizer.json", "utf8"));

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  test("sgdStep has the twin's parameters after 100 steps at every count from 1 to 67", () => {
    for (const count of sizes) {
      const expected = roundTo(dtype, random(count, count));
      const parameters = scratch.output(expected);
      const gradients = [1, 2, 3].map((seed) => roundTo(dtype, random(count, count + seed)));
      const addresses = gradients.map((values) => scratch.input(values));
      for (let step = 1; step <= 100; step++) {
        kernels.sgdStep(parameters.address, addresses[step % 3], count, learningRate, 0.05);
        sgdStep(expected, gradients[step % 3], learningRate, 0.05);
      }
      expectClose(scratch.read(parameters), expected, tolerances.hundredSteps[dtype], `${count} parameters`);
      scratch.expectIntact();
    }
  });

  test.each(names)("%s has the twin's parameters and velocity after 100 steps at every count from 1 to 67", (name) => {
    for (const count of sizes) {
      const expected = roundTo(dtype, random(count, count));
      const expectedVelocity = new Array<number>(count).fill(0);
      const parameters = scratch.output(expected);
      const velocity = scratch.output(expectedVelocity);
      const gradients = [1, 2, 3].map((seed) => roundTo(dtype, random(count, count + seed)));
      const addresses = gradients.map((values) => scratch.input(values));
      for (let step = 1; step <= 100; step++) {
        kernels[name](parameters.address, addresses[step % 3], velocity.address, count, learningRate, momentum, 0.05);
        twins[name](expected, gradients[step % 3], expectedVelocity, learningRate, momentum, 0.05);
      }
      expectClose(scratch.read(parameters), expected, tolerances.hundredSteps[dtype], `${count} parameters`);
      expectClose(scratch.read(velocity), expectedVelocity, tolerances.hundredSteps[dtype], `${count} velocities`);
      scratch.expectIntact();
    }
  });

  test("zeros stay zero through a step, so padding stays padding", () => {
    const zeros = scratch.input(new Array(19).fill(0));
    const blocks = [scratch.output(new Array(19).fill(0)), scratch.output(new Array(19).fill(0))];
    const [parameters, velocity] = blocks;
    kernels.sgdStep(parameters.address, zeros, 19, learningRate, 0.05);
    for (const name of names) {
      kernels[name](parameters.address, zeros, velocity.address, 19, learningRate, momentum, 0.05);
    }
    for (const block of blocks) expect(Array.from(scratch.read(block))).toEqual(new Array(19).fill(0));
    scratch.expectIntact();
  });

  test("a NaN or infinite gradient reaches its own parameter and no other", () => {
    const gradients = random(7).with(2, Number.NaN).with(5, Infinity);
    const steps = [
      (parameters: number, _velocity: number) =>
        kernels.sgdStep(parameters, scratch.input(gradients), 7, learningRate, 0),
      ...names.map((name) => (parameters: number, velocity: number) => {
        kernels[name](parameters, scratch.input(gradients), velocity, 7, learningRate, momentum, 0);
      }),
    ];
    for (const step of steps) {
      const parameters = scratch.output(random(7));
      step(parameters.address, scratch.output(new Array(7).fill(0)).address);
      const after = scratch.read(parameters);
      expect(after[2]).toBeNaN();
      expect(after[5]).toBe(-Infinity);
      expect(Array.from(after).filter(Number.isFinite)).toHaveLength(5);
      scratch.expectIntact();
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address: a } = scratch.output(64);
      const unaligned = "blocks start on 16 bytes";
      expect(() => kernels.sgdStep(a + 8, a, 4, 1, 0)).toThrow(unaligned);
      expect(() => kernels.sgdStep(a, a + 8, 4, 1, 0)).toThrow(unaligned);
      expect(() => kernels.sgdStep(a, a, 0, 1, 0)).toThrow("must be positive");
      for (const name of names) {
        expect(() => kernels[name](a + 8, a, a, 4, 1, 0, 0)).toThrow(unaligned);
        expect(() => kernels[name](a, a + 8, a, 4, 1, 0, 0)).toThrow(unaligned);
        expect(() => kernels[name](a, a, a + 8, 4, 1, 0, 0)).toThrow(unaligned);
        expect(() => kernels[name](a, a, a, 0, 1, 0, 0)).toThrow("must be positive");
      }
    });
  }
});

describe("float64 follows PyTorch to 1e-12 for 100 steps", () => {
  const scratch = new Scratch("float64");
  const { kernels } = scratch;

  test.each(golden.cases.filter(({ optimizer }) => !optimizer.startsWith("adam")))(
    "$optimizer, weightDecay $weightDecay",
    ({ optimizer, weightDecay, after }) => {
      const { initial, curvature, goal } = golden;
      const count = initial.length;
      const parameters = scratch.output(initial);
      const velocity = scratch.output(new Array(count).fill(0));
      for (let step = 1; step <= 100; step++) {
        const values = Array.from(scratch.read(parameters));
        const gradients = scratch.input(values.map((p, index) => curvature[index] * (p - goal[index]) + p * p * p));
        if (optimizer === "sgd") {
          kernels.sgdStep(parameters.address, gradients, count, golden.learningRate, weightDecay);
        } else {
          const name = `${optimizer}Step` as (typeof names)[number];
          const options = [golden.learningRate, golden.momentum, weightDecay] as const;
          kernels[name](parameters.address, gradients, velocity.address, count, ...options);
        }
        const expected = after.find((record) => record.step === step);
        if (expected) expectClose(scratch.read(parameters), expected.parameters, tolerances.golden.float64);
      }
      scratch.expectIntact();
    },
  );
});
