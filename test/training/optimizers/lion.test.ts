import { describe, expect, it } from "vitest";
import { lion } from "../../../src/index.ts";

it("the defaults are its paper's: 1e-4, betas 0.9 and 0.99, no decay", () => {
  expect(lion()).toEqual({ name: "lion", learningRate: 1e-4, betas: [0.9, 0.99], weightDecay: 0 });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => lion({ learningRate: -1 }),
      new RangeError("lion: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => lion({ weightDecay: -1 }),
      new RangeError("lion: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => lion({ epsilon: 1 } as never),
      new RangeError('lion option: got "epsilon", need one of learningRate, betas, weightDecay'),
    ],
    [
      "a beta of 1",
      () => lion({ betas: [0, 1] }),
      new RangeError("lion: betas: got 1, need a number from 0 to below 1"),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
