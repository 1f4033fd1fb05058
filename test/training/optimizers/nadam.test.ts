import { describe, expect, it } from "vitest";
import { decode, encode } from "../../../src/files/safetensors.ts";
import { dense, Network, nadam, Trainer } from "../../../src/index.ts";
import { productsOf } from "../../../src/training/optimizers/nadam.ts";

it("the defaults are PyTorch's: 0.002, betas 0.9 and 0.999, epsilon 1e-8, a momentum decay of 0.004, no other", () => {
  expect(nadam()).toEqual({
    name: "nadam",
    learningRate: 2e-3,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    momentumDecay: 4e-3,
    weightDecay: 0,
  });
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => nadam({ learningRate: -1 }),
      new RangeError("nadam: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a negative decay",
      () => nadam({ weightDecay: -1 }),
      new RangeError("nadam: got weightDecay -1, need a number from 0"),
    ],
    [
      "another's option",
      () => nadam({ alpha: 1 } as never),
      new RangeError('nadam option: got "alpha", need one of learningRate, betas, epsilon, momentumDecay, weightDecay'),
    ],
    ["an epsilon of 0", () => nadam({ epsilon: 0 }), new RangeError("nadam: got epsilon 0, need a number above 0")],
    [
      "a beta of 1",
      () => nadam({ betas: [1, 0] }),
      new RangeError("nadam: betas: got 1, need a number from 0 to below 1"),
    ],
    [
      "a momentum that falls",
      () => nadam({ momentumDecay: -1 }),
      new RangeError("nadam: got momentumDecay -1, need a number from 0"),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});

it("a trainer that a file says has made 2^31 − 3 steps makes the next in a second, with a hundred layers at rates of their own", () => {
  const layers = Array.from({ length: 100 }, (_, index) => dense(1, { learningRateFactor: 1 + index / 100 }));
  const trainer = new Trainer(new Network({ inputs: 1, layers }), {
    loss: "meanSquaredError",
    optimizer: nadam({ betas: [1 - 2 ** -40, 0.9], momentumDecay: 1e-9 }),
  });
  const { tensors, metadata } = decode(trainer.toBytes());
  const text = metadata.trainer.replace('"steps":0', '"steps":2147483645');
  const read = Trainer.fromBytes(encode(tensors, { ...metadata, trainer: text }));
  const began = performance.now();
  expect(read.step([[1]], [[1]])).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(performance.now() - began).toBeLessThan(1000);
});

describe("productsOf", () => {
  it("multiplies the factors from 1 on, once each as long as the steps are asked for in order", () => {
    const asked: number[] = [];
    const product = productsOf((step) => asked.push(step) && step);
    expect([1, 2, 3, 3, 5].map(product)).toEqual([1, 2, 6, 6, 120]);
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });

  it("begins again for a step before, with the same bits", () => {
    const product = productsOf((step) => 1 - 1 / (step + 1.7));
    const inOrder = [1, 2, 3, 4, 5].map(product);
    expect([5, 3, 4, 1, 2].map(product)).toEqual([5, 3, 4, 1, 2].map((step) => inOrder[step - 1]));
  });

  it("asks for no more factors once the product is nothing beside 1, after 356 of 0.9, nor beyond the 2^20th", () => {
    let asked = 0;
    const falling = productsOf(() => ++asked && 0.9);
    expect([1 - falling(2 ** 31), falling(2 ** 31 + 1) - falling(2 ** 31), asked]).toEqual([1, 0, 356]);
    asked = 0;
    const one = productsOf(() => ++asked && 1 - 2 ** -40);
    expect([one(2 ** 31), one(2 ** 31 + 1)]).toEqual([one(2 ** 20), one(2 ** 20)]);
    expect(asked).toBe(2 ** 20);
  });
});
