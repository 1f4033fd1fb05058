import { expect, test } from "vitest";
import { lionStep } from "../../reference/optimizers/lion.ts";
import { describeUpdates, type Update, Updated } from "../updates.ts";

const options = [0.01, 0.9, 0.99] as const;

const lion: Update = {
  title: "lionStep",
  states: [true],
  call: (kernels, [p, g, m], count, _, decay) => kernels.lionStep(p, g, m, count, ...options, decay),
  twin: ([p, g, m], _, decay) => lionStep(p, g, m, ...options, decay),
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
