import { describe, expect, it } from "vitest";
import { adamax } from "../../../src/index.ts";

it("the defaults are PyTorch's: 0.002, betas 0.9 and 0.999, epsilon 1e-8, no decay", () => {
  expect(adamax()).toEqual({ name: "adamax", learningRate: 2e-3, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => adamax({ learningRate: -1 }),
      new RangeError("adamax: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => adamax({ weightDecay: -1 }),
      new RangeError("adamax: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => adamax({ alpha: 1 } as never),
      new RangeError('adamax option: got "alpha", need one of learningRate, betas, epsilon, weightDecay'),
    ],
    ["an epsilon of 0", () => adamax({ epsilon: 0 }), new RangeError("adamax: got epsilon 0, need a number above 0")],
    [
      "a beta of 1",
      () => adamax({ betas: [1, 0] }),
      new RangeError("adamax: betas: got 1, need a number from 0 to below 1"),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
