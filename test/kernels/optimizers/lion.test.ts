import { expect, test } from "vitest";
import { lionStep } from "../../reference/optimizers/lion.ts";
import { describeUpdates, type Update, Updated } from "../updates.ts";

const [learningRate, beta1, beta2] = [0.01, 0.9, 0.99];

const lion: Update = {
  title: "lionStep",
  states: [true],
  call(scratch, [p, g, firstMoment], count, _, weightDecay) {
    const fields = { parameters: p, gradients: g, firstMoment, beta1, beta2, weightDecay };
    return scratch.update("lionStep", fields, count, { learningRate });
  },
  twin: ([p, g, m], _, decay) => lionStep(p, g, m, learningRate, beta1, beta2, decay),
};

describeUpdates([lion], (scratch) => {
  test("moves every parameter by the learning rate, whatever the gradient's size, and none whose gradient is 0", () => {
    const updated = new Updated(scratch, lion, [0, 0, 0, 0, 0, 0, 0]);
    updated.step(scratch.input([1e-15, -1e-15, 1e15, -1e15, 0, -0, 1]), 0);
    const rate = scratch.dtype === "float32" ? Math.fround(0.01) : 0.01;
    expect(updated.read()[0]).toEqual([-rate, rate, -rate, rate, 0, 0, -rate]);
    scratch.expectIntact();
  });
});
