import { describe, expect, it } from "vitest";
import { adagrad } from "../../../src/index.ts";

it("the defaults are PyTorch's: 0.01, no decay of any kind, epsilon 1e-10", () => {
  expect(adagrad()).toEqual({
    name: "adagrad",
    learningRate: 0.01,
    learningRateDecay: 0,
    epsilon: 1e-10,
    weightDecay: 0,
  });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => adagrad({ learningRate: -1 }),
      new RangeError("adagrad: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => adagrad({ weightDecay: -1 }),
      new RangeError("adagrad: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => adagrad({ betas: 1 } as never),
      new RangeError('adagrad option: got "betas", need one of learningRate, learningRateDecay, epsilon, weightDecay'),
    ],
    ["an epsilon of 0", () => adagrad({ epsilon: 0 }), new RangeError("adagrad: got epsilon 0, need a number above 0")],
    [
      "a rate that rises",
      () => adagrad({ learningRateDecay: -1 }),
      new RangeError("adagrad: got learningRateDecay -1, need a number from 0"),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
