import { describe, expect, it } from "vitest";
import { adadelta } from "../../../src/index.ts";

it("the defaults are PyTorch's: 1, rho 0.9, epsilon 1e-6, no decay", () => {
  expect(adadelta()).toEqual({ name: "adadelta", learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: 0 });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => adadelta({ learningRate: -1 }),
      new RangeError("adadelta: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => adadelta({ weightDecay: -1 }),
      new RangeError("adadelta: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => adadelta({ betas: 1 } as never),
      new RangeError('adadelta option: got "betas", need one of learningRate, rho, epsilon, weightDecay'),
    ],
    [
      "an epsilon of 0",
      () => adadelta({ epsilon: 0 }),
      new RangeError("adadelta: got epsilon 0, need a number above 0"),
    ],
    ["a rho of 1", () => adadelta({ rho: 1 }), new RangeError("adadelta: rho: got 1, need a number from 0 to below 1")],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
