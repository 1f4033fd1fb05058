import { describe, expect, it } from "vitest";
import { constant, exponentialDecay, reduceOnPlateau, type Schedule, warmup } from "../../../src/index.ts";

// PyTorch's values are in kinds.test.ts.
describe("warmup", () => {
  it("rises in a line from 0 to the first rate of what follows, which begins with its own 0", () => {
    const schedule = warmup({ steps: 4 }, exponentialDecay({ initial: 8, factor: 0.5 }));
    expect([0, 1, 2, 3, 4, 5, 6].map((t) => schedule.at(t))).toEqual([0, 2, 4, 6, 8, 4, 2]);
    expect(warmup({ steps: 2, from: 3 }, constant(1)).at(1)).toBe(2);
  });

  it("counts what the schedule after it counts, and only that", () => {
    const then = constant(1, { per: "epoch" });
    expect([warmup({ steps: 1 }, then).per, warmup({ steps: 1, per: "epoch" }, then).per]).toEqual(["epoch", "epoch"]);
    expect(() => warmup({ steps: 1, per: "step" }, then)).toThrow(
      new RangeError('warmup: got per "step" before a schedule per epoch, need the same'),
    );
  });

  const refused: [string, () => unknown, string][] = [
    ["no steps", () => warmup({ steps: 0 }, constant(1)), "warmup: steps: got 0, need a whole number from 1"],
    [
      "a negative start",
      () => warmup({ steps: 1, from: -1 }, constant(1)),
      "warmup: got from -1, need a number from 0",
    ],
    [
      "a negative rate after it",
      () => warmup({ steps: 1 }, constant(-1)),
      "warmup: got the next schedule's first rate -1, need a number from 0",
    ],
    ["a number after it", () => warmup({ steps: 1 }, 0.1 as never), "warmup: got 0.1 as what follows, need a schedule"],
    [
      "a plateau after it",
      () => warmup({ steps: 1 }, reduceOnPlateau({ initial: 1 }) as unknown as Schedule),
      "warmup: got an object as what follows, need a schedule such as constant(0.01)",
    ],
  ];
  it.each(refused)("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
