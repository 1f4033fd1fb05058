import { expect, test } from "vitest";
import { smallTrainer } from "./problem.ts";

test("weights asked for after a batch without get blocks of their own, and nothing else of the network's is lost", () => {
  const trainer = smallTrainer({ metrics: ["r2"] });
  const { network } = trainer;
  const [inputs, targets] = [[[1, 2, 3]], [[1, 2]]];
  const plain = trainer.gradients(inputs, targets);
  const before = network.engine.arena.mark;
  expect(trainer.gradients(inputs, targets, { exampleWeights: [2] })).toBeCloseTo(plain, 12);
  const after = network.engine.arena.mark;
  expect(after).toBeGreaterThan(before);
  for (let time = 0; time < 3; time++) {
    trainer.gradients(inputs, targets);
    trainer.gradients(inputs, targets, { exampleWeights: [2] });
  }
  expect(network.engine.arena.mark).toBe(after);
});
