import { describe, expect, it } from "vitest";
import { sgd } from "../../../src/index.ts";

it("the defaults are PyTorch's: 1e-3 without momentum or decay", () => {
  expect(sgd()).toEqual({ name: "sgd", learningRate: 1e-3, momentum: 0, nesterov: false, weightDecay: 0 });
});

describe("refused is", () => {
  const number = "need a number from 0";
  const rate = "need a number from 0, or a schedule";
  const share = "need a number from 0 to below 1";
  const refused: [string, () => unknown, Error][] = [
    ["a negative rate", () => sgd({ learningRate: -1 }), new RangeError(`sgd: got learningRate -1, ${rate}`)],
    ["a rate of NaN", () => sgd({ learningRate: Number.NaN }), new RangeError(`sgd: got learningRate NaN, ${rate}`)],
    [
      "a rate of Infinity",
      () => sgd({ learningRate: Number.POSITIVE_INFINITY }),
      new RangeError(`sgd: got learningRate Infinity, ${rate}`),
    ],
    [
      "a rate as a string",
      () => sgd({ learningRate: "0.1" as never }),
      new RangeError(`sgd: got learningRate "0.1", ${rate}`),
    ],
    [
      "a rate of null",
      () => sgd({ learningRate: null as never }),
      new RangeError(`sgd: got learningRate null, ${rate}`),
    ],
    ["a negative decay", () => sgd({ weightDecay: -0.1 }), new RangeError(`sgd: got weightDecay -0.1, ${number}`)],
    ["a momentum of 1", () => sgd({ momentum: 1 }), new RangeError(`sgd: momentum: got 1, ${share}`)],
    ["a negative momentum", () => sgd({ momentum: -0.5 }), new RangeError(`sgd: momentum: got -0.5, ${share}`)],
    [
      "nesterov without momentum",
      () => sgd({ nesterov: true }),
      new RangeError("sgd: got nesterov without momentum, need momentum above 0"),
    ],
    [
      "nesterov of 1",
      () => sgd({ momentum: 0.5, nesterov: 1 as never }),
      new TypeError("sgd: got nesterov 1, need true or false"),
    ],
    [
      "another's option",
      () => sgd({ betas: [0, 0] } as never),
      new RangeError('sgd option: got "betas", need one of learningRate, momentum, nesterov, weightDecay'),
    ],
    ["a number for options", () => sgd(0.1 as never), new TypeError("sgd: got 0.1, need an object of options")],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
