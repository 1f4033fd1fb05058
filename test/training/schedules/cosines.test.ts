import { describe, expect, it } from "vitest";
import { cosineDecay, cosineRestarts, oneCycle } from "../../../src/index.ts";

// PyTorch's values are in kinds.test.ts.
describe("cosineDecay", () => {
  it("is initial at 0, the middle at half of steps, minimum at steps, and initial again at twice of it", () => {
    const schedule = cosineDecay({ initial: 3, minimum: 1, steps: 50 });
    expect([0, 25, 50, 75, 100, 150].map((t) => schedule.at(t))).toEqual([3, 2, 1, 2, 3, 1]);
  });
});

describe("cosineRestarts", () => {
  it("begins again after 4, then 8, then 16 more with a factor of 2", () => {
    const schedule = cosineRestarts({ initial: 2, period: 4, factor: 2 });
    expect([0, 2, 4, 8, 12, 20, 28].map((t) => schedule.at(t))).toEqual([2, 1, 2, 1, 2, 1, 2]);
  });

  it("begins again every 4 with a factor of 1, at 2^53 - 4, too", () => {
    const schedule = cosineRestarts({ initial: 2, period: 4 });
    expect([0, 2, 4, 6, 2 ** 53 - 4, 2 ** 53 - 2].map((t) => schedule.at(t))).toEqual([2, 1, 2, 1, 2, 1]);
  });
});

describe("oneCycle", () => {
  it("is largest before 0.3 of its steps, and after its end stays at maximum / 250 000", () => {
    const schedule = oneCycle({ maximum: 1, steps: 10 });
    expect([schedule.at(0), schedule.at(2)]).toEqual([1 / 25, 1]);
    expect([9, 10, 1000].map((t) => schedule.at(t))).toEqual([4e-6, 4e-6, 4e-6]);
  });
});

describe("refused is", () => {
  const refused: [string, () => unknown, string][] = [
    [
      "no end",
      () => cosineDecay({ initial: 1 } as never),
      "cosineDecay: steps: got undefined, need a whole number from 1",
    ],
    [
      "a negative minimum",
      () => cosineDecay({ initial: 1, minimum: -1, steps: 1 }),
      "cosineDecay: got minimum -1, need",
    ],
    ["a period of 0", () => cosineRestarts({ initial: 1, period: 0 }), "cosineRestarts: period: got 0, need a whole"],
    ["half a factor", () => cosineRestarts({ initial: 1, period: 1, factor: 0.5 }), "cosineRestarts: factor: got 0.5"],
    [
      "an endless maximum",
      () => oneCycle({ maximum: Number.POSITIVE_INFINITY, steps: 1 }),
      "oneCycle: got maximum Inf",
    ],
    ["no steps", () => oneCycle({ maximum: 1, steps: 0 }), "oneCycle: steps: got 0, need a whole number from 1"],
    [
      "another's option",
      () => oneCycle({ initial: 1, steps: 1 } as never),
      'oneCycle option: got "initial", need one of',
    ],
  ];
  it.each(refused)("%s", (_, act, message) => expect(act).toThrow(message));
});
