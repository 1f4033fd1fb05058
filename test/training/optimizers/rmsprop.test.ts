import { describe, expect, it } from "vitest";
import { rmsprop } from "../../../src/index.ts";

it("the defaults are PyTorch's: 0.01, alpha 0.99, epsilon 1e-8, no momentum, not centered, no decay", () => {
  expect(rmsprop()).toEqual({
    name: "rmsprop",
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    centered: false,
    weightDecay: 0,
  });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => rmsprop({ learningRate: -1 }),
      new RangeError("rmsprop: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => rmsprop({ weightDecay: -1 }),
      new RangeError("rmsprop: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => rmsprop({ rho: 1 } as never),
      new RangeError(
        'rmsprop option: got "rho", need one of learningRate, alpha, epsilon, momentum, centered, weightDecay',
      ),
    ],
    ["an epsilon of 0", () => rmsprop({ epsilon: 0 }), new RangeError("rmsprop: got epsilon 0, need a number above 0")],
    [
      "an alpha of 1",
      () => rmsprop({ alpha: 1 }),
      new RangeError("rmsprop: alpha: got 1, need a number from 0 to below 1"),
    ],
    [
      "a momentum of 1",
      () => rmsprop({ momentum: 1 }),
      new RangeError("rmsprop: momentum: got 1, need a number from 0 to below 1"),
    ],
    [
      "centered of 1",
      () => rmsprop({ centered: 1 as never }),
      new TypeError("rmsprop: got centered 1, need true or false"),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
