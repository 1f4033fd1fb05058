import { expect, test } from "vitest";
import { training } from "../../../build/training.js";
import { inAll, op } from "../../../src/kernels/operations.ts";
import { Arena } from "../../../src/memory/arena.ts";
import { stepDoubles, Updates } from "../../../src/training/optimizers/updates.ts";
import { runUpdate } from "./runUpdate.ts";

/** Updates of two ranges by gradient descent, the second with half the learning rate. */
function updatesOf(gradients: readonly number[]) {
  const arena = new Arena("float64");
  arena.add(training);
  const now = arena.allocateDoubles(stepDoubles);
  const [first, second] = [0, 1].map(() => ({ parameters: arena.allocate(2), gradients: arena.allocate(2) }));
  const blocks = [first, second];
  blocks.forEach((each, index) => {
    arena.view(each.parameters, 2).set([1, 2]);
    arena.view(each.gradients, 2).set(gradients.slice(2 * index, 2 * index + 2));
  });
  const operations = blocks.map((each, index) =>
    op("sgdStep", inAll(2), { now, ...each, factor: 1 - index / 2, weightDecay: 0 }),
  );
  const read = () => blocks.flatMap(({ parameters }) => [...arena.view(parameters, 2)]);
  const correct = () => {
    for (const { gradients } of blocks) arena.view(gradients, 2).fill(0);
  };
  return { arena, now, correct, updates: new Updates(arena, now, operations), read };
}

test("each range is changed by its gradient, the learning rate and the range's factor", () => {
  const { updates, read } = updatesOf([1, 2, 4, 8]);
  expect(runUpdate(updates, 1, 0.5)).toBe(true);
  expect(read()).toEqual([0.5, 1, 0, 0]);
});

test("an update that is not finite is told, the rest of it is made, and the next one is told by itself", () => {
  const gradients = [1, Number.NaN, 4, 8];
  const { updates, read, correct } = updatesOf(gradients);
  expect(runUpdate(updates, 1, 0.5)).toBe(false);
  expect(read()).toEqual([1, 2, 0, 0]);
  correct();
  expect(runUpdate(updates, 2, 0.5)).toBe(true);
  expect(read()).toEqual([1, 2, 0, 0]);
});

test("no operations are an update, too", () => {
  const { arena, now } = updatesOf([0, 0, 0, 0]);
  expect(runUpdate(new Updates(arena, now, []), 1, 0.5)).toBe(true);
});
