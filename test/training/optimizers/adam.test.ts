import { describe, expect, it } from "vitest";
import { adam, adamW } from "../../../src/index.ts";

it("the defaults are PyTorch's: 1e-3, betas 0.9 and 0.999, epsilon 1e-8, no decay; adamW's the same with a decay of 0.01", () => {
  const common = { learningRate: 1e-3, betas: [0.9, 0.999], epsilon: 1e-8 };
  expect(adam()).toEqual({ name: "adam", ...common, weightDecay: 0 });
  expect(adamW()).toEqual({ name: "adamW", ...common, weightDecay: 0.01 });
});

describe("refused is", () => {
  const share = "need a number from 0 to below 1";
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => adamW({ learningRate: -1 }),
      new RangeError("adamW: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => adam({ weightDecay: -0.1 }),
      new RangeError("adam: got weightDecay -0.1, need a number from 0"),
    ],
    ["a beta of 1", () => adam({ betas: [0.9, 1] }), new RangeError(`adam: betas: got 1, ${share}`)],
    ["a beta of NaN", () => adam({ betas: [Number.NaN, 0.9] }), new RangeError(`adam: betas: got NaN, ${share}`)],
    [
      "one beta",
      () => adam({ betas: [0.9] as never }),
      new TypeError("adam: got betas an array of 1, need an array of two numbers"),
    ],
    [
      "betas of 0.9",
      () => adam({ betas: 0.9 as never }),
      new TypeError("adam: got betas 0.9, need an array of two numbers"),
    ],
    ["an epsilon of 0", () => adam({ epsilon: 0 }), new RangeError("adam: got epsilon 0, need a number above 0")],
    [
      "a misspelt option",
      () => adamW({ learningrate: 0.1 } as never),
      new RangeError(
        'adamW option: got "learningrate", need one of learningRate, betas, epsilon, weightDecay; did you mean "learningRate"?',
      ),
    ],
    ["null for options", () => adam(null as never), new TypeError("adam: got null, need an object of options")],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
