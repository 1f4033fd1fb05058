import { expect, test } from "vitest";
import { rmspropStep } from "../../reference/optimizers/rmsprop.ts";
import { describeUpdates, type Update, Updated } from "../updates.ts";

const [learningRate, alpha, epsilon, momentum] = [0.01, 0.99, 1e-8, 0.9];

const updateOf = (title: string, isCentered: boolean, hasVelocity: boolean): Update => {
  const options = [learningRate, alpha, epsilon, hasVelocity ? momentum : 0] as const;
  return {
    title,
    states: [true, isCentered, hasVelocity],
    call(scratch, [p, g, squareMean, mean, velocity], count, _, weightDecay) {
      const blocks = { parameters: p, gradients: g, squareMean, mean, velocity };
      const fields = { ...blocks, alpha, epsilon, momentum: hasVelocity ? momentum : 0, weightDecay };
      return scratch.update("rmspropStep", fields, count, { learningRate });
    },
    twin([p, g, s, m, v], _, decay) {
      rmspropStep(p, g, s, isCentered ? m : undefined, hasVelocity ? v : undefined, ...options, decay);
    },
  };
};
const centered = updateOf("rmspropStep, centered", true, false);

describeUpdates(
  [
    updateOf("rmspropStep", false, false),
    centered,
    updateOf("rmspropStep with a velocity", false, true),
    updateOf("rmspropStep, centered, with a velocity", true, true),
  ],
  (scratch) => {
    test("centered takes 3000 steps of the same gradient, whose variance rounds below 0, without NaN", () => {
      const updated = new Updated(scratch, centered, [0, 0, 0]);
      const gradients = scratch.input([0.1, 1 / 3, -0.7]);
      for (let step = 0; step < 3000; step++) expect(updated.step(gradients, 0)).toBe(1);
      expect(updated.read().flat().every(Number.isFinite)).toBe(true);
      scratch.expectIntact();
    });
  },
);
