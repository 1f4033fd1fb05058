import { describe, expect, it } from "vitest";
import {
  adam,
  adamW,
  dense,
  embedding,
  exponentialDecay,
  flatten,
  Network,
  type Optimizer,
  sparseAdam,
  Trainer,
} from "../../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "../problem.ts";

it("the defaults are PyTorch's: 0.001, betas 0.9 and 0.999, epsilon 1e-8; there is no weight decay", () => {
  expect(sparseAdam()).toEqual({
    name: "sparseAdam",
    learningRate: 0.001,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    weightDecay: 0,
  });
});

it("a network without an embedding is trained as by adam, to the bit", () => {
  const { inputs, targets } = regression(6);
  const options = { learningRate: exponentialDecay({ initial: 0.1, factor: 0.5 }), betas: [0.5, 0.6] as const };
  const trainers = [sparseAdam, adam].map((make) => smallTrainer({ optimizer: make(options) }));
  for (let step = 0; step < 5; step++) for (const trainer of trainers) trainer.step(inputs, targets);
  expect(parameterBits(trainers[0].network)).toBe(parameterBits(trainers[1].network));
});

describe("rows of a table that a batch does not name", () => {
  /** The rows of the table that the second of two steps changes; the first names row 0, the second row 1. */
  function changedRows(optimizer: Optimizer, options: object = {}): number[] {
    const layers = [embedding(3, 2), flatten(), dense(1)];
    const network = new Network({ inputs: 1, layers, seed: 1 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer, ...options });
    trainer.step([[0]], [[5]]);
    const before = network.parameters[0].values.slice();
    trainer.step([[1]], [[5]]);
    const { values } = network.parameters[0];
    return [0, 1, 2].filter((row) => before[2 * row] !== values[2 * row]);
  }

  it("stay as they are; adam moves all that ever had a gradient, adamW all", () => {
    expect(changedRows(sparseAdam())).toEqual([1]);
    expect(changedRows(adam())).toEqual([0, 1]);
    expect(changedRows(adamW())).toEqual([0, 1, 2]);
  });

  it("all have a gradient with l2", () => expect(changedRows(sparseAdam(), { l2: 0.1 })).toEqual([0, 1, 2]));
});

describe("refused is", () => {
  const refused: [string, () => unknown, Error][] = [
    [
      "a negative rate",
      () => sparseAdam({ learningRate: -1 }),
      new RangeError("sparseAdam: got learningRate -1, need a number from 0, or a schedule"),
    ],
    [
      "a weight decay",
      () => sparseAdam({ weightDecay: 0.1 } as never),
      new RangeError("sparseAdam: got weightDecay 0.1, need 0, or adamW()"),
    ],
    [
      "an epsilon of 0",
      () => sparseAdam({ epsilon: 0 }),
      new RangeError("sparseAdam: got epsilon 0, need a number above 0"),
    ],
    [
      "another's option",
      () => sparseAdam({ momentum: 1 } as never),
      new RangeError('sparseAdam option: got "momentum", need one of learningRate, betas, epsilon, weightDecay'),
    ],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});
