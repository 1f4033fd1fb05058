import { expect, test } from "vitest";
import { batchNorm, Network } from "../../src/index.ts";
import { checkBatch } from "../../src/training/loader.ts";
import { gradientBits, regression, smallTrainer } from "./problem.ts";

test("a batch that is refused leaves the one before in memory", () => {
  const trainer = smallTrainer();
  const { inputs, targets } = regression(4);
  trainer.gradients(inputs, targets);
  const before = [Array.from(trainer.network.input(4)), gradientBits(trainer.network)];
  expect(() =>
    trainer.step(
      [
        [1, 2, 3],
        [1, 2, Number.NaN],
      ],
      targets.slice(0, 2),
    ),
  ).toThrow("at row 1, column 2");
  expect([Array.from(trainer.network.input(4)), gradientBits(trainer.network)]).toEqual(before);
});

test("a batch that lacks what a layer needs is refused", () => {
  const { graph } = new Network({ inputs: 2, layers: [batchNorm()] }).engine;
  const check = (rows: number) => checkBatch("who", { rows, stepsOf: () => 0 }, graph);
  expect(() => check(1)).toThrow("who: got a batch of 1 example, need 2 or more for batchNorm; try another batchSize");
  expect(check(2)).toBeUndefined();
});
