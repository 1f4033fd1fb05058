import { describe, expect, test } from "vitest";
import { adamStep, adamWStep } from "../../reference/optimizers/adam.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { isDebugBuild } from "../scratch.ts";
import { describeUpdates, type Update, Updated } from "../updates.ts";

const twins = { adamStep, adamWStep };
const [learningRate, beta1, beta2, epsilon, weightDecay] = [0.01, 0.9, 0.999, 1e-8, 0.05];

const updateOf = (title: keyof typeof twins, least = epsilon, stepsBefore = 0): Update => ({
  title,
  states: [true, true],
  call(scratch, [p, g, firstMoment, secondMoment], count, step, weightDecay) {
    const fields = {
      parameters: p,
      gradients: g,
      firstMoment,
      secondMoment,
      beta1,
      beta2,
      epsilon: least,
      weightDecay,
    };
    return scratch.update(title, fields, count, { step: step + stepsBefore, learningRate });
  },
  twin: ([p, g, m, v], step, decay) => twins[title](p, g, m, v, step, learningRate, beta1, beta2, least, decay),
});
const names = ["adamStep", "adamWStep"] as const;

describeUpdates(
  names.map((name) => updateOf(name)),
  (scratch) => {
    const { dtype } = scratch;
    const first = (update: Update, parameters: number[], gradients: number[], decay: number) => {
      const updated = new Updated(scratch, update, parameters);
      updated.step(scratch.input(gradients), decay);
      const [after] = updated.read();
      scratch.expectIntact();
      return after;
    };

    describe.each(names)("%s", (name) => {
      test("first moves every parameter by the learning rate, whatever the gradient's size from 1e-3 to 1e15", () => {
        const gradients = [1e-3, -1e-3, 1, -1, 1e6, -1e6, 1e15, -1e15];
        const expected = gradients.map((x) => -Math.sign(x) * learningRate);
        const after = first(updateOf(name), new Array(8).fill(0), gradients, 0);
        expectClose(after, expected, { absolute: 0, relative: 2e-5 });
      });

      test("corrects no bias any more at step 2147483647", () => {
        const after = first(updateOf(name, epsilon, 2 ** 31 - 2), [0, 0, 0], [1, -2, 0.5], 0);
        const change = (learningRate * (1 - beta1)) / Math.sqrt(1 - beta2);
        expectClose(after, [-change, change, -change], { absolute: 0, relative: 2e-5 });
      });

      test("refuses a finite gradient whose square is infinite, which would stop its parameter for ever", () => {
        const huge = dtype === "float32" ? 1e30 : 1e200;
        expect(first(updateOf(name), [1], [huge], weightDecay)).toEqual([1]);
      });

      if (isDebugBuild) {
        test("traps on step 0 and epsilon 0", () => {
          expect(() => first(updateOf(name, epsilon, -1), [1], [1], 0)).toThrow("must be positive");
          expect(() => first(updateOf(name, 0), [1], [1], 0)).toThrow("epsilon must be positive");
        });
      }
    });

    test("adamWStep decays a parameter without gradient by learningRate · weightDecay, adamStep by its rate", () => {
      const decoupled = first(updateOf("adamWStep"), [2], [0], weightDecay);
      expectClose(decoupled, [2 - 2 * learningRate * weightDecay], tolerances.formula[dtype]);
      expectClose(first(updateOf("adamStep"), [2], [0], weightDecay), [2 - learningRate], tolerances.golden.float32);
    });
  },
);
