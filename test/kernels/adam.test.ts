import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { adamStep, adamWStep } from "../reference/adam.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { type Block, dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "./scratch.ts";

const twins = { adamStep, adamWStep };
const names = ["adamStep", "adamWStep"] as const;
type Name = (typeof names)[number];
const [learningRate, beta1, beta2, epsilon, weightDecay] = [0.01, 0.9, 0.999, 1e-8, 0.05];

const golden: {
  learningRate: number;
  betas: [number, number];
  epsilon: number;
  initial: number[];
  curvature: number[];
  goal: number[];
  cases: { optimizer: string; weightDecay: number; after: { step: number; parameters: number[] }[] }[];
} = JSON.parse(readFileSync("test/fixtures/optimizer.json", "utf8"));

const zeros = (count: number): number[] => new Array(count).fill(0);

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  /** Three blocks: parameters and zero moments. */
  const blocksOf = (parameters: readonly number[]): [Block, Block, Block] => [
    scratch.output(parameters),
    scratch.output(zeros(parameters.length)),
    scratch.output(zeros(parameters.length)),
  ];

  function update(name: Name, blocks: readonly Block[], gradients: number, step: number, decay: number) {
    const [parameters, first, second] = blocks.map(({ address }) => address);
    const options = [learningRate, beta1, beta2, epsilon, decay] as const;
    kernels[name](parameters, gradients, first, second, blocks[0].length, step, ...options);
  }

  describe.each(names)("%s", (name) => {
    test("has the twin's parameters and moments after 100 steps at every count from 1 to 67", () => {
      for (const count of sizes) {
        const expected = [roundTo(dtype, random(count, count)), zeros(count), zeros(count)] as const;
        const blocks = blocksOf(expected[0]);
        const gradients = [1, 2, 3].map((seed) => roundTo(dtype, random(count, count + seed)));
        const addresses = gradients.map((values) => scratch.input(values));
        for (let step = 1; step <= 100; step++) {
          update(name, blocks, addresses[step % 3], step, weightDecay);
          const [parameters, first, second] = expected;
          const options = [learningRate, beta1, beta2, epsilon, weightDecay] as const;
          twins[name](parameters, gradients[step % 3], first, second, step, ...options);
        }
        blocks.forEach((block, index) => {
          expectClose(scratch.read(block), expected[index], tolerances.hundredSteps[dtype], `${count}: ${index}`);
        });
        scratch.expectIntact();
      }
    });

    test("first moves every parameter by the learning rate, whatever the gradient's size from 1e-3 to 1e15", () => {
      const gradients = [1e-3, -1e-3, 1, -1, 1e6, -1e6, 1e15, -1e15];
      const blocks = blocksOf(zeros(8));
      update(name, blocks, scratch.input(gradients), 1, 0);
      const expected = gradients.map((x) => -Math.sign(x) * learningRate);
      expectClose(scratch.read(blocks[0]), expected, { absolute: 0, relative: 2e-5 });
      scratch.expectIntact();
    });

    test("keeps zeros zero through a step, so padding stays padding", () => {
      const blocks = blocksOf(zeros(19));
      update(name, blocks, scratch.input(zeros(19)), 1, weightDecay);
      for (const block of blocks) expect(Array.from(scratch.read(block))).toEqual(zeros(19));
      scratch.expectIntact();
    });

    test("corrects no bias any more at step 2147483647", () => {
      const blocks = blocksOf(zeros(3));
      update(name, blocks, scratch.input([1, -2, 0.5]), 2 ** 31 - 1, 0);
      const change = (learningRate * (1 - beta1)) / Math.sqrt(1 - beta2);
      expectClose(scratch.read(blocks[0]), [-change, change, -change], { absolute: 0, relative: 2e-5 });
      scratch.expectIntact();
    });

    test("lets a NaN or infinite gradient make NaN of its own parameter and of no other", () => {
      const blocks = blocksOf(random(7));
      update(name, blocks, scratch.input(random(7, 2).with(2, Number.NaN).with(5, Infinity)), 1, weightDecay);
      const after = Array.from(scratch.read(blocks[0]));
      expect(after.map(Number.isNaN)).toEqual([false, false, true, false, false, true, false]);
      scratch.expectIntact();
    });

    if (isDebugBuild) {
      test("traps on a block that does not start on 16 bytes, no elements, step 0 and epsilon 0", () => {
        const { address: a } = scratch.output(64);
        const call = (addresses: [number, number, number, number], count = 4, step = 1, least = epsilon) =>
          kernels[name](...addresses, count, step, learningRate, beta1, beta2, least, 0);
        for (let at = 0; at < 4; at++) {
          const addresses = [a, a, a, a].with(at, a + 8) as [number, number, number, number];
          expect(() => call(addresses)).toThrow("blocks start on 16 bytes");
        }
        expect(() => call([a, a, a, a], 0)).toThrow("must be positive");
        expect(() => call([a, a, a, a], 4, 0)).toThrow("must be positive");
        expect(() => call([a, a, a, a], 4, 1, 0)).toThrow("epsilon must be positive");
      });
    }
  });

  test("adamWStep decays a parameter without gradient by learningRate · weightDecay, adamStep by its rate", () => {
    const [decoupled, coupled] = [blocksOf([2]), blocksOf([2])];
    update("adamWStep", decoupled, scratch.input([0]), 1, weightDecay);
    update("adamStep", coupled, scratch.input([0]), 1, weightDecay);
    expectClose(scratch.read(decoupled[0]), [2 - 2 * learningRate * weightDecay], tolerances.formula[dtype]);
    expectClose(scratch.read(coupled[0]), [2 - learningRate], tolerances.golden.float32);
    scratch.expectIntact();
  });
});

describe("float64 follows PyTorch to 1e-12 for 100 steps", () => {
  const scratch = new Scratch("float64");

  test.each(golden.cases.filter(({ optimizer }) => optimizer.startsWith("adam")))(
    "$optimizer, weightDecay $weightDecay",
    ({ optimizer, weightDecay: decay, after }) => {
      const { initial, curvature, goal, betas } = golden;
      const count = initial.length;
      const parameters = scratch.output(initial);
      const [first, second] = [scratch.output(zeros(count)).address, scratch.output(zeros(count)).address];
      for (let step = 1; step <= 100; step++) {
        const values = Array.from(scratch.read(parameters));
        const gradients = scratch.input(values.map((p, index) => curvature[index] * (p - goal[index]) + p * p * p));
        const options = [golden.learningRate, ...betas, golden.epsilon, decay] as const;
        const kernel = scratch.kernels[`${optimizer}Step` as Name];
        kernel(parameters.address, gradients, first, second, count, step, ...options);
        const expected = after.find((record) => record.step === step);
        if (expected) expectClose(scratch.read(parameters), expected.parameters, tolerances.golden.float64);
      }
      scratch.expectIntact();
    },
  );
});
